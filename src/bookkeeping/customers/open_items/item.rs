//! Reads entries and their allocations, as far as it takes to set them off.

use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, DbErr,
    prelude::DateTimeUtc,
    sea_query::{Expr, ExprTrait, JoinType, Order, Query, SelectStatement, UnionType},
};

use super::scope::Scope;
use crate::{
    bookkeeping::customers::document_list::Key,
    db::InOrder,
    entity::{
        allocation,
        ledger_entry::{self, Column, EntrySource, EntryType},
    },
    error::Result,
    id::{Id, kind},
};

/// An entry as it is stored.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub(super) id: Id<kind::LedgerEntry>,
    pub(super) key: Key,
    pub(super) side: EntryType,
    pub(super) source: EntrySource,
    pub(super) amount: i64,
    pub(super) settled: i64,
    pub(super) held: i64,
    pub(super) is_deleted: bool,
}

/// An allocation with its two entries.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    pub(super) payment: Item,
    pub(super) charge: Item,
    pub(super) amount: i64,
    pub(super) named: i64,
}

/// The number of entries read by one statement.
pub(super) const CHUNK: u64 = 200;

/// That an entry is not settled. A partial index has this condition, word for word; see its migration for why it is an equality.
pub(super) const OPEN: &str = "own.deleted_at IS NULL AND CASE WHEN own.settled < own.amount THEN 1 ELSE 0 END = 1";

const COLUMNS: [Column; 9] = [
    Column::Id,
    Column::Date,
    Column::Position,
    Column::Kind,
    Column::Source,
    Column::Amount,
    Column::Settled,
    Column::Held,
    Column::DeletedAt,
];

fn item(row: &mut InOrder<'_>) -> Result<Item, DbErr> {
    Ok(Item {
        id: row.read()?,
        key: (row.read()?, row.read()?),
        side: row.read()?,
        source: row.read()?,
        amount: row.read()?,
        settled: row.read()?,
        held: row.read()?,
        is_deleted: row.read::<Option<DateTimeUtc>>()?.is_some(),
    })
}

fn columns(alias: &'static str) -> impl Iterator<Item = Expr> {
    COLUMNS.into_iter().map(move |column| Expr::col((alias, column)))
}

fn place(alias: &'static str) -> Expr {
    Expr::tuple([Expr::col((alias, Column::Date)), Expr::col((alias, Column::Position))])
}

fn of_scope(query: &mut SelectStatement, alias: &'static str, scope: Scope) {
    query.and_where(Expr::col((alias, Column::CustomerId)).eq(scope.customer_id));
    query.and_where(Expr::col((alias, Column::Currency)).eq(scope.currency));
}

/// The allocations of charges from the one place on, and of payments from the other.
pub(super) async fn behind(
    conn: &impl ConnectionTrait,
    scope: Scope,
    [charges, payments]: [Option<Key>; 2],
) -> Result<Vec<Pair>> {
    let arm = |alias: &'static str, (date, position): Key| {
        let mut pairs =
            Query::select().from(allocation::Entity).exprs(columns("payment")).exprs(columns("charge")).take();
        pairs.exprs([allocation::Column::Amount, allocation::Column::Named].map(ColumnTrait::into_expr));
        for (alias, id) in [("payment", allocation::Column::PaymentId), ("charge", allocation::Column::ChargeId)] {
            let same = Expr::col((alias, Column::Id)).equals((allocation::Entity, id));
            pairs.join_as(JoinType::InnerJoin, ledger_entry::Entity, alias, same);
        }
        of_scope(&mut pairs, alias, scope);
        pairs.and_where(place(alias).gte(Expr::tuple([date.into(), position.into()])));
        pairs
    };
    let arms = [("charge", charges), ("payment", payments)];
    let arms = arms.into_iter().filter_map(|(alias, key)| Some(arm(alias, key?)));
    let Some(query) = arms.reduce(|mut one, other| one.union(UnionType::All, other).take()) else {
        return Ok(Vec::new());
    };
    let rows = conn.query_all(&query).await?;
    let pair = |row| {
        let mut row = InOrder::new(row);
        Ok(Pair { payment: item(&mut row)?, charge: item(&mut row)?, amount: row.read()?, named: row.read()? })
    };
    Ok(rows.iter().map(pair).collect::<Result<_, DbErr>>()?)
}

/// The next open entries of a side, those with a place after `after`, at most [`CHUNK`].
pub(super) async fn open(
    conn: &impl ConnectionTrait,
    scope: Scope,
    side: EntryType,
    after: Option<Key>,
) -> Result<Vec<Item>> {
    let mut query = Query::select().from_as(ledger_entry::Entity, "own").exprs(columns("own")).take();
    of_scope(&mut query, "own", scope);
    query.and_where(Expr::col(("own", Column::Kind)).eq(side.to_value())).and_where(Expr::cust(OPEN));
    if let Some((date, position)) = after {
        query.and_where(place("own").gt(Expr::tuple([date.into(), position.into()])));
    }
    for column in [Column::Date, Column::Position] {
        query.order_by_expr(Expr::col(("own", column)), Order::Asc);
    }
    read(conn, query.limit(CHUNK)).await
}

/// The entries with these ids.
pub(super) async fn with_ids(
    conn: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Id<kind::LedgerEntry>>,
) -> Result<Vec<Item>> {
    let mut query = Query::select().from_as(ledger_entry::Entity, "entry").exprs(columns("entry")).take();
    query.and_where(Expr::col(("entry", Column::Id)).is_in(ids));
    read(conn, &query).await
}

async fn read(conn: &impl ConnectionTrait, query: &SelectStatement) -> Result<Vec<Item>> {
    let rows = conn.query_all(query).await?;
    Ok(rows.iter().map(|row| item(&mut InOrder::new(row))).collect::<Result<_, _>>()?)
}
