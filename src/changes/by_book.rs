//! Queries of the changes of one book, in the order that all readers see.
//!
//! PostgreSQL has an index of them. On SQLite a commit writes each page that it touches to the disk, and of such an index it touches
//! another page for each book. So there the changes are filed under their books later, many at once (`filing`). What is not filed yet
//! is the end of the table.

use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, QueryResult,
    sea_query::{Condition, Expr, ExprTrait, Order, Query, SelectStatement},
};

use super::place::Place;
use crate::{
    entity::change::{self, Column},
    id::{Id, kind},
    list::keyset::union,
};

/// What can be read on PostgreSQL: what no running transaction can still put something before.
const DECIDED: &str = "xact < txid_snapshot_xmin(txid_current_snapshot())";

/// What the first part of a position is on SQLite: the time in milliseconds.
const TIME: &str = "(created_at + 500) / 1000";

/// The table of SQLite that has the changes by their books.
pub(super) const OF_BOOK: &str = "change_of_book";

/// The number of the last change of SQLite that is filed.
pub(super) const FILED: &str = "(SELECT seq FROM change_filed)";

/// Which changes of a book to read.
pub(super) struct Which {
    /// Only those behind this position.
    pub(super) after: Place,
    /// Only those that meet this condition.
    pub(super) condition: Condition,
    /// From the oldest on, or from the latest.
    pub(super) order: Order,
    /// At most so many.
    pub(super) most: u64,
}

/// The positions of changes of a book, each with these columns.
///
/// # Errors
/// When the database fails.
pub(super) async fn rows(
    conn: &impl ConnectionTrait,
    book: Id<kind::Book>,
    columns: &[Column],
    Which { after, condition, order, most }: Which,
) -> Result<Vec<QueryResult>, DbErr> {
    let backend = conn.get_database_backend();
    let mut query = places(backend);
    query.columns(columns.iter().map(|column| (change::Entity, *column)));
    query.and_where(Expr::col((change::Entity, Column::BookId)).eq(book)).cond_where(condition).limit(most);
    if backend == DbBackend::Postgres {
        query.and_where(behind(backend, after));
        return conn.query_all(in_order(&mut query, backend, order)).await;
    }
    let mut tail = query.clone();
    tail.and_where(Expr::cust_with_values(format!("seq > max(?, {FILED})"), [after.seq]));
    in_order(&mut tail, backend, order.clone());
    let of_book = |column: &'static str| Expr::col((OF_BOOK, column));
    query.inner_join(OF_BOOK, of_book("seq").equals((change::Entity, "seq")));
    query.and_where(of_book("book_id").eq(book)).and_where(of_book("seq").gt(after.seq));
    query.order_by((OF_BOOK, "seq"), order.clone());
    let Some(both) = union([query, tail]) else { return Ok(Vec::new()) };
    let rows = conn.query_all(&both).await?;
    let mut rows =
        rows.into_iter().map(|row| Ok((row.try_get_by_index(1)?, row))).collect::<Result<Vec<_>, DbErr>>()?;
    rows.sort_by_key(|(seq, _): &(i64, _)| if order == Order::Desc { -seq } else { *seq });
    Ok(rows.into_iter().map(|(_, row)| row).take(usize::try_from(most).unwrap_or(usize::MAX)).collect())
}

/// A query of the positions of changes that can be read.
pub(super) fn places(backend: DbBackend) -> SelectStatement {
    let mut query = Query::select();
    query.from(change::Entity);
    if backend == DbBackend::Postgres {
        query.column("xact").and_where(Expr::cust(DECIDED));
    } else {
        query.expr_as(Expr::cust(TIME), "time");
    }
    query.column((change::Entity, "seq")).take()
}

/// Puts the positions of a query into order.
pub(super) fn in_order(query: &mut SelectStatement, backend: DbBackend, order: Order) -> &SelectStatement {
    if backend == DbBackend::Postgres {
        query.order_by("xact", order.clone());
    }
    query.order_by("seq", order)
}

/// The condition that a change is behind a position.
pub(super) fn behind(backend: DbBackend, Place { xact, seq }: Place) -> Expr {
    if backend == DbBackend::Postgres {
        return Expr::tuple([Expr::col("xact"), Expr::col("seq")])
            .gt(Expr::tuple([Expr::value(xact), Expr::value(seq)]));
    }
    Expr::col("seq").gt(seq)
}

/// The condition that a change is at a position.
pub(super) fn at(backend: DbBackend, Place { xact, seq }: Place) -> Expr {
    let first = if backend == DbBackend::Postgres { Expr::col("xact") } else { Expr::cust(TIME) };
    Expr::col("seq").eq(seq).and(first.eq(xact))
}
