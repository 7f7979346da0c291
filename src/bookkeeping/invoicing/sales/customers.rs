//! Sales by customer: those with the largest total first.

use sea_orm::{
    ActiveEnum, Condition, ConnectionTrait, DbErr, QueryResult,
    sea_query::{Asterisk, Expr, ExprTrait, IntoColumnRef, IntoIden, JoinType, Query, SelectStatement},
};
use uuid::Uuid;

use super::Figures;
use crate::{
    calendar::month::YearMonth,
    entity::{
        account::{self, AccountKind},
        customer,
        ledger_entry::{self, EntrySource},
        posting,
    },
    error::Result,
    id::{Id, kind},
    list::keyset::Keyset,
    money::Currency,
    page::{Page, Paged},
    viewer::Viewer,
};

/// The accounts that count what was sold.
const SOLD: [AccountKind; 6] = [
    AccountKind::Sales,
    AccountKind::Cgst,
    AccountKind::Sgst,
    AccountKind::Igst,
    AccountKind::Charges,
    AccountKind::RoundOff,
];
/// The accounts that count the money that is the other side of what a customer paid or got back. Money in a wallet comes by way
/// of the outside.
const MONEY: [AccountKind; 2] = [AccountKind::Cash, AccountKind::Outside];

/// The sales of a period in one currency.
#[derive(Clone, Copy, Debug)]
pub struct Period {
    /// The first month.
    pub from: YearMonth,
    /// The last month.
    pub to: YearMonth,
    /// The currency.
    pub currency: Currency,
}

/// What one customer bought and paid.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The customer.
    pub customer: Id<kind::Customer>,
    /// The figures. Those of one customer fit into 64 bits, since the customer's account does.
    pub figures: Figures,
    key: Key,
}

/// The sort key of a customer: the total in minor units, and the position.
pub type Key = (i64, Uuid);

/// The text that the cursor of a row carries.
#[must_use]
pub fn key_text(row: &Row) -> String {
    let (total, position) = row.key;
    format!("total {total} {}", position.simple())
}

/// Parses the text of a cursor.
#[must_use]
pub fn parse_key(text: &str) -> Option<Key> {
    let (total, position) = text.strip_prefix("total ")?.split_once(' ')?;
    Some((total.parse().ok()?, position.parse().ok()?))
}

/// A page of the customers of the viewer's book who bought or paid something in the period. The largest total comes first;
/// customers with equal totals are ordered by the time they were created, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn page(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    period: Period,
    page: &Page<Key>,
) -> Result<Paged<Row>> {
    let position = Expr::col((customer::Entity, customer::Column::Position));
    let keyset = Keyset { key: Expr::col(("sold", "total")), tiebreaker: position.clone(), descending: true };
    let mut query = Query::select();
    query
        .column(("sold", Asterisk))
        .expr(position)
        .from_subquery(sold(viewer, period), "sold")
        .inner_join(customer::Entity, column(customer::Entity, customer::Column::Id).equals(("sold", "customer_id")));
    keyset.cut(&mut query, page);
    let rows = conn.query_all(&query).await?;
    let mut rows = rows.iter().map(Row::read).collect::<Result<Vec<_>, _>>()?;
    if keyset.is_backwards(page) != keyset.descending {
        rows.reverse();
    }
    Ok(page.cut(rows))
}

/// The number of customers of the viewer's book who bought or paid something in the period.
///
/// # Errors
/// When the database fails.
pub async fn count(conn: &impl ConnectionTrait, viewer: &Viewer, period: Period) -> Result<i64> {
    let mut query = postings(viewer, period);
    query.expr_as(column(ledger_entry::Entity, ledger_entry::Column::CustomerId).count_distinct(), "customers");
    let row = conn.query_one(&query).await?;
    Ok(row.map_or(Ok(0), |row| row.try_get("", "customers"))?)
}

impl Row {
    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        let minor = |name| row.try_get::<i64>("", name);
        let amount = |name| minor(name).map(i128::from);
        Ok(Self {
            customer: row.try_get("", "customer_id")?,
            figures: Figures {
                invoices: minor("invoices")?,
                gross: amount("gross")?,
                cgst: amount("cgst")?,
                sgst: amount("sgst")?,
                igst: amount("igst")?,
                other_charges: amount("other_charges")?,
                round_off: amount("round_off")?,
                received: amount("received")?,
            },
            key: (minor("total")?, row.try_get("", "position")?),
        })
    }
}

/// One row for each customer with the figures.
fn sold(viewer: &Viewer, period: Period) -> SelectStatement {
    let mut query = Query::select();
    query.column("customer_id").from_subquery(moved(viewer, period), "moved").group_by_col("customer_id");
    let is_invoice = Expr::col("source").eq(EntrySource::Invoice.to_value());
    let invoice: Expr = Expr::case(is_invoice, Expr::col("id")).into();
    query.expr_as(invoice.count_distinct(), "invoices");
    let sum = |kinds: &[AccountKind], sign: i64| {
        let amount: Expr = Expr::case(is_one_of("kind", kinds), Expr::col("amount").mul(sign)).finally(0_i64).into();
        amount.sum().cast_as("bigint")
    };
    for (name, kind) in ["gross", "cgst", "sgst", "igst", "other_charges", "round_off"].into_iter().zip(SOLD) {
        query.expr_as(sum(&[kind], 1), name);
    }
    query.expr_as(sum(&SOLD, 1), "total");
    query.expr_as(sum(&MONEY, -1), "received");
    query
}

/// One row for each posting: the kind of the account on the other side of the customer's, and how much more the customer owes
/// by it.
fn moved(viewer: &Viewer, period: Period) -> SelectStatement {
    use ledger_entry::Column;
    let amount = || column(posting::Entity, posting::Column::Amount);
    let owes_more = is_one_of(("debited", "kind"), &[AccountKind::Receivable]);
    let kind = Expr::case(owes_more.clone(), Expr::col(("credited", "kind"))).finally(Expr::col(("debited", "kind")));
    let amount = Expr::case(owes_more, amount()).finally(amount().mul(-1_i64));
    let mut query = postings(viewer, period);
    query.exprs([Column::Id, Column::CustomerId, Column::Source].map(|of| column(ledger_entry::Entity, of)));
    query.expr_as(kind, "kind").expr_as(amount, "amount");
    query
}

/// The postings between customers' accounts and those that count, of all documents of the period that are in the ledger.
/// `debited` and `credited` are the accounts. A document counts by its current journal entry, so no reversal is read.
fn postings(viewer: &Viewer, Period { from, to, currency }: Period) -> SelectStatement {
    use ledger_entry::Column;
    let of = |of| column(ledger_entry::Entity, of);
    let account = |table: &'static str, id: posting::Column| Expr::col((table, "id")).equals((posting::Entity, id));
    let between = |own: &'static str, other: &'static str| {
        let is_other = is_one_of((other, "kind"), &[SOLD.as_slice(), &MONEY].concat());
        Condition::all().add(is_one_of((own, "kind"), &[AccountKind::Receivable])).add(is_other)
    };
    let mut query = Query::select();
    query
        .from(ledger_entry::Entity)
        .inner_join(posting::Entity, of(Column::JournalEntryId).equals((posting::Entity, posting::Column::EntryId)))
        .join_as(JoinType::InnerJoin, account::Entity, "debited", account("debited", posting::Column::DebitAccountId))
        .join_as(
            JoinType::InnerJoin,
            account::Entity,
            "credited",
            account("credited", posting::Column::CreditAccountId),
        )
        .and_where(of(Column::BookId).eq(viewer.book))
        .and_where(of(Column::Currency).eq(currency.code()))
        .and_where(of(Column::Date).gte(from.first_day()))
        .and_where(of(Column::Date).lt(to.later(1).first_day()))
        .and_where(of(Column::DeletedAt).is_null())
        .cond_where(Condition::any().add(between("debited", "credited")).add(between("credited", "debited")));
    query
}

fn column(table: impl IntoIden, column: impl IntoIden) -> Expr {
    Expr::col((table, column))
}

/// The condition that a column holds one of these kinds.
fn is_one_of(column: impl IntoColumnRef, kinds: &[AccountKind]) -> Expr {
    Expr::col(column).is_in(kinds.iter().map(ActiveEnum::to_value))
}
