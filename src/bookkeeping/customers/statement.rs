//! The statement of a customer: opening balance, lines, closing balance, and the age of the debt.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::ExprTrait,
};

use super::{
    aging::{self, Aging, Charge, Payment},
    document_list::{self, Direction, Key},
    entry_list::EntryFilter,
    summary::Summary,
};
use crate::{
    calendar::date::Date,
    entity::{
        allocation, invoice,
        ledger_entry::{self, EntrySource, EntryType},
        receipt,
    },
    error::Result,
    id::{Id, kind},
    page::{Page, Paged},
    viewer::Viewer,
};

/// The filter that selects the lines of a statement.
#[must_use]
pub fn lines_of(summary: &Summary) -> EntryFilter {
    EntryFilter {
        currency: Some(summary.currency),
        from: summary.range.from,
        to: summary.range.to,
        ..EntryFilter::default()
    }
}

/// A page of the lines of a statement, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn lines(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    summary: &Summary,
    page: &Page<Key>,
) -> Result<Paged<ledger_entry::Model>> {
    let customer = summary.customer.id;
    let filter = lines_of(summary);
    let mut pages = document_list::pages(conn, viewer, &[customer], &filter, Direction::OldestFirst, page).await?;
    Ok(pages.remove(&customer).unwrap_or_else(|| page.cut(Vec::new())))
}

/// The numbers of the invoices and receipts among these ledger entries, by entry.
///
/// # Errors
/// When the database fails.
pub async fn numbers(
    conn: &impl ConnectionTrait,
    entries: &[ledger_entry::Model],
) -> Result<HashMap<Id<kind::LedgerEntry>, String>> {
    let of = |source| entries.iter().filter(move |entry| entry.source == source).map(|entry| entry.id);
    let invoices = invoice::Entity::find()
        .select_only()
        .columns([invoice::Column::Id, invoice::Column::Number])
        .filter(invoice::Column::Id.is_in(of(EntrySource::Invoice)))
        .into_tuple::<(Id<kind::LedgerEntry>, String)>()
        .all(conn)
        .await?;
    let receipts = receipt::Entity::find()
        .select_only()
        .columns([receipt::Column::Id, receipt::Column::Number])
        .filter(receipt::Column::Id.is_in(of(EntrySource::Receipt)))
        .into_tuple::<(Id<kind::LedgerEntry>, String)>()
        .all(conn)
        .await?;
    Ok(invoices.into_iter().chain(receipts).collect())
}

/// The age of the debt at the end of a statement: on its last day, or today when the statement has no end.
///
/// # Errors
/// When the database fails.
pub async fn aging(conn: &impl ConnectionTrait, summary: &Summary, today: NaiveDate) -> Result<Aging> {
    let (book, customer) = (summary.customer.book_id, summary.customer.id);
    let (currency, to) = (summary.currency, summary.range.to);
    let invoices: Vec<(Id<kind::Invoice>, NaiveDate, i64)> = invoice::Entity::find()
        .select_only()
        .columns([invoice::Column::Id, invoice::Column::DueDate, invoice::Column::Total])
        .filter(invoice::Column::BookId.eq(book))
        .filter(invoice::Column::CustomerId.eq(customer))
        .filter(invoice::Column::Currency.eq(currency))
        .filter(invoice::Column::VoidedAt.is_null())
        .filter(until(invoice::Column::Date, to))
        .order_by_asc(invoice::Column::Date)
        .order_by_asc(invoice::Column::Position)
        .into_tuple()
        .all(conn)
        .await?;
    let receipts: Vec<(Id<kind::Receipt>, bool, i64)> = receipt::Entity::find()
        .select_only()
        .columns([receipt::Column::Id, receipt::Column::NamesInvoices, receipt::Column::Amount])
        .filter(receipt::Column::BookId.eq(book))
        .filter(receipt::Column::CustomerId.eq(customer))
        .filter(receipt::Column::Currency.eq(currency))
        .filter(receipt::Column::VoidedAt.is_null())
        .filter(until(receipt::Column::Date, to))
        .into_tuple()
        .all(conn)
        .await?;
    let named = allocation::Entity::find()
        .inner_join(receipt::Entity)
        .inner_join(invoice::Entity)
        .filter(receipt::Column::BookId.eq(book))
        .filter(receipt::Column::CustomerId.eq(customer))
        .filter(receipt::Column::Currency.eq(currency))
        .filter(receipt::Column::NamesInvoices.eq(true))
        .filter(until(receipt::Column::Date, to))
        .filter(until(invoice::Column::Date, to))
        .all(conn)
        .await?;
    let written: Vec<(EntryType, NaiveDate, i64)> = ledger_entry::Entity::find()
        .select_only()
        .columns([ledger_entry::Column::Kind, ledger_entry::Column::Date])
        .expr(ledger_entry::Column::Amount.into_expr().sum().cast_as("bigint"))
        .filter(ledger_entry::Column::BookId.eq(book))
        .filter(ledger_entry::Column::CustomerId.eq(customer))
        .filter(ledger_entry::Column::Currency.eq(currency))
        .filter(ledger_entry::Column::Source.eq(EntrySource::Manual))
        .filter(ledger_entry::Column::DeletedAt.is_null())
        .filter(until(ledger_entry::Column::Date, to))
        .group_by(ledger_entry::Column::Kind)
        .group_by(ledger_entry::Column::Date)
        .into_tuple()
        .all(conn)
        .await?;

    let mut named_of: HashMap<_, i64> = HashMap::new();
    let mut left_of: HashMap<_, i64> = HashMap::new();
    for pair in named {
        *named_of.entry(pair.invoice_id).or_default() += pair.amount;
        *left_of.entry(pair.receipt_id).or_default() -= pair.amount;
    }
    let open = |(id, due, total): (Id<kind::Invoice>, NaiveDate, i64)| Charge {
        due,
        amount: total - named_of.get(&id).copied().unwrap_or_default(),
    };
    let free = |(id, names_invoices, amount): (Id<kind::Receipt>, bool, i64)| {
        let left = amount + left_of.get(&id).copied().unwrap_or_default();
        if names_invoices { Payment::OnAccount(left) } else { Payment::OldestInvoice(left) }
    };
    let charges = written.iter().filter(|(kind, ..)| *kind == EntryType::Credit);
    let charges: Vec<_> = charges.map(|(_, date, amount)| Charge { due: *date, amount: *amount }).collect();
    let debits = written.iter().filter(|(kind, ..)| *kind == EntryType::Debit);
    let debits = debits.map(|(.., amount)| Payment::OnAccount(*amount));
    let payments: Vec<_> = receipts.into_iter().map(free).chain(debits).collect();
    let as_of = to.map_or(today, |to| to.0);
    Ok(aging::work_out(invoices.into_iter().map(open).collect(), charges, &payments, as_of))
}

fn until(date: impl ColumnTrait, to: Option<Date>) -> Condition {
    document_list::between(date, None, to)
}
