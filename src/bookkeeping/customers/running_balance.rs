//! The balance of a customer after each ledger entry, as shown on the statement.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use sea_orm::{
    ActiveEnum, Condition, ConnectionTrait,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};
use uuid::Uuid;

use super::entry;
use crate::{
    bookkeeping::journal,
    entity::{
        account::AccountKind,
        ledger_entry::{self, Column, EntryType},
    },
    error::Result,
    id::{Id, kind},
    viewer::Viewer,
};

/// With more entries before it, an entry is far from the beginning of its day.
const FEW: u64 = 100;

/// Returns the customer's balance after each of these entries, in minor units; positive when the customer owes. Entries
/// are ordered as on the statement: by date, and on one date by position. Deleted entries are left out.
///
/// # Errors
/// When the database fails.
pub async fn balances_after(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: &[Id<kind::LedgerEntry>],
) -> Result<HashMap<Id<kind::LedgerEntry>, i64>> {
    let mut entries = entry::find_many(conn, viewer, ids.iter().copied()).await?;
    entries.retain(|entry| entry.deleted_at.is_none());
    let holders = entries.iter().map(|entry| entry.customer_id.cast());
    let accounts: HashMap<_, _> = journal::of_holders(conn, AccountKind::Receivable, holders)
        .await?
        .into_iter()
        .map(|account| ((account.holder_id, account.currency), account.id))
        .collect();
    let mut days: BTreeMap<_, Vec<&ledger_entry::Model>> = BTreeMap::new();
    for entry in &entries {
        if let Some(account) = accounts.get(&(entry.customer_id.cast(), entry.currency)) {
            days.entry((*account, entry.date)).or_default().push(entry);
        }
    }
    for entries in days.values_mut() {
        entries.sort_unstable_by_key(|entry| entry.position);
    }
    // What a day began with is what the day before ended with. The first day of the calendar began with nothing.
    let ends = |(account, date): &(Id<kind::Account>, NaiveDate)| {
        [date.pred_opt(), Some(*date)].map(|day| Some((*account, day?)))
    };
    let questions: Vec<_> = days.keys().flat_map(ends).flatten().collect();
    let turnovers = journal::turnovers(conn, &questions).await?;
    let owed: HashMap<_, _> =
        questions.into_iter().zip(turnovers).map(|(day, turnover)| (day, turnover.debits - turnover.credits)).collect();
    let mut balances = HashMap::with_capacity(entries.len());
    let asked: Vec<_> = days.values().map(Vec::as_slice).collect();
    for ((day, entries), sums) in days.iter().zip(sums(conn, &asked).await?) {
        let [start, end] = ends(day).map(|at| at.and_then(|at| owed.get(&at)).copied().unwrap_or_default());
        let mut balance = match sums.head {
            Some(head) => start + head,
            None => end - sums.tail - sums.between.iter().sum::<i64>(),
        };
        for (entry, more) in entries.iter().zip(std::iter::once(0).chain(sums.between)) {
            balance += more;
            balances.insert(entry.id, balance);
        }
    }
    Ok(balances)
}

/// The sums of the parts into which entries divide their day.
struct Sums {
    /// Up to the first of them, with it. `None` when its day begins far before it.
    head: Option<i64>,
    /// Between each and the next, with the next.
    between: Vec<i64>,
    /// Behind the last of them. Zero when `head` is known, which suffices.
    tail: i64,
}

/// The parts, as the statement knows them.
const HEAD: i32 = 0;
const BETWEEN: i32 = 1;
const TAIL: i32 = 2;

/// The sums of the parts into which entries divide each of these days, in one statement.
///
/// A page begins or ends mostly at an end of a day. So what is before it is summed up when these are few entries, and what is
/// behind it otherwise: the cost of such a page does not depend on how many entries a day has.
async fn sums(conn: &impl ConnectionTrait, days: &[&[&ledger_entry::Model]]) -> Result<Vec<Sums>> {
    let mut rows = Vec::new();
    for entries in days {
        let position = |at: usize| entries.get(at).map(|entry| entry.position);
        for (at, entry) in entries.iter().chain(entries.last()).enumerate() {
            let part = match at {
                0 => HEAD,
                at if at == entries.len() => TAIL,
                _ => BETWEEN,
            };
            let since = at.checked_sub(1).and_then(position).unwrap_or(Uuid::nil());
            let until = position(at).unwrap_or(Uuid::max());
            let (customer, currency) = (entry.customer_id.uuid(), entry.currency.code());
            rows.push((customer, currency, entry.date, since, until, position(0).unwrap_or_default(), part));
        }
    }
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let rows = rows.into_iter().zip(0_i64..).map(|((customer, currency, date, since, until, first, part), number)| {
        (number, customer, currency, date, since, until, first, part)
    });
    let is = |part: i32| asked("column8").eq(part);
    let is_far = || {
        Expr::exists(
            of_day()
                .expr(Expr::val(1))
                .and_where(own(Column::Position).lt(asked("column7")))
                .limit(1)
                .offset(FEW)
                .take(),
        )
    };
    let is_needed = Condition::any()
        .add(is(BETWEEN))
        .add(Condition::all().add(is(TAIL)).add(is_far()))
        .add(Condition::all().add(is(HEAD)).add(is_far().not()));
    let is_credit = own(Column::Kind).eq(EntryType::Credit.to_value());
    let owed: Expr = Expr::case(is_credit, own(Column::Amount)).finally(own(Column::Amount).mul(-1)).into();
    let sum = of_day()
        .expr(owed.sum().cast_as("bigint"))
        .and_where(own(Column::Position).gt(asked("column5")))
        .and_where(own(Column::Position).lte(asked("column6")))
        .take();
    let query = Query::select()
        .expr(asked("column1"))
        .expr(Expr::case(is_needed, Expr::SubQuery(None, Box::new(sum.into()))))
        .from_values(rows, "asked")
        .take();
    let mut found = BTreeMap::new();
    for row in conn.query_all(&query).await? {
        found.insert(row.try_get_by_index::<i64>(0)?, row.try_get_by_index::<Option<i64>>(1)?);
    }
    let mut found = found.into_values();
    let of = |entries: &&[&ledger_entry::Model]| {
        let head = found.next().flatten();
        let between = found.by_ref().take(entries.len().saturating_sub(1)).map(Option::unwrap_or_default).collect();
        Sums { head, between, tail: found.next().flatten().unwrap_or_default() }
    };
    Ok(days.iter().map(of).collect())
}

/// The entries of the customer, currency and day that a row asks for.
fn of_day() -> SelectStatement {
    Query::select()
        .from_as(ledger_entry::Entity, "own")
        .and_where(own(Column::CustomerId).eq(asked("column2")))
        .and_where(own(Column::Currency).eq(asked("column3")))
        .and_where(own(Column::Date).eq(asked("column4")))
        .and_where(own(Column::DeletedAt).is_null())
        .take()
}

fn own(column: Column) -> Expr {
    Expr::col(("own", column))
}

fn asked(column: &'static str) -> Expr {
    Expr::col(("asked", column))
}
