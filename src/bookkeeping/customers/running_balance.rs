//! The balance of a customer after each ledger entry, as shown on the statement.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use sea_orm::{
    ActiveEnum, ConnectionTrait,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};
use uuid::Uuid;

use super::entry;
use crate::{
    bookkeeping::journal,
    entity::{
        account::AccountKind,
        ledger_entry::{self, EntryType},
    },
    error::Result,
    id::{Id, kind},
    viewer::Viewer,
};

/// How many entries are read towards an end of a day before it is known to be far away.
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
    let mut left: Vec<_> = days.iter().collect();
    for most in [Some(FEW), None] {
        let asked: Vec<_> = left.iter().map(|(_, entries)| entries.as_slice()).collect();
        let parts = sums(conn, &asked, most).await?;
        let mut far = Vec::new();
        for (day, parts) in left.into_iter().zip(parts) {
            let [start, end] = ends(day.0).map(|at| at.and_then(|at| owed.get(&at)).copied().unwrap_or_default());
            match after_each(&parts, start, end) {
                Some(after) => balances.extend(day.1.iter().map(|entry| entry.id).zip(after)),
                None => far.push(day),
            }
        }
        left = far;
    }
    Ok(balances)
}

/// The balance after each entry of a day, from what the day began or ended with and the sums of its parts: up to the first entry,
/// between each and the next, and behind the last. `None` when a part that is needed is not known.
fn after_each(parts: &[Option<i64>], start: i64, end: i64) -> Option<Vec<i64>> {
    let (tail, parts) = parts.split_last()?;
    let (head, between) = parts.split_first()?;
    let between: Vec<i64> = between.iter().copied().collect::<Option<_>>()?;
    let first = match (head, tail) {
        (Some(head), _) => start + head,
        (None, Some(tail)) => end - tail - between.iter().sum::<i64>(),
        (None, None) => return None,
    };
    let add = |balance: &mut i64, more: i64| {
        *balance += more;
        Some(*balance)
    };
    Some(std::iter::once(0).chain(between).scan(first, add).collect())
}

/// The sums of the parts into which entries divide their day: up to the first, with it, between each and the next, with the next,
/// and behind the last. `None` for a part of more than `most` entries. One statement.
///
/// Mostly one end of the day is near: that where a page begins. So the other need not be read, however many entries there are.
async fn sums(
    conn: &impl ConnectionTrait,
    days: &[&[&ledger_entry::Model]],
    most: Option<u64>,
) -> Result<Vec<Vec<Option<i64>>>> {
    let mut rows = Vec::new();
    for entries in days {
        let position = |at: usize| entries.get(at).map(|entry| entry.position);
        for (at, entry) in entries.iter().chain(entries.last()).enumerate() {
            let since = at.checked_sub(1).and_then(position).unwrap_or(Uuid::nil());
            let until = position(at).unwrap_or(Uuid::max());
            rows.push((entry.customer_id.uuid(), entry.currency.code(), entry.date, since, until));
        }
    }
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let numbered = rows
        .into_iter()
        .zip(0_i64..)
        .map(|((customer, currency, date, since, until), number)| (number, customer, currency, date, since, until));
    let of = |what: Expr| Expr::SubQuery(None, Box::new(part(most, what).into()));
    let query = Query::select()
        .expr(asked("column1"))
        .expr(of(Expr::col("owed").sum().cast_as("bigint")))
        .expr(of(Expr::col("owed").count()))
        .from_values(numbered, "asked")
        .take();
    let mut found: HashMap<i64, Option<i64>> = HashMap::new();
    for row in conn.query_all(&query).await? {
        let sum: Option<i64> = row.try_get_by_index(1)?;
        let is_known =
            most.is_none_or(|most| row.try_get_by_index::<i64>(2).is_ok_and(|count| count.unsigned_abs() <= most));
        found.insert(row.try_get_by_index(0)?, is_known.then(|| sum.unwrap_or_default()));
    }
    let mut numbers = 0_i64..;
    let mut next = || numbers.next().and_then(|number| found.get(&number).copied()).flatten();
    Ok(days.iter().map(|entries| (0..=entries.len()).map(|_| next()).collect()).collect())
}

/// What is to be known of the entries between two places of a day. With a limit, one entry more than that is read.
fn part(most: Option<u64>, what: Expr) -> SelectStatement {
    use ledger_entry::Column;
    let own = |column: Column| Expr::col(("part", column));
    let is_credit = own(Column::Kind).eq(EntryType::Credit.to_value());
    let owed: Expr = Expr::case(is_credit, own(Column::Amount)).finally(own(Column::Amount).mul(-1)).into();
    let mut entries = Query::select();
    entries
        .expr_as(owed, "owed")
        .from_as(ledger_entry::Entity, "part")
        .and_where(own(Column::CustomerId).eq(asked("column2")))
        .and_where(own(Column::Currency).eq(asked("column3")))
        .and_where(own(Column::Date).eq(asked("column4")))
        .and_where(own(Column::Position).gt(asked("column5")))
        .and_where(own(Column::Position).lte(asked("column6")))
        .and_where(own(Column::DeletedAt).is_null());
    if let Some(most) = most {
        entries.limit(most + 1);
    }
    Query::select().expr(what).from_subquery(entries, "parts").take()
}

fn asked(column: &'static str) -> Expr {
    Expr::col(("asked", column))
}

#[cfg(test)]
mod tests {
    use super::after_each;

    #[test]
    fn one_end_of_the_day_suffices() {
        let all = [Some(1), Some(2), Some(3), Some(4)];
        assert_eq!(after_each(&all, 100, 110), Some(vec![101, 103, 106]));
        let [_, second, third, _] = all;
        assert_eq!(after_each(&[None, second, third, Some(4)], 0, 110), Some(vec![101, 103, 106]));
        assert_eq!(after_each(&[Some(1), second, third, None], 100, 0), Some(vec![101, 103, 106]));
        assert_eq!(after_each(&[None, second, third, None], 100, 110), None);
        assert_eq!(after_each(&[Some(1), None, third, Some(4)], 100, 110), None);
    }
}
