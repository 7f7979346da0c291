//! The object `Activity`, an entry of the audit log.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, ID, Object, SimpleObject, dataloader::Loader};

use crate::{
    activity,
    entity::{
        activity::{Action, Model, Outcome},
        user,
    },
    error::{Code, Error},
    graphql::{
        RequestLoader,
        error::{ApiError, ContextExt},
        node::{self, Node},
        nullability::SemanticNonNull,
        scalar::DateTime,
    },
    id::{Id, kind},
    price,
};

#[derive(Clone)]
pub(in crate::graphql) struct Activity(pub(in crate::graphql) Model);

impl From<Model> for Activity {
    fn from(row: Model) -> Self {
        Self(row)
    }
}

/// An entry of the activity log: something that a user did, or tried and was refused. Activities cannot be changed or
/// deleted. When a user deletes their account, personal data in them is erased.
#[Object]
impl Activity {
    /// The globally unique id, which never changes, such as `activity_01h455vb4pex5vsknk084sn02q`.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The time when it happened.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at.time())
    }

    /// The operation: which mutation was called, or which import was run.
    async fn action(&self) -> Action {
        self.0.action
    }

    /// The result: `DONE`, `REFUSED` with the reasons in `codes`, or `REPLAYED`.
    async fn outcome(&self) -> Outcome {
        self.0.outcome
    }

    /// The codes of the user errors that the operation was refused with; for a `REPLAYED` one, those of the earlier request.
    /// Empty when it succeeded.
    #[expect(clippy::unused_async, reason = "resolvers are asynchronous")]
    #[graphql(directive = price::List::apply(5), directive = SemanticNonNull::apply())]
    async fn codes(&self) -> Result<Vec<Code>, ApiError> {
        Ok(activity::codes(&self.0)?)
    }

    /// The user who did it; for a refused login, the user whose password was tried. Null when the user does not belong
    /// to the book any more.
    async fn actor(&self, ctx: &Context<'_>) -> Result<Option<Actor>, ApiError> {
        let Some(id) = self.0.actor_id else { return Ok(None) };
        Ok(ctx.loader()?.load_one(id).await?.map(Actor::from))
    }

    /// The id of the session in which it was done. Null for a refused login or registration, and for commands run on
    /// the server.
    async fn session_id(&self) -> Option<ID> {
        self.0.session_id.map(ID::from)
    }

    /// The IP address that the request came from. Null for commands run on the server, and after the user's account was
    /// deleted.
    async fn address(&self) -> Option<&str> {
        self.0.address.as_deref()
    }

    /// The id of the object concerned. For a refused operation, the id that was given in the input. Null when no single
    /// object is concerned.
    async fn thing_id(&self) -> Option<ID> {
        activity::thing(&self.0).map(ID)
    }

    /// The object concerned, in its present state. Null when there is none, when it no longer exists, or when it
    /// belongs to somebody else.
    async fn thing(&self, ctx: &Context<'_>) -> Result<Option<Node>, ApiError> {
        let Some(id) = activity::thing(&self.0) else { return Ok(None) };
        node::find(ctx, &ID(id)).await
    }

    /// The fields whose values were changed. Empty when nothing was changed, and when an object was created.
    #[expect(clippy::unused_async, reason = "resolvers are asynchronous")]
    #[graphql(directive = price::List::apply(20), directive = SemanticNonNull::apply())]
    async fn changes(&self) -> Result<Vec<activity::Change>, ApiError> {
        Ok(activity::changes(&self.0)?)
    }
}

/// The user who did something.
#[derive(SimpleObject)]
pub(in crate::graphql) struct Actor {
    /// The id of the user.
    id: ID,
    /// The name that the user shows to others.
    display_name: String,
}

impl From<user::Model> for Actor {
    fn from(user: user::Model) -> Self {
        Self { id: user.id.into(), display_name: user.display_name }
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
