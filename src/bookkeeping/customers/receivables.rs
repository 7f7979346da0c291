//! Receivables: the total that all customers of a book owe.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Asterisk, Expr, ExprTrait, Func, Order, Query, WindowStatement},
};

use crate::{
    bookkeeping::journal,
    entity::{
        account::{self, AccountKind},
        customer,
    },
    error::Result,
    id::{Id, kind},
    money::Currency,
    viewer::Viewer,
};

/// The balances of all customers of a book in one currency, archived customers included.
#[derive(Clone, Debug)]
pub struct Receivables {
    /// The currency.
    pub currency: Currency,
    /// The sum of all debts, in minor units.
    pub total: i64,
    /// The number of customers who owe.
    pub customers: i64,
    /// The sum that other customers have paid in advance, in minor units.
    pub in_advance: i64,
}

/// The receivables of the viewer's book, one row per currency.
///
/// # Errors
/// When the database fails.
pub async fn of_book(conn: &impl ConnectionTrait, viewer: &Viewer) -> Result<Vec<Receivables>> {
    use account::Column;
    let balance = || Expr::col(Column::Debits).sub(Expr::col(Column::Credits));
    let above_zero =
        |value: Expr, sign: i64| -> Expr { Expr::case(balance().mul(sign).gt(0), value).finally(0_i64).into() };
    let rows: Vec<(Currency, i64, i64, i64)> = account::Entity::find()
        .select_only()
        .column(Column::Currency)
        .expr(above_zero(balance(), 1).sum().cast_as("bigint"))
        .expr(above_zero(Expr::val(1_i64), 1).sum().cast_as("bigint"))
        .expr(above_zero(balance().mul(-1), -1).sum().cast_as("bigint"))
        .filter(Column::BookId.eq(viewer.book))
        .filter(Column::Kind.eq(AccountKind::Receivable))
        .group_by(Column::Currency)
        .order_by_asc(Column::Currency)
        .into_tuple()
        .all(conn)
        .await?;
    let receivables = |(currency, total, customers, in_advance)| Receivables { currency, total, customers, in_advance };
    Ok(rows.into_iter().map(receivables).collect())
}

/// A customer and their debt in minor units.
pub type Debt = (Id<kind::Customer>, i64);

/// The ten customers of the viewer's book who owe most in each of some currencies, the largest debt first; equal debts in the
/// order in which the customers were created.
///
/// # Errors
/// When the database fails.
pub async fn largest(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    currencies: &[Currency],
) -> Result<HashMap<Currency, Vec<Debt>>> {
    use account::Column;
    let balance = || Expr::col(Column::Debits).sub(Expr::col(Column::Credits));
    let mut debts = account::Entity::find()
        .filter(Column::BookId.eq(viewer.book))
        .filter(Column::Kind.eq(AccountKind::Receivable))
        .filter(Column::Currency.is_in(currencies.iter().copied()))
        .filter(balance().gt(0))
        .into_query();
    let holder = Column::HolderId.into_expr().equals((customer::Entity, customer::Column::Id));
    debts.inner_join(customer::Entity, holder);
    let mut in_currency = WindowStatement::partition_by((account::Entity, Column::Currency));
    in_currency.order_by_expr(balance(), Order::Desc);
    // Not by the id of the account: an import opens accounts in the order of their holders' ids.
    in_currency.order_by((customer::Entity, customer::Column::Position), Order::Asc);
    debts.expr_window_as(Func::cust("row_number"), in_currency, "place");
    let largest = Query::select()
        .column(Asterisk)
        .from_subquery(debts, "ranked")
        .and_where(Expr::col("place").lte(10))
        .order_by("place", Order::Asc)
        .take();
    let mut by_currency: HashMap<_, Vec<_>> = HashMap::new();
    for row in conn.query_all(&largest).await? {
        let account = account::Model::from_query_result(&row, "")?;
        let debt = (account.holder_id.cast(), journal::balance(&account));
        by_currency.entry(account.currency).or_default().push(debt);
    }
    Ok(by_currency)
}
