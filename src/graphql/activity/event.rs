//! The audit log: the object `Activity`, and the `history` of an object.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, ID, Object, SimpleObject, dataloader::Loader};
use type_safe_id::StaticType;

use crate::{
    activity,
    entity::activity::{Action, Model, Outcome},
    error::{Code, Error},
    graphql::{
        RequestLoader,
        error::{ApiError, ContextExt},
        node::{self, Node},
        scalar::DateTime,
    },
    id::{Id, kind},
    page::PageArgs,
};

#[derive(Clone)]
pub(in crate::graphql) struct Activity(pub(in crate::graphql) Model);

/// One thing that somebody did in your book, or was refused. Nobody can change it or take it away; what is personal in it is erased
/// with the account.
#[Object]
impl Activity {
    /// Id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// When it happened.
    async fn time(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// What was to be done.
    async fn action(&self) -> Action {
        self.0.action
    }

    /// What came of it.
    async fn outcome(&self) -> Outcome {
        self.0.outcome
    }

    /// What it was refused for: the codes of the user errors. Empty when it was done.
    #[expect(clippy::unused_async, reason = "resolvers are asynchronous")]
    async fn codes(&self) -> Result<Vec<Code>, ApiError> {
        Ok(activity::codes(&self.0)?)
    }

    /// Who did it; of a login that was refused, whose password was tried. Null when they are not in the book any more.
    async fn actor(&self, ctx: &Context<'_>) -> Result<Option<Actor>, ApiError> {
        let Some(id) = self.0.actor_id else { return Ok(None) };
        let user = ctx.loader()?.load_one(id).await?;
        Ok(user.map(|user| Actor { id: user.id.into(), display_name: user.display_name }))
    }

    /// The session that it was done in. Null when it was not done in one: by the program on the server, or when a login was
    /// refused.
    async fn session_id(&self) -> Option<ID> {
        self.0.session_id.map(ID::from)
    }

    /// The address that the request came from. Null when it came over no network, or when it was forgotten.
    async fn address(&self) -> Option<&str> {
        self.0.address.as_deref()
    }

    /// The id of the thing that it was about; of something that was refused, the id that was given. Null when it was about none.
    async fn thing_id(&self) -> Option<ID> {
        self.0.thing_id.clone().map(ID)
    }

    /// The thing that it was about, as it is now. Null when it is gone, or was never yours.
    async fn thing(&self, ctx: &Context<'_>) -> Result<Option<Node>, ApiError> {
        let Some(id) = self.0.thing_id.clone() else { return Ok(None) };
        node::find(ctx, &ID(id)).await
    }

    /// What changed by it. Empty when something was made, or nothing changed.
    #[expect(clippy::unused_async, reason = "resolvers are asynchronous")]
    async fn changes(&self) -> Result<Vec<activity::Change>, ApiError> {
        Ok(activity::changes(&self.0)?)
    }
}

/// Who did something.
#[derive(SimpleObject)]
struct Actor {
    /// The id of the user.
    id: ID,
    /// What they are called by others.
    display_name: String,
}

/// The latest audit log entries about an object of the viewer, latest first. Batched with the histories of other objects.
pub(in crate::graphql) async fn history<K: StaticType>(
    ctx: &Context<'_>,
    thing: Id<K>,
    first: i32,
) -> Result<Vec<Activity>, ApiError> {
    let args = PageArgs { first: Some(first), ..PageArgs::default() };
    let most = args.check(|_| None::<()>)?.limit;
    let rows = ctx.loader()?.load_one(HistoryOf { thing: thing.to_string(), most }).await?.unwrap_or_default();
    Ok(rows.into_iter().map(Activity).collect())
}

/// The key of a history: the object's id and the maximum number of entries.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::graphql) struct HistoryOf {
    thing: String,
    most: u64,
}

impl Loader<HistoryOf> for RequestLoader {
    type Value = Vec<Model>;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[HistoryOf]) -> Result<HashMap<HistoryOf, Vec<Model>>, Arc<Error>> {
        let mut alike: HashMap<_, Vec<_>> = HashMap::new();
        for HistoryOf { thing, most } in keys.iter().cloned() {
            alike.entry(most).or_default().push(thing);
        }
        let mut loaded = HashMap::new();
        for (most, things) in alike {
            let histories = activity::histories(self.reader.conn(), &self.viewer, things, most).await?;
            loaded.extend(histories.into_iter().map(|(thing, rows)| (HistoryOf { thing, most }, rows)));
        }
        Ok(loaded)
    }
}

/// Loads audit log entries of the viewer's book by their ids.
impl Loader<Id<kind::Activity>> for RequestLoader {
    type Value = Activity;
    type Error = Arc<Error>;

    async fn load(&self, ids: &[Id<kind::Activity>]) -> Result<HashMap<Id<kind::Activity>, Activity>, Arc<Error>> {
        let rows = activity::find_many(self.reader.conn(), &self.viewer, ids.iter().copied()).await?;
        Ok(rows.into_iter().map(|row| (row.id, Activity(row))).collect())
    }
}
