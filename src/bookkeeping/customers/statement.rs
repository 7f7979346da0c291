//! The statement of a customer: opening balance, lines, closing balance, and the age of the debt.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use super::{
    aging::{self, Aging},
    document_list::{self, Direction, Key},
    entry_list::EntryFilter,
    open_items::{self, Scope},
    summary::Summary,
};
use crate::{
    entity::{
        invoice,
        ledger_entry::{self, EntrySource},
        note, receipt,
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

/// The numbers of the invoices, receipts and notes among these ledger entries, by entry.
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
    let notes = note::Entity::find()
        .select_only()
        .columns([note::Column::Id, note::Column::Number])
        .filter(note::Column::Id.is_in(of(EntrySource::CreditNote).chain(of(EntrySource::DebitNote))))
        .into_tuple::<(Id<kind::LedgerEntry>, String)>()
        .all(conn)
        .await?;
    Ok(invoices.into_iter().chain(receipts).chain(notes).collect())
}

/// The age of the debt at the end of a statement: on its last day, or today when the statement has no end. What is set off counts
/// from the later date of its two entries.
///
/// # Errors
/// When the database fails.
pub async fn aging(conn: &impl ConnectionTrait, summary: &Summary, today: NaiveDate) -> Result<Aging> {
    let (scope, to) = (Scope { customer_id: summary.customer.id, currency: summary.currency }, summary.range.to);
    let owed = open_items::owed(conn, scope, to).await?;
    let in_advance = open_items::unallocated(conn, scope, to).await?;
    Ok(aging::by_age(owed, in_advance, to.map_or(today, |to| to.0)))
}
