//! Reads changes: pages of those of a book, in the order that all readers see.

use chrono::{DateTime, Utc};
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, QueryResult,
    sea_query::{Condition, Expr, ExprTrait, Order, Query, SelectStatement},
};
use uuid::Uuid;

use super::place::Place;
use crate::{
    db::InOrder,
    entity::change::{self, ChangeKind, Column, Noun},
    error::{Code, Refusal, Result},
    id::{Id, kind},
    viewer::Viewer,
};

/// What can be read on PostgreSQL: what no running transaction can still put something before.
const DECIDED: &str = "xact < txid_snapshot_xmin(txid_current_snapshot())";

/// What the first part of a position is on SQLite.
const TIME: &str = "CAST(unixepoch(created_at, 'subsec') * 1000 AS INTEGER)";

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
    let backend = conn.get_database_backend();
    let mut query = places(backend, Order::Asc);
    query.columns([Column::Noun, Column::ThingId, Column::Kind, Column::CreatedAt]);
    query.and_where(of_book(viewer)).limit(most);
    if let Of::Holder(id) = of {
        query.cond_where(Condition::any().add(Expr::col(Column::OfId).eq(id)).add(Expr::col(Column::AlsoOfId).eq(id)));
    }
    if let Some(after) = after {
        query.and_where(behind(backend, after));
    }
    let rows = conn.query_all(&query).await?;
    Ok(rows.iter().map(change).collect::<Result<_, _>>()?)
}

/// The position of the latest change of the viewer's book. Each book has one at least.
///
/// # Errors
/// When the database fails.
pub(crate) async fn latest(conn: &impl ConnectionTrait, viewer: &Viewer) -> Result<Place> {
    let mut query = places(conn.get_database_backend(), Order::Desc);
    query.and_where(of_book(viewer)).limit(1);
    let row = conn.query_one(&query).await?;
    Ok(row.map(|row| place(&mut InOrder::new(&row))).transpose()?.unwrap_or_default())
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
    later.column("xact").column("seq").from(change::Entity).and_where(of_book(viewer));
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
/// itself. In a database that was replaced by an older copy it is not there either. The position before all others is given out
/// while the first change of a book is not decided yet, so all are behind it while that one is there.
///
/// # Errors
/// `CURSOR_TOO_OLD` at `after`.
pub(crate) async fn require_known(conn: &impl ConnectionTrait, viewer: &Viewer, after: Place) -> Result<()> {
    let backend = conn.get_database_backend();
    let mut query = Query::select();
    query.expr(Expr::cust("1")).from(change::Entity).and_where(of_book(viewer)).limit(1);
    if after == Place::default() {
        let is_first = Expr::col(Column::Noun).eq(Noun::Book).and(Expr::col(Column::Kind).eq(ChangeKind::Created));
        query.and_where(is_first);
    } else {
        let first = if backend == DbBackend::Postgres { Expr::col("xact") } else { Expr::cust(TIME) };
        query.and_where(Expr::col("seq").eq(after.seq)).and_where(first.eq(after.xact));
    }
    if conn.query_one(&query).await?.is_some() {
        return Ok(());
    }
    let message =
        "The changes after this cursor are not kept any more. Load everything again, and go on from `Book.cursor`.";
    Err(Refusal::new(Code::CursorTooOld, "after", message).into())
}

fn of_book(viewer: &Viewer) -> Expr {
    Expr::col(Column::BookId).eq(viewer.book)
}

/// A query of the positions of changes that can be read, in this order.
fn places(backend: DbBackend, order: Order) -> SelectStatement {
    let mut query = Query::select();
    query.from(change::Entity);
    if backend == DbBackend::Postgres {
        query.column("xact").column("seq").and_where(Expr::cust(DECIDED));
        query.order_by("xact", order.clone()).order_by("seq", order);
    } else {
        query.expr(Expr::cust(TIME)).column("seq").order_by("seq", order);
    }
    query
}

/// The condition that a change is behind a position.
pub(super) fn behind(backend: DbBackend, Place { xact, seq }: Place) -> Expr {
    if backend == DbBackend::Postgres {
        return Expr::tuple([Expr::col("xact"), Expr::col("seq")])
            .gt(Expr::tuple([Expr::value(xact), Expr::value(seq)]));
    }
    Expr::col("seq").gt(seq)
}

pub(super) fn place(row: &mut InOrder<'_>) -> Result<Place, DbErr> {
    Ok(Place { xact: row.read()?, seq: row.read()? })
}

fn change(row: &QueryResult) -> Result<Change, DbErr> {
    let mut row = InOrder::new(row);
    let place = place(&mut row)?;
    let (noun, thing): (Noun, Uuid) = (row.read()?, row.read()?);
    Ok(Change { place, thing: noun.id(thing), kind: row.read()?, created_at: row.read()? })
}

/// The books of at most `most` changes after a position, and the position of the last one.
pub(super) async fn books(
    conn: &impl ConnectionTrait,
    after: Place,
    most: u64,
) -> Result<(Vec<Id<kind::Book>>, Option<Place>)> {
    let backend = conn.get_database_backend();
    let mut query = places(backend, Order::Asc);
    query.column(Column::BookId).and_where(behind(backend, after)).limit(most);
    let (mut books, mut last) = (Vec::new(), None);
    for row in conn.query_all(&query).await? {
        let mut row = InOrder::new(&row);
        last = Some(place(&mut row)?);
        books.push(row.read()?);
    }
    Ok((books, last))
}

/// The position of the latest change of all.
pub(super) async fn end(conn: &impl ConnectionTrait) -> Result<Place> {
    let mut query = places(conn.get_database_backend(), Order::Desc);
    let row = conn.query_one(query.limit(1)).await?;
    Ok(row.map(|row| place(&mut InOrder::new(&row))).transpose()?.unwrap_or_default())
}
