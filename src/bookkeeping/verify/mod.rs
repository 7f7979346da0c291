//! Proof that the books are whole: everything is worked out again from the postings up, and each difference is named.
//!
//! It reads only, from one snapshot, and knows the journal and the documents; it changes nothing and repairs nothing. Tables
//! are read in the order of their keys and merged (`scan`), so that memory does not grow with the number of rows; what
//! does grow is a few numbers for each book, and the days of the one account that is looked at.
//!
//! | walk | what must hold |
//! |---|---|
//! | `accounts` | numbers, balances and times of postings, counters, holders, no guarded account below zero |
//! | `rollups` | turnovers of days and months, of the same walk |
//! | `entries` | postings agree with their entry; accounts of its book, currency and kind; reversals negate |
//! | `books` | each currency sums to zero; each book to what it paid to others and was paid by them |
//! | `documents` | each counts by one journal entry, which moves what the document says |
//! | `allocations` | what receipts and invoices count, never beyond their amounts |
//! | `series` | each number that was given out is the number of a document |
//! | `unique` | references, idempotency keys, reversals, numbers |

mod accounts;
mod allocations;
mod books;
mod chain;
mod difference;
mod document_rows;
mod documents;
mod entries;
mod entry_rules;
mod invoices;
mod journal_link;
mod ledger_entries;
mod posted;
mod receipts;
mod rollups;
mod scan;
mod series;
mod transactions;
mod unique;

use sea_orm::{ConnectionTrait, EntityTrait, PaginatorTrait};

pub use self::difference::{Check, Checked, Difference};
use self::{books::Books, difference::Report, scan::Source};
use crate::{
    entity::{account, journal_entry, ledger_entry, posting, transaction},
    error::Result,
};

/// Checks all books over a connection that shows one moment. `sink` receives each difference as it is found, and `progress`
/// how many rows were read since it was called last.
///
/// # Errors
/// When the database fails, or holds what cannot be read.
pub async fn verify(
    conn: &impl ConnectionTrait,
    sink: &mut (dyn FnMut(Difference) + Send),
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Checked> {
    let source = Source { conn, progress };
    let mut report = Report::new(sink);
    let mut books = Books::default();
    accounts::check(source, &mut books, &mut report).await?;
    entries::check(source, &mut books, &mut report).await?;
    books.check(&mut report);
    documents::check(source, &mut report).await?;
    allocations::check(source, &mut report).await?;
    series::check(source, &mut report).await?;
    unique::check(source, &mut report).await?;
    Ok(report.checked)
}

/// About how many rows a check reads.
///
/// # Errors
/// When the database fails, or takes too long to count.
pub async fn size(conn: &impl ConnectionTrait) -> Result<u64> {
    let accounts = account::Entity::find().count(conn).await?;
    let postings = posting::Entity::find().count(conn).await?;
    let entries = journal_entry::Entity::find().count(conn).await?;
    let documents = ledger_entry::Entity::find().count(conn).await? + transaction::Entity::find().count(conn).await?;
    Ok(accounts + 3 * postings + 2 * entries + 4 * documents)
}
