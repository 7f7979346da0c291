//! Sales by customer: those with the largest total first.

use sea_orm::{
    ActiveEnum, Condition, ConnectionTrait, DbErr, QueryResult,
    sea_query::{Asterisk, CaseStatement, Expr, ExprTrait, IntoIden, JoinType, Query, SelectStatement},
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
/// The account of a customer.
const CUSTOMER: [AccountKind; 1] = [AccountKind::Receivable];
/// The names of the two accounts of a posting in a query.
const DEBITED: &str = "debited";
const CREDITED: &str = "credited";

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
    use ledger_entry::Column;
    let amount = || column(posting::Entity, posting::Column::Amount);
    let sum = |amount: CaseStatement| {
        let amount: Expr = amount.finally(0_i64).into();
        amount.sum()
    };
    // What accounts of these kinds were credited with, less what they were debited with.
    let credited = |kinds: &[AccountKind]| {
        let [credits, debits] = [CREDITED, DEBITED].map(|side| sum(Expr::case(is_one_of(side, kinds), amount())));
        credits.sub(debits).cast_as("bigint")
    };
    let is_invoice = column(ledger_entry::Entity, Column::Source).eq(EntrySource::Invoice.to_value());
    let invoice: Expr = Expr::case(is_invoice, column(ledger_entry::Entity, Column::Id)).into();
    let received = Expr::case(is_between(&MONEY, &CUSTOMER), amount());
    let received = received.case(is_between(&CUSTOMER, &MONEY), amount().mul(-1_i64));
    let mut query = postings(viewer, period);
    query.column((ledger_entry::Entity, Column::CustomerId)).expr_as(invoice.count_distinct(), "invoices");
    for (name, kind) in ["gross", "cgst", "sgst", "igst", "other_charges", "round_off"].into_iter().zip(SOLD) {
        query.expr_as(credited(&[kind]), name);
    }
    query.expr_as(credited(&SOLD), "total").expr_as(sum(received).cast_as("bigint"), "received");
    query.group_by_col((ledger_entry::Entity, Column::CustomerId));
    query
}

/// The postings that count, of all documents of the period that are in the ledger. `debited` and `credited` are their accounts. A
/// document counts by its current journal entry, so no reversal is read.
fn postings(viewer: &Viewer, Period { from, to, currency }: Period) -> SelectStatement {
    use ledger_entry::Column;
    let of = |of| column(ledger_entry::Entity, of);
    let mut query = Query::select();
    query
        .from(ledger_entry::Entity)
        .inner_join(posting::Entity, of(Column::JournalEntryId).equals((posting::Entity, posting::Column::EntryId)))
        .and_where(of(Column::BookId).eq(viewer.book))
        .and_where(of(Column::Currency).eq(currency.code()))
        .and_where(of(Column::Date).gte(from.first_day()))
        .and_where(of(Column::Date).lt(to.later(1).first_day()))
        .and_where(of(Column::DeletedAt).is_null());
    for (side, id) in [(DEBITED, posting::Column::DebitAccountId), (CREDITED, posting::Column::CreditAccountId)] {
        let same = column(side, account::Column::Id).equals((posting::Entity, id));
        query.join_as(JoinType::InnerJoin, account::Entity, side, same);
    }
    // Goods and taxes are not always posted against the customer: what a total is rounded down by is not.
    let is_sold = Condition::any().add(is_one_of(DEBITED, &SOLD)).add(is_one_of(CREDITED, &SOLD));
    query.cond_where(is_sold.add(is_between(&MONEY, &CUSTOMER)).add(is_between(&CUSTOMER, &MONEY)));
    query
}

fn column(table: impl IntoIden, column: impl IntoIden) -> Expr {
    Expr::col((table, column))
}

/// The condition that the account on one side of a posting is of one of these kinds.
fn is_one_of(side: &'static str, kinds: &[AccountKind]) -> Expr {
    column(side, account::Column::Kind).is_in(kinds.iter().map(ActiveEnum::to_value))
}

/// The condition that a posting debits an account of one of these kinds and credits one of those.
fn is_between(debited: &[AccountKind], credited: &[AccountKind]) -> Condition {
    Condition::all().add(is_one_of(DEBITED, debited)).add(is_one_of(CREDITED, credited))
}
