//! What is left of the entries of a customer, today or on a past day.
//!
//! On a past day the entries dated up to that day count, as they are known now, and what is set off between two of them.

use chrono::NaiveDate;
use sea_orm::{
    ActiveEnum, ConnectionTrait,
    sea_query::{Expr, ExprTrait, Func, JoinType, Query, SelectStatement},
};

use super::{item::OPEN, scope::Scope};
use crate::{
    calendar::date::Date,
    entity::{
        allocation, invoice,
        ledger_entry::{self, Column, EntrySource, EntryType},
        note,
    },
    error::Result,
};

/// What the customer owes: each due date (the date of the entry when it has none), and the amount in minor units that is set off
/// against nothing. A due date can come twice.
///
/// # Errors
/// When the database fails.
pub(in crate::bookkeeping) async fn owed(
    conn: &impl ConnectionTrait,
    scope: Scope,
    to: Option<Date>,
) -> Result<Vec<(NaiveDate, i64)>> {
    let due = Func::coalesce([
        Expr::col((invoice::Entity, invoice::Column::DueDate)),
        Expr::col((note::Entity, note::Column::DueDate)),
        Expr::col(("own", Column::Date)),
    ]);
    let by_due = |mut query: SelectStatement| {
        let of_invoice = Expr::col((invoice::Entity, invoice::Column::Id)).equals(("own", Column::Id));
        let of_note = Expr::col((note::Entity, note::Column::Id)).equals(("own", Column::Id));
        query.left_join(invoice::Entity, of_invoice).left_join(note::Entity, of_note);
        query.expr(due.clone()).add_group_by([due.clone().into()]);
        query
    };
    let mut owed = Vec::new();
    for query in [Some(left(scope, EntryType::Credit, to)), to.map(|to| set_off_later(scope, EntryType::Credit, to))] {
        let Some(query) = query.map(by_due) else { continue };
        for row in &conn.query_all(&query).await? {
            owed.push((row.try_get_by_index(1)?, row.try_get_by_index(0)?));
        }
    }
    Ok(owed)
}

/// What the customer gave or was let off and is set off against nothing, in minor units.
///
/// # Errors
/// When the database fails.
pub(in crate::bookkeeping) async fn unallocated(
    conn: &impl ConnectionTrait,
    scope: Scope,
    to: Option<Date>,
) -> Result<i64> {
    let mut sum = 0;
    for query in [Some(left(scope, EntryType::Debit, to)), to.map(|to| set_off_later(scope, EntryType::Debit, to))] {
        let Some(query) = query else { continue };
        let row = conn.query_one(&query).await?;
        sum += row.map_or(Ok(None), |row| row.try_get_by_index::<Option<i64>>(0))?.unwrap_or_default();
    }
    Ok(sum)
}

/// What write-offs let the customer off and is set off against nothing, in minor units.
///
/// # Errors
/// When the database fails.
pub(in crate::bookkeeping) async fn let_off(conn: &impl ConnectionTrait, scope: Scope) -> Result<i64> {
    let mut query = left(scope, EntryType::Debit, None);
    query.and_where(Expr::col(("own", Column::Source)).eq(EntrySource::WriteOff.to_value()));
    let row = conn.query_one(&query).await?;
    Ok(row.map_or(Ok(None), |row| row.try_get_by_index::<Option<i64>>(0))?.unwrap_or_default())
}

/// The sum of what is left of the entries of a side, as it is counted.
fn left(scope: Scope, side: EntryType, to: Option<Date>) -> SelectStatement {
    let left = Expr::col(("own", Column::Amount)).sub(Expr::col(("own", Column::Settled)));
    let mut query = Query::select();
    query.expr(left.sum().cast_as("bigint")).from_as(ledger_entry::Entity, "own");
    of_side(&mut query, scope, side, to);
    query.and_where(Expr::cust(OPEN));
    query
}

/// The sum of what is set off between entries of a side up to a day and later entries.
fn set_off_later(scope: Scope, side: EntryType, to: Date) -> SelectStatement {
    use allocation::Column::{Amount, ChargeId, PaymentId};
    let (own, other) = if side == EntryType::Credit { (ChargeId, PaymentId) } else { (PaymentId, ChargeId) };
    let mut query = Query::select();
    query.expr(Expr::col((allocation::Entity, Amount)).sum().cast_as("bigint")).from(allocation::Entity);
    for (alias, id) in [("own", own), ("other", other)] {
        let same = Expr::col((alias, Column::Id)).equals((allocation::Entity, id));
        query.join_as(JoinType::InnerJoin, ledger_entry::Entity, alias, same);
    }
    of_side(&mut query, scope, side, Some(to));
    query.and_where(Expr::col(("other", Column::Date)).gt(to.0));
    query
}

fn of_side(query: &mut SelectStatement, scope: Scope, side: EntryType, to: Option<Date>) {
    let own = |column| Expr::col(("own", column));
    query.and_where(own(Column::CustomerId).eq(scope.customer_id)).and_where(own(Column::Currency).eq(scope.currency));
    query.and_where(own(Column::Kind).eq(side.to_value()));
    query.and_where_option(to.map(|to| own(Column::Date).lte(to.0)));
}
