//! The balance of a customer after each ledger entry, as shown on the statement.

use std::collections::HashMap;

use sea_orm::{
    ActiveEnum, ConnectionTrait,
    sea_query::{Expr, ExprTrait, Query},
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
    let questions: Vec<_> = entries
        .iter()
        .filter_map(|entry| Some((accounts.get(&(entry.customer_id.cast(), entry.currency))?, entry)))
        .collect();
    let ends: Vec<_> = questions.iter().map(|(account, entry)| (**account, entry.date)).collect();
    let ends = journal::turnovers(conn, &ends).await?;
    let later = later_that_day(conn, questions.iter().map(|(_, entry)| *entry).collect()).await?;
    Ok(questions
        .iter()
        .zip(ends)
        .map(|((_, entry), end)| {
            let later = later.get(&entry.id).copied().unwrap_or_default();
            (entry.id, end.debits - end.credits - later)
        })
        .collect())
}

/// Returns, for each entry, the sum of the entries of the same customer, currency and day that come after it.
///
/// For each given entry the query sums only the entries up to the next given one, and the code adds these sums up. So
/// each entry of the day is read once.
async fn later_that_day(
    conn: &impl ConnectionTrait,
    mut entries: Vec<&ledger_entry::Model>,
) -> Result<HashMap<Id<kind::LedgerEntry>, i64>> {
    use ledger_entry::Column;
    let day = |entry: &ledger_entry::Model| (entry.customer_id, entry.currency.code(), entry.date);
    entries.sort_unstable_by_key(|entry| (day(entry), entry.position));
    entries.reverse();
    if entries.is_empty() {
        return Ok(HashMap::new());
    }
    // The entries are in descending order, so the next given entry of the day, if any, precedes its neighbour here.
    let before = std::iter::once(None).chain(entries.iter().copied().map(Some));
    let next: Vec<_> =
        entries.iter().zip(before).map(|(entry, next)| next.filter(|next| day(next) == day(entry))).collect();
    let rows = entries.iter().zip(&next).zip(0_i64..).map(|((entry, next), number)| {
        let until = next.map_or(Uuid::max(), |next| next.position);
        (number, entry.customer_id.uuid(), entry.currency.code(), entry.date, entry.position, until)
    });
    let asked = |column: &'static str| Expr::col(("asked", column));
    let later = |column: Column| Expr::col(("later", column));
    let is_credit = later(Column::Kind).eq(EntryType::Credit.to_value());
    let owed: Expr = Expr::case(is_credit, later(Column::Amount)).finally(later(Column::Amount).mul(-1)).into();
    let between = Query::select()
        .expr(owed.sum().cast_as("bigint"))
        .from_as(ledger_entry::Entity, "later")
        .and_where(later(Column::CustomerId).eq(asked("column2")))
        .and_where(later(Column::Currency).eq(asked("column3")))
        .and_where(later(Column::Date).eq(asked("column4")))
        .and_where(later(Column::Position).gt(asked("column5")))
        .and_where(later(Column::Position).lte(asked("column6")))
        .and_where(later(Column::DeletedAt).is_null())
        .take();
    let query = Query::select()
        .expr_as(asked("column1"), "number")
        .expr_as(Expr::SubQuery(None, Box::new(between.into())), "owed")
        .from_values(rows, "asked")
        .take();
    let mut gaps: HashMap<i64, i64> = HashMap::new();
    for row in conn.query_all(&query).await? {
        gaps.insert(row.try_get("", "number")?, row.try_get::<Option<i64>>("", "owed")?.unwrap_or_default());
    }
    let mut later = HashMap::new();
    for ((entry, next), number) in entries.iter().zip(next).zip(0_i64..) {
        let after_next = next.and_then(|next| later.get(&next.id)).copied().unwrap_or_default();
        later.insert(entry.id, after_next + gaps.get(&number).copied().unwrap_or_default());
    }
    Ok(later)
}
