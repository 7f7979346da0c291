//! The list of a book's audit log entries.

use async_graphql::{Context, ID, InputObject, Object};

use super::event::Activity;
use crate::{
    activity::{self, Filter},
    entity::activity::{Action, Outcome},
    error::{Code, Error, Refusal},
    graphql::{
        connection::{self, Count, Nodes},
        error::{ApiError, ContextExt},
        scalar::DateTime,
    },
    id::is_id,
    page::{PageArgs, Paged},
    price,
};

/// Conditions on the activities to list. An activity must meet every condition that is given.
#[derive(Default, InputObject)]
struct ActivityFilter {
    /// Only activities with one of these actions.
    actions: Option<Vec<Action>>,
    /// Only activities about the object with this id, which may no longer exist.
    thing: Option<ID>,
    /// Only activities of the user with this id.
    actor: Option<ID>,
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
        if self.thing.as_ref().is_some_and(|thing| !is_id(thing)) {
            return Err(unknown("filter.thing").into());
        }
        Ok(Filter {
            actions: self.actions.map(|actions| actions.into_iter().collect()),
            thing: self.thing.map(|thing| thing.0),
            actor: self.actor.map(|actor| actor.parse()).transpose().map_err(|_| unknown("filter.actor"))?,
            outcome: self.outcome,
            from: self.from.map(|time| time.0),
            to: self.to.map(|time| time.0),
        })
    }
}

/// The total count of a list with this filter.
struct Total(Filter);

impl Count for Total {
    async fn count(&self, ctx: &Context<'_>) -> Result<i64, ApiError> {
        Ok(activity::count(ctx.read()?, ctx.viewer()?, &self.0).await?)
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct ActivityQuery;

#[Object]
impl ActivityQuery {
    /// The activity log of the book, newest first: every mutation that was done or refused, and every login. A filter
    /// with an id from another book matches nothing.
    #[graphql(directive = price::Page::apply())]
    async fn activity(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which activities to list. Default: all.")] filter: Option<ActivityFilter>,
        #[graphql(desc = "How many items to return from the start: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Return only the items after this cursor. The cursor must come from the same list.")]
        after: Option<String>,
        #[graphql(desc = "How many items to return from the end: 0 to 100. Not with `first`.")] last: Option<i32>,
        #[graphql(desc = "Return only the items before this cursor. The cursor must come from the same list.")] before: Option<String>,
    ) -> Result<Nodes<Activity, Total>, ApiError> {
        let (conn, viewer) = (ctx.read()?, ctx.viewer()?);
        let page = PageArgs { first, after, last, before }.check(read_key)?;
        let filter = filter.unwrap_or_default().check()?;
        let Paged { rows, has_previous, has_next } = activity::page(conn, viewer, &filter, &page).await?;
        let row = |row| {
            let (time, id) = activity::key(&row);
            (format!("{} {}", time.timestamp_micros(), id.simple()), Activity(row))
        };
        let paged = Paged { rows: rows.into_iter().map(row).collect(), has_previous, has_next };
        Ok(connection::connect(paged, Total(filter)))
    }
}

fn read_key(text: &str) -> Option<activity::Key> {
    let (time, id) = text.split_once(' ')?;
    Some((chrono::DateTime::from_timestamp_micros(time.parse().ok()?)?, id.parse().ok()?))
}
