//! The totals of the transactions that a filter selects.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait, JoinType},
};

use super::list::TransactionFilter;
use crate::{
    bookkeeping::{journal, spending::category},
    calendar::date::Date,
    db::wide_sum,
    entity::{category::CategoryKind, transaction, transaction_line},
    error::Result,
    money::Currency,
    viewer::Viewer,
};

/// Totals in one currency, in minor units. A sum over many transactions may exceed 64 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// All income, less what was given back.
    pub income: i128,
    /// All expenses, less refunds.
    pub expense: i128,
}

/// The totals of the transactions of the viewer's book that match the filter, in one currency. When the filter names a
/// category, only the lines in that category count. Transfers count nothing.
///
/// # Errors
/// When the database fails.
pub async fn totals(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &TransactionFilter,
    currency: Currency,
) -> Result<Totals> {
    if filter.currency.is_some_and(|other| other != currency) || filter.is_transfer == Some(true) {
        return Ok(Totals::default());
    }
    let TransactionFilter { kind, category, from, to, currency: of, is_transfer, .. } = *filter;
    // When only kind, category, dates and currency restrict the transactions, the totals come from the stored
    // turnovers.
    let stored =
        TransactionFilter { kind, category, from, to, currency: of, is_transfer, ..TransactionFilter::default() };
    if *filter == stored {
        return turned_over(conn, viewer, filter, currency).await;
    }
    summed(conn, viewer, filter, currency).await
}

async fn turned_over(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &TransactionFilter,
    currency: Currency,
) -> Result<Totals> {
    let mut totals = Totals::default();
    let categories = category::all(conn, viewer).await?;
    for (kind, total) in [(CategoryKind::Income, &mut totals.income), (CategoryKind::Expense, &mut totals.expense)] {
        let wanted = categories.iter().filter(|category| {
            category.kind == kind
                && filter.kind.is_none_or(|wanted| wanted == kind)
                && filter.category.is_none_or(|wanted| wanted == category.id)
        });
        let holders = wanted.map(|category| category.id.cast());
        let mut accounts = journal::of_holders(conn, category::account_kind(kind), holders).await?;
        accounts.retain(|account| account.currency == currency);
        let until = filter.to.map_or(Date::MAX, |to| to.0);
        let questions: Vec<_> = accounts.iter().map(|account| (account.id, until)).collect();
        let until = journal::turnovers(conn, &questions).await?;
        let before = match filter.from.and_then(|from| from.0.pred_opt()) {
            Some(day) => {
                let questions: Vec<_> = accounts.iter().map(|account| (account.id, day)).collect();
                journal::turnovers(conn, &questions).await?
            }
            None => Vec::new(),
        };
        for (number, until) in until.into_iter().enumerate() {
            let moved = until.since(before.get(number).copied().unwrap_or_default());
            *total += i128::from(category::amount(kind, moved));
        }
    }
    Ok(totals)
}

async fn summed(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &TransactionFilter,
    currency: Currency,
) -> Result<Totals> {
    let mut select = transaction::Entity::find()
        .select_only()
        .column(transaction::Column::Kind)
        .filter(filter.but_for_category(viewer))
        .filter(transaction::Column::Currency.eq(currency))
        .filter(transaction::Column::CounterpartId.is_null());
    let mut amount = Expr::col((transaction::Entity, transaction::Column::Amount));
    if let Some(category) = filter.category {
        let of = |column| Expr::col((transaction_line::Entity, column));
        let lines = Condition::all()
            .add(of(transaction_line::Column::TransactionId).equals((transaction::Entity, transaction::Column::Id)))
            .add(of(transaction_line::Column::CategoryId).eq(category));
        QuerySelect::query(&mut select).join(JoinType::InnerJoin, transaction_line::Entity, lines);
        amount = of(transaction_line::Column::Amount);
    }
    for part in wide_sum::parts(amount) {
        select = select.expr(part);
    }
    let sums: Vec<(CategoryKind, i64, i64)> = select.group_by(transaction::Column::Kind).into_tuple().all(conn).await?;
    let of = |kind| {
        let sum = sums.iter().find(|(found, ..)| *found == kind);
        sum.map_or(0, |(_, parts, rest)| wide_sum::whole([*parts, *rest]))
    };
    Ok(Totals { income: of(CategoryKind::Income), expense: of(CategoryKind::Expense) })
}
