//! `daybook verify`: recomputes all books from the postings and reports each difference.
//!
//! Reads one snapshot and never writes; it repairs nothing. Tables are read in key order and merged (`scan`), so memory
//! does not grow with the number of rows, except for a few numbers per book and the turnovers by day of the account
//! being checked, and the entries of some customers.
//!
//! | module | what it checks |
//! |---|---|
//! | `accounts` | numbers, balances and times of postings; counters; holders; no wallet below zero |
//! | `rollups` | stored turnovers per day and month (in the same pass as `accounts`) |
//! | `entries` | postings against their entry; accounts of the right book, currency and kind; reversals |
//! | `books` | the sum of each currency is zero; the sum of each book is what it paid to and received from others |
//! | `documents` | each document has one current journal entry, which posts what the document says; its buyer and seller are as they were; notes take back no more than their invoices have; the halves of transfers fit together |
//! | `allocations` | the two entries of each allocation |
//! | `open_items` | what entries count as settled; first in, first out; what is left of them is the balance |
//! | `series` | each number that a series gave out belongs to a document |
//! | `unique` | uniqueness of references, idempotency keys, reversals and numbers |
//! | `client_ids` | an id that a client chose belongs to an object of the same book |

mod accounts;
mod allocations;
mod books;
mod chain;
mod client_ids;
mod difference;
mod documents;
mod entries;
mod entry_rows;
mod entry_rules;
mod open_items;
mod posted;
mod rollups;
mod scan;
mod series;
mod unique;

use sea_orm::{ConnectionTrait, EntityTrait, PaginatorTrait};

pub use self::difference::{Check, Checked, Difference};
use self::{books::Books, difference::Report, scan::Source};
use crate::{
    entity::{account, journal_entry, ledger_entry, posting, transaction},
    error::Result,
};

/// Checks all books. `conn` must read from one snapshot. Calls `sink` with each difference as it is found, and
/// `progress` with the number of rows read since its last call.
///
/// # Errors
/// When the database fails or holds values that cannot be parsed.
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
    // On the heap, since the future is large.
    Box::pin(documents::check(source, &mut report)).await?;
    allocations::check(source, &mut report).await?;
    open_items::check(source, &mut report).await?;
    series::check(source, &mut report).await?;
    unique::check(source, &mut report).await?;
    client_ids::check(source, &mut report).await?;
    Ok(report.checked)
}

/// The approximate number of rows that [`verify`] reads, for a progress display.
///
/// # Errors
/// When the database fails or counting takes too long.
pub async fn size(conn: &impl ConnectionTrait) -> Result<u64> {
    let accounts = account::Entity::find().count(conn).await?;
    let postings = posting::Entity::find().count(conn).await?;
    let entries = journal_entry::Entity::find().count(conn).await?;
    let documents = ledger_entry::Entity::find().count(conn).await? + transaction::Entity::find().count(conn).await?;
    Ok(accounts + 3 * postings + entries + 5 * documents)
}
