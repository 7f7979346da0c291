//! Reads changes: pages of those of a book, in the order that all readers see.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, DbErr, QueryResult,
    sea_query::{Expr, ExprTrait, Order, Query},
};
use uuid::Uuid;

use super::{
    by_book::{self, Which, at, behind, in_order, places},
    place::Place,
};
use crate::{
    db::InOrder,
    entity::change::{self, ChangeKind, Column, Noun},
    error::{Code, Refusal, Result},
    id::{Id, kind},
    moment::Moment,
    viewer::Viewer,
};

/// How many changes may be undecided for [`committed`].
const MOST_UNDECIDED: u64 = 100;

/// An object that was created, changed or deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The position of the change.
    pub place: Place,
    /// What was done with the object.
    pub kind: ChangeKind,
    /// The object.
    pub thing: String,
    /// When it was written.
    pub created_at: DateTime<Utc>,
}

/// Whose changes to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    /// All of the book.
    Book,
    /// Those of a wallet or a customer, and of what belongs to it.
    Holder(Uuid),
}

/// At most this many changes of the viewer's book after a position, oldest first. Without a position, from the oldest that are
/// kept.
///
/// # Errors
/// When the database fails.
pub(crate) async fn page(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    of: Of,
    after: Option<Place>,
    most: u64,
) -> Result<Vec<Change>> {
    let condition = match of {
        Of::Book => Condition::all(),
        Of::Holder(id) => Condition::any().add(Column::OfId.eq(id)).add(Column::AlsoOfId.eq(id)),
    };
    let columns = [Column::Noun, Column::ThingId, Column::Kind, Column::CreatedAt];
    let which = Which { after: after.unwrap_or_default(), condition, order: Order::Asc, most };
    let rows = by_book::rows(conn, viewer.book, &columns, which).await?;
    Ok(rows.iter().map(change).collect::<Result<_, _>>()?)
}

/// The position of the latest change of the viewer's book. Each book has one at least.
///
/// # Errors
/// When the database fails.
pub(crate) async fn latest(conn: &impl ConnectionTrait, viewer: &Viewer) -> Result<Place> {
    let which = Which { after: Place::default(), condition: Condition::all(), order: Order::Desc, most: 1 };
    let rows = by_book::rows(conn, viewer.book, &[], which).await?;
    Ok(rows.first().map(|row| place(&mut InOrder::new(row))).transpose()?.unwrap_or_default())
}

/// A text that stands for all changes of the viewer's book that are committed, also those whose place in the order is not decided
/// yet. `None` when these are too many.
///
/// The latest decided change stands for all before it, since nothing can come between them any more.
///
/// # Errors
/// When the database fails.
pub(crate) async fn committed(conn: &impl ConnectionTrait, viewer: &Viewer) -> Result<Option<String>> {
    let latest = latest(conn, viewer).await?;
    let backend = conn.get_database_backend();
    if backend != DbBackend::Postgres {
        return Ok(Some(latest.text()));
    }
    let mut later = Query::select();
    later.column("xact").column("seq").from(change::Entity).and_where(Column::BookId.eq(viewer.book));
    later.and_where(behind(backend, latest)).order_by("seq", Order::Asc).limit(MOST_UNDECIDED);
    let rows = conn.query_all(&later).await?;
    let mut text = latest.text();
    for row in &rows {
        text = format!("{text} {}", place(&mut InOrder::new(row))?.text());
    }
    Ok((u64::try_from(rows.len()).unwrap_or(u64::MAX) < MOST_UNDECIDED).then_some(text))
}

/// Refuses a position behind which changes of the book may be missing.
///
/// Old changes are deleted in order, and the latest one of a book never. So all changes behind one are there while it is there
/// itself. In a database that was replaced by an older copy it is not there either. On PostgreSQL the position before all others is
/// given out while the first change of a book is not decided yet, so all are behind it while that one is there.
///
/// # Errors
/// `CURSOR_TOO_OLD` at `after`.
pub(crate) async fn require_known(conn: &impl ConnectionTrait, viewer: &Viewer, after: Place) -> Result<()> {
    let backend = conn.get_database_backend();
    // On SQLite no change waits for others, so nobody is given the position before all others.
    let is_there = if after == Place::default() && backend == DbBackend::Postgres {
        Column::Noun.eq(Noun::Book).and(Column::Kind.eq(ChangeKind::Created))
    } else {
        at(backend, after)
    };
    let mut query = Query::select();
    query.expr(Expr::cust("1")).from(change::Entity).and_where(Column::BookId.eq(viewer.book)).and_where(is_there);
    if conn.query_one(query.limit(1)).await?.is_some() {
        return Ok(());
    }
    let message =
        "The changes after this cursor are not kept any more. Load everything again, and go on from `Book.cursor`.";
    Err(Refusal::new(Code::CursorTooOld, "after", message).into())
}

pub(super) fn place(row: &mut InOrder<'_>) -> Result<Place, DbErr> {
    Ok(Place { xact: row.read()?, seq: row.read()? })
}

fn change(row: &QueryResult) -> Result<Change, DbErr> {
    let mut row = InOrder::new(row);
    let place = place(&mut row)?;
    let (noun, thing): (Noun, Uuid) = (row.read()?, row.read()?);
    let kind = row.read()?;
    Ok(Change { place, thing: noun.id(thing), kind, created_at: row.read::<Moment>()?.time() })
}

/// The books of at most `most` changes after a position, and the position of the last one.
pub(super) async fn books(
    conn: &impl ConnectionTrait,
    after: Place,
    most: u64,
) -> Result<(Vec<Id<kind::Book>>, Option<Place>)> {
    let backend = conn.get_database_backend();
    let mut query = places(backend);
    query.column(Column::BookId).and_where(behind(backend, after)).limit(most);
    let (mut books, mut last) = (Vec::new(), None);
    for row in conn.query_all(in_order(&mut query, backend, Order::Asc)).await? {
        let mut row = InOrder::new(&row);
        last = Some(place(&mut row)?);
        books.push(row.read()?);
    }
    Ok((books, last))
}

/// The position of the latest change of all.
pub(super) async fn end(conn: &impl ConnectionTrait) -> Result<Place> {
    let backend = conn.get_database_backend();
    let mut query = places(backend).limit(1).take();
    let row = conn.query_one(in_order(&mut query, backend, Order::Desc)).await?;
    Ok(row.map(|row| place(&mut InOrder::new(&row))).transpose()?.unwrap_or_default())
}
