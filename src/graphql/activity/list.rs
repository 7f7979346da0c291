//! Lists of audit log entries: those of a book, and the `activities` of an object.

use async_graphql::{Context, ID, InputObject, Object};
use type_safe_id::StaticType;

use super::event::Activity;
use crate::{
    activity::{self, Filter, History},
    entity::activity::{Action, Outcome},
    error::{Code, Error, Refusal},
    graphql::{
        connection::{self, Count, Nodes, OwnedTotal},
        error::{ApiError, ContextExt},
        scalar::DateTime,
    },
    id::{Id, is_id},
    page::PageArgs,
    price,
};

/// Conditions on the activities to list. An activity must meet every condition that is given.
#[derive(Default, InputObject)]
struct ActivityFilter {
    /// Only activities with one of these actions.
    actions: Option<Vec<Action>>,
    /// Only activities about the object with this id, which may no longer exist.
    thing_id: Option<ID>,
    /// Only activities of the user with this id.
    actor_id: Option<ID>,
    /// Only activities with this result.
    outcome: Option<Outcome>,
    /// Only items at or after this time.
    from: Option<DateTime>,
    /// Only items before this time.
    to: Option<DateTime>,
}

impl ActivityFilter {
    fn check(self) -> Result<Filter, Error> {
        let unknown = |path| Refusal::new(Code::NotFound, path, "This is not a valid id.");
        if self.thing_id.as_ref().is_some_and(|thing| !is_id(thing)) {
            return Err(unknown("filter.thingId").into());
        }
        Ok(Filter {
            actions: self.actions.map(|actions| actions.into_iter().collect()),
            thing: self.thing_id.map(|thing| thing.0),
            actor: self.actor_id.map(|actor| actor.parse()).transpose().map_err(|_| unknown("filter.actorId"))?,
            outcome: self.outcome,
            from: self.from.map(|time| time.0.into()),
            to: self.to.map(|time| time.0.into()),
        })
    }
}

/// A page of the audit log, or of the part of it that is about one object.
pub(in crate::graphql) type Activities = Nodes<Activity, Total>;

/// The total count of a page's list.
pub(in crate::graphql) enum Total {
    OfBook(Filter),
    OfThing(OwnedTotal<History>),
}

impl Count for Total {
    async fn count(&self, ctx: &Context<'_>) -> Result<i64, ApiError> {
        match self {
            Self::OfBook(filter) => Ok(activity::count(ctx.read()?, ctx.viewer()?, filter).await?),
            Self::OfThing(total) => total.count(ctx).await,
        }
    }
}

/// A page of the audit log entries about an object of the viewer's book.
pub(in crate::graphql) async fn activities_of<K: StaticType>(
    ctx: &Context<'_>,
    thing: Id<K>,
    args: PageArgs,
) -> Result<Activities, ApiError> {
    let owner = thing.to_string();
    let paged = connection::page(ctx, &connection::cursors_of::<Activity>(ctx)?, History, owner.clone(), args).await?;
    connection::connect(ctx, paged, Total::OfThing(OwnedTotal { owner, list: History }))
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct ActivityQuery;

#[Object]
impl ActivityQuery {
    /// The activity log of the book, newest first: every mutation that was done or refused, and every login. A filter
    /// with an id from another book matches nothing.
    #[graphql(directive = price::Page::apply())]
    async fn activities(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which activities to list. Default: all.")] filter: Option<ActivityFilter>,
        #[graphql(desc = "How many items to return from the start: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Return only the items after this cursor. The cursor must come from the same list.")]
        after: Option<String>,
        #[graphql(desc = "How many items to return from the end: 0 to 100. Not with `first`.")] last: Option<i32>,
        #[graphql(desc = "Return only the items before this cursor. The cursor must come from the same list.")] before: Option<String>,
    ) -> Result<Activities, ApiError> {
        let (conn, viewer) = (ctx.read()?, ctx.viewer()?);
        let page = PageArgs { first, after, last, before }
            .check(&connection::cursors_of::<Activity>(ctx)?, activity::parse_key)?;
        let filter = filter.unwrap_or_default().check()?;
        let paged = activity::page(conn, viewer, &filter, &page).await?;
        let paged = paged.map(|row| (activity::key_text(&row), Activity(row)));
        connection::connect(ctx, paged, Total::OfBook(filter))
    }
}
