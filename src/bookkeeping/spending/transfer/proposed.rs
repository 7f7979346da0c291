//! The list of pairs that look like transfers between wallets of the book.
//!
//! One statement reads the transactions that another one could belong to whose money went the other way, by an index over amounts
//! and dates; `pairing` makes pairs of them. Nothing is stored, so the list follows from the transactions as they are.

use chrono::NaiveDate;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};
use uuid::Uuid;

use super::{
    halves::{Halves, goes_out},
    pairing::{self, Candidate, Declined, Pair, Wallets},
};
use crate::{
    bookkeeping::spending::transaction,
    calendar::date::Date,
    entity::{
        category::CategoryKind,
        declined_transfer,
        transaction::{Column, Entity, Model},
    },
    error::{Code, Refusal, Result},
    id::{Id, kind},
    money::Currency,
    page::{Page, Paged},
    viewer::Viewer,
};

/// How many days the dates of the halves may be apart when nothing else is asked for. Banks book the two halves within a few days,
/// also over a weekend.
const DAYS: u8 = 5;
/// The most days that may be asked for.
const MOST_DAYS: u8 = 10;
/// How many possible halves are read, the newest first, so that memory does not grow with the book. The database looks at each
/// transaction in a wallet once, with two look-ups in an index.
pub(in crate::bookkeeping::spending) const MOST_CANDIDATES: u64 = 10_000;

/// The sort key of a pair: the date and the position of its outgoing half.
pub type Key = (NaiveDate, Uuid);

/// The proposed pairs: a page of them, and how many there are in all.
#[derive(Clone, Debug)]
pub struct Proposed {
    /// The page.
    pub page: Paged<Halves>,
    /// The number of all pairs.
    pub count: i64,
}

/// The sort key of a pair as text, for a cursor.
#[must_use]
pub fn key_text(halves: &Halves) -> String {
    format!("{} {}", halves.outgoing.date, halves.outgoing.position.simple())
}

/// Reads a key from the text of a cursor; `None` when the text is malformed.
#[must_use]
pub fn parse_key(text: &str) -> Option<Key> {
    let (date, position) = text.split_once(' ')?;
    Some((Date::parse_text(date)?.0, position.parse().ok()?))
}

/// A page of the pairs that look like transfers: the newest outgoing half first.
///
/// # Errors
/// `INVALID` at `days` when it is not from 0 to 10.
pub async fn page(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    days: Option<i32>,
    page: &Page<Key>,
) -> Result<Proposed> {
    let days = check_days(days)?;
    let candidates = candidates(conn, viewer, days).await?;
    let declined = if candidates.is_empty() { Declined::new() } else { declined(conn, viewer).await? };
    let pairs = pairing::pairs(candidates, Wallets::Apart, &declined, days.into());
    let (paged, count) = cut(pairs, page);
    let ids = paged.rows.iter().flat_map(|(outgoing, incoming)| [outgoing.id, incoming.id]);
    let found = transaction::find_many(conn, viewer, ids).await?;
    let half = |id| found.iter().find(|half: &&Model| half.id == id).cloned();
    let halves =
        |(outgoing, incoming): &Pair| Some(Halves { outgoing: half(outgoing.id)?, incoming: half(incoming.id)? });
    let rows = paged.rows.iter().filter_map(halves).collect();
    Ok(Proposed { page: Paged { rows, has_previous: paged.has_previous, has_next: paged.has_next }, count })
}

fn check_days(days: Option<i32>) -> Result<u8, Refusal> {
    let Some(days) = days else { return Ok(DAYS) };
    let days = u8::try_from(days).ok().filter(|days| *days <= MOST_DAYS);
    let message = || format!("`days` must be from 0 to {MOST_DAYS}.");
    days.ok_or_else(|| Refusal::new(Code::Invalid, "days", message()))
}

fn key((outgoing, _): &Pair) -> Key {
    (outgoing.date, outgoing.position)
}

/// The rows of a page, the newest first, and how many rows there are in all.
pub(in crate::bookkeeping::spending) fn cut(mut pairs: Vec<Pair>, page: &Page<Key>) -> (Paged<Pair>, i64) {
    pairs.sort_unstable_by_key(|pair| std::cmp::Reverse(key(pair)));
    let count = i64::try_from(pairs.len()).unwrap_or(i64::MAX);
    let is_between = |pair: &Pair| {
        let key = key(pair);
        page.after.is_none_or(|after| key < after) && page.before.is_none_or(|before| key > before)
    };
    pairs.retain(is_between);
    let ask = usize::try_from(page.ask()).unwrap_or(usize::MAX);
    if page.from_end {
        pairs.drain(..pairs.len().saturating_sub(ask));
    } else {
        pairs.truncate(ask);
    }
    (page.cut(pairs), count)
}

/// The row of a candidate, in the order in which `candidates` selects its columns.
type Row = (Id<kind::Transaction>, Uuid, CategoryKind, Currency, i64, NaiveDate, Id<kind::Wallet>);

/// The newest transactions that may be half of a transfer: the same amount went the other way in another wallet, within these days.
async fn candidates(conn: &impl ConnectionTrait, viewer: &Viewer, days: u8) -> Result<Vec<Candidate>> {
    let backend = conn.get_database_backend();
    let others = |kinds| Expr::exists(others(backend, days, kinds));
    let rows: Vec<Row> = Entity::find()
        .select_only()
        .columns([
            Column::Id,
            Column::Position,
            Column::Kind,
            Column::Currency,
            Column::Amount,
            Column::Date,
            Column::WalletId,
        ])
        .filter(Column::BookId.eq(viewer.book))
        .filter(Column::WalletId.is_not_null())
        .filter(Column::DeletedAt.is_null())
        .filter(Column::CounterpartId.is_null())
        .filter(Condition::any().add(others(Kinds::Opposite)).add(others(Kinds::Same)))
        .order_by_desc(Column::Date)
        .order_by_desc(Column::Position)
        .limit(MOST_CANDIDATES)
        .into_tuple()
        .all(conn)
        .await?;
    let candidate = |(id, position, kind, currency, amount, date, wallet): Row| Candidate {
        id,
        position,
        goes_out: goes_out(kind, amount),
        currency,
        amount: amount.saturating_abs(),
        date,
        wallet: Some(wallet),
    };
    Ok(rows.into_iter().map(candidate).collect())
}

/// The kinds of two transactions whose money went opposite ways: those of an expense and an income, or of two expenses or two incomes
/// of which one is a refund, with an amount below zero.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kinds {
    Opposite,
    Same,
}

/// The transactions that could be the other half of one. The conditions on the columns that may be null are those of the index
/// `transaction_pairing_idx`.
fn others(backend: DbBackend, days: u8, kinds: Kinds) -> SelectStatement {
    let of = |column| Expr::col((Entity, column));
    let other = |column| Expr::col(("other", column));
    // Each database has its own way to count days.
    let [first, last] = ["-", "+"].map(|sign| {
        Expr::cust(if backend == DbBackend::Postgres {
            format!("(\"transaction\".\"date\" {sign} {days})")
        } else {
            format!("date(\"transaction\".\"date\", '{sign}{days} days')")
        })
    });
    let (amount, kind) = match kinds {
        Kinds::Opposite => (of(Column::Amount), other(Column::Kind).ne(of(Column::Kind))),
        Kinds::Same => (of(Column::Amount).mul(-1), other(Column::Kind).eq(of(Column::Kind))),
    };
    Query::select()
        .expr(Expr::val(1))
        .from_as(Entity, "other")
        .and_where(other(Column::BookId).eq(of(Column::BookId)))
        .and_where(other(Column::Currency).eq(of(Column::Currency)))
        .and_where(other(Column::Amount).eq(amount))
        .and_where(other(Column::Date).gte(first))
        .and_where(other(Column::Date).lte(last))
        .and_where(kind)
        .and_where(other(Column::WalletId).ne(of(Column::WalletId)))
        .and_where(other(Column::WalletId).is_not_null())
        .and_where(other(Column::DeletedAt).is_null())
        .and_where(other(Column::CounterpartId).is_null())
        .take()
}

async fn declined(conn: &impl ConnectionTrait, viewer: &Viewer) -> Result<Declined> {
    use declined_transfer::{Column, Entity};
    let pairs = Entity::find().select_only().columns([Column::OutgoingId, Column::IncomingId]);
    let pairs: Vec<_> = pairs.filter(Column::BookId.eq(viewer.book)).into_tuple().all(conn).await?;
    Ok(pairs.into_iter().collect())
}
