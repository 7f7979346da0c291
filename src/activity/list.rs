//! Reads the activity log: pages of a book's events, newest first, and the histories of objects.

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
    iter,
};

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, SelectStatement},
};
use uuid::Uuid;

use super::stored::{about, itself, thing};
use crate::{
    entity::activity::{self, Action, Column, Model, Outcome},
    error::Result,
    id::{Id, kind},
    list::keyset::{Keyset, union},
    list::owned_list::OwnedList,
    moment::Moment,
    page::{Page, Paged},
    viewer::Viewer,
};

/// The sort key of a row: its time and its id.
type Key = (Moment, Uuid);

/// Which events to return. A field that is `None` does not restrict them.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only these actions.
    pub actions: Option<HashSet<Action>>,
    /// Only events about the object with this id, in the form that the API uses.
    pub thing: Option<String>,
    /// Only events caused by this user.
    pub actor: Option<Id<kind::User>>,
    /// Only events with this outcome.
    pub outcome: Option<Outcome>,
    /// Only events at this time or later.
    pub from: Option<Moment>,
    /// Only events before this time.
    pub to: Option<Moment>,
}

impl Filter {
    fn condition(&self, viewer: &Viewer) -> Condition {
        Condition::all()
            .add(Column::BookId.eq(viewer.book))
            .add_option(self.actor.map(|actor| Column::ActorId.eq(actor)))
            .add_option(self.outcome.map(|outcome| Column::Outcome.eq(outcome)))
            // Repeats the condition of a partial index word for word, so that the databases use the index.
            .add_option(self.outcome.filter(|it| *it != Outcome::Done).map(|_| Expr::cust("outcome <> 'DONE'")))
            .add_option(self.from.map(|from| Column::CreatedAt.gte(from)))
            .add_option(self.to.map(|to| Column::CreatedAt.lt(to)))
    }

    /// The parts of the log in which the object is looked for: each is a range of an index.
    fn parts(&self) -> Vec<Condition> {
        let Some(thing) = &self.thing else { return vec![Condition::all()] };
        iter::once(about([thing.clone()])).chain(itself([thing])).collect()
    }
}

/// The sort key of a row.
#[must_use]
fn key(row: &Model) -> Key {
    (row.created_at, row.id.uuid())
}

/// The text that the cursor of a row carries.
#[must_use]
pub fn key_text(row: &Model) -> String {
    let (time, id) = key(row);
    format!("{} {}", time.micros(), id.simple())
}

/// Parses the text of a cursor.
#[must_use]
pub fn parse_key(text: &str) -> Option<Key> {
    let (time, id) = text.split_once(' ')?;
    Some((Moment::from_micros(time.parse().ok()?)?, id.parse().ok()?))
}

fn keyset() -> Keyset {
    Keyset { key: Column::CreatedAt.into_expr(), tiebreaker: Column::Id.into_expr(), descending: true }
}

/// A page of the events in the viewer's book, newest first. Queries each action separately, so that each query reads
/// one range of an index.
///
/// # Errors
/// When the database fails.
pub async fn page(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &Filter,
    page: &Page<Key>,
) -> Result<Paged<Model>> {
    let mut rows = rows(conn, arms(viewer, filter, page)).await?;
    rows.sort_unstable_by_key(|row| Reverse(key(row)));
    Ok(page.cut(rows))
}

/// The queries whose rows make up a page: one for each action and each part of the log.
fn arms(viewer: &Viewer, filter: &Filter, page: &Page<Key>) -> Vec<SelectStatement> {
    let actions = match &filter.actions {
        None => vec![Condition::all()],
        Some(actions) => actions.iter().map(|action| with_action(*action)).collect(),
    };
    let arm = |action: &Condition, part: Condition| {
        let rows = activity::Entity::find().filter(filter.condition(viewer)).filter(part).filter(action.clone());
        let mut arm = rows.into_query();
        keyset().cut(&mut arm, page);
        arm
    };
    actions.iter().flat_map(|action| filter.parts().into_iter().map(move |part| arm(action, part))).collect()
}

/// The events of an action. Repeats the condition of a partial index word for word, so that the databases use the index.
pub(crate) fn with_action(action: Action) -> Condition {
    let is_rare = !matches!(action, Action::Deposit | Action::Withdraw | Action::Transfer);
    let rare = is_rare.then(|| Expr::cust("action NOT IN ('DEPOSIT', 'WITHDRAW', 'TRANSFER')"));
    Condition::all().add(Column::Action.eq(action)).add_option(rare)
}

/// Those of these objects of the viewer's book, by their ids in the form that the API uses, in which an action changed something.
///
/// # Errors
/// When the database fails.
pub async fn changed_by(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    action: Action,
    things: impl IntoIterator<Item = String>,
) -> Result<HashSet<String>> {
    let changed = activity::Entity::find().select_only().column(Column::ThingId).distinct();
    let changed = changed.filter(Column::BookId.eq(viewer.book)).filter(with_action(action));
    let changed = changed.filter(about(things)).filter(Column::Changes.is_not_null());
    let things: Vec<String> = changed.into_tuple().all(conn).await?;
    Ok(things.into_iter().collect())
}

async fn rows(conn: &impl ConnectionTrait, arms: Vec<SelectStatement>) -> Result<Vec<Model>> {
    let Some(query) = union(arms) else { return Ok(Vec::new()) };
    let rows = conn.query_all(&query).await?;
    Ok(rows.iter().map(|row| Model::from_query_result(row, "")).collect::<Result<_, _>>()?)
}

/// The number of events in the viewer's book that match the filter.
///
/// # Errors
/// When the database fails.
pub async fn count(conn: &impl ConnectionTrait, viewer: &Viewer, filter: &Filter) -> Result<i64> {
    let actions = filter.actions.as_ref().map(|actions| Column::Action.is_in(actions.iter().copied()));
    let rows = activity::Entity::find().select_only().expr(Column::Id.count());
    let parts = filter.parts().into_iter().fold(Condition::any(), Condition::add);
    let rows = rows.filter(filter.condition(viewer)).filter(parts).filter(Condition::all().add_option(actions));
    let count: Option<i64> = rows.into_tuple().one(conn).await?;
    Ok(count.unwrap_or_default())
}

/// The rows of the viewer's book with these ids; ids of other books are ignored.
///
/// # Errors
/// When the database fails.
pub async fn find_many(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: impl IntoIterator<Item = Id<kind::Activity>>,
) -> Result<Vec<Model>> {
    let own = activity::Entity::find().filter(Column::BookId.eq(viewer.book));
    Ok(own.filter(Column::Id.is_in(ids)).all(conn).await?)
}

/// The history of each object: the events about it, newest first. The owner of a list is the object's id, in the form that the
/// API uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct History;

impl OwnedList for History {
    type Owner = String;
    type Key = Key;
    type Row = Model;

    fn key_text(&self, row: &Model) -> String {
        key_text(row)
    }

    fn parse_key(&self, text: &str) -> Option<Key> {
        parse_key(text)
    }

    async fn pages(
        &self,
        conn: &impl ConnectionTrait,
        viewer: &Viewer,
        things: &[String],
        page: &Page<Key>,
    ) -> Result<HashMap<String, Paged<Model>>> {
        let of = |thing: &String| Filter { thing: Some(thing.clone()), ..Filter::default() };
        let arms = things.iter().flat_map(|thing| arms(viewer, &of(thing), page)).collect();
        let rows = rows(conn, arms).await?;
        Ok(keyset().pages(rows.into_iter().filter_map(|row| Some((thing(&row)?, row))), key, page))
    }

    async fn counts(
        &self,
        conn: &impl ConnectionTrait,
        viewer: &Viewer,
        things: &[String],
    ) -> Result<HashMap<String, i64>> {
        let of_book = || activity::Entity::find().select_only().filter(Column::BookId.eq(viewer.book));
        let counts = of_book().column(Column::ThingId).expr(Column::Id.count());
        let counts = counts.filter(about(things.iter().cloned())).group_by(Column::ThingId).into_tuple();
        let mut counts: HashMap<String, i64> = counts.all(conn).await?.into_iter().collect();
        if let Some(themselves) = itself(things) {
            let made: Vec<Id<kind::Entry>> =
                of_book().column(Column::Id).filter(themselves).into_tuple().all(conn).await?;
            for entry in made {
                *counts.entry(entry.to_string()).or_default() += 1;
            }
        }
        Ok(counts)
    }
}
