//! Receivables: the total that all customers of a book owe.

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait},
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

/// The ten customers of the viewer's book who owe most in a currency, with their debts in minor units, the largest
/// first; equal debts in the order in which the customers were created.
///
/// # Errors
/// When the database fails.
pub async fn largest(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    currency: Currency,
) -> Result<Vec<(Id<kind::Customer>, i64)>> {
    use account::Column;
    let balance = || Expr::col(Column::Debits).sub(Expr::col(Column::Credits));
    let mut accounts = account::Entity::find()
        .filter(Column::BookId.eq(viewer.book))
        .filter(Column::Kind.eq(AccountKind::Receivable))
        .filter(Column::Currency.eq(currency))
        .filter(balance().gt(0))
        .order_by_desc(balance())
        // Not by the id of the account: an import opens accounts in the order of their holders' ids.
        .order_by_asc(customer::Column::Position)
        .limit(10);
    let holder = Column::HolderId.into_expr().equals((customer::Entity, customer::Column::Id));
    QuerySelect::query(&mut accounts).inner_join(customer::Entity, holder);
    let accounts = accounts.all(conn).await?;
    Ok(accounts.into_iter().map(|account| (account.holder_id.cast(), journal::balance(&account))).collect())
}
