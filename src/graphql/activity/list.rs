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
};

/// Which activity is wanted. What is absent does not matter.
#[derive(Default, InputObject)]
struct ActivityFilter {
    /// Only these actions.
    actions: Option<Vec<Action>>,
    /// Only what was about this thing, by its id. It may be gone by now.
    thing: Option<ID>,
    /// Only what this user did, by their id.
    actor: Option<ID>,
    /// Only what came out so.
    outcome: Option<Outcome>,
    /// Only what happened at this moment or after it.
    from: Option<DateTime>,
    /// Only what happened before this moment.
    to: Option<DateTime>,
}

impl ActivityFilter {
    fn check(self) -> Result<Filter, Error> {
        let unknown = |path| Refusal::new(Code::NotFound, path, "This is the id of nothing.");
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
    /// What was done in the book and what was refused, the latest first: every mutation and every login. By a filter that
    /// names something of somebody else's, nothing is found.
    async fn activity(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which activity; all when absent.")] filter: Option<ActivityFilter>,
        #[graphql(desc = "At most so many, from the latest; 20 when absent, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only those that come after this cursor, that is, earlier ones.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the earliest; at most 100. Not together with `first`.")] last: Option<
            i32,
        >,
        #[graphql(desc = "Only those that come before this cursor, that is, later ones.")] before: Option<String>,
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
