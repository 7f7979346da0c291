//! Imports: from a CSV file to transactions or ledger entries, each line exactly once.
//!
//! | step | where | pure | what it does |
//! |---|---|---|---|
//! | read | `reader`, `watch` | yes | cuts the file into records; finds the columns |
//! | understand | `transaction_line`, `entry_line`, `value` | yes | dates, amounts, names: what a line says |
//! | tell apart | `batch`, `fingerprint` | yes | puts the records of one thing together; gives it its key |
//! | look up | `run` | | what is there already is not looked at any further |
//! | check | `transactions`, `entries` | | categories, wallets, customers, money |
//! | write | `run`, then the journal | | some 250 lines at a time |
//!
//! What bounds it: a batch is in memory at a time, and some 50 bytes for each line to tell equal ones apart (with
//! [`Mode::AllOrNothing`] as many again, to tell what was written once it is). [`Mode::AllOrNothing`] goes through the file
//! twice: a file with a bad line is known before anything is locked, and is never written in part. Writing locks the book, so
//! that of two imports of one file at once the second sees what the first has done.
//!
//! What may not happen: a line is written twice, or is passed over without being told of. An attempt that a wallet refuses
//! leaves no trace in its history, unlike one of a user: it is a line of a file that says what happened elsewhere, and the line
//! can be imported when the money is there.

mod batch;
mod entries;
mod entry_line;
mod fingerprint;
mod options;
mod reader;
mod report;
mod run;
mod sort;
mod transaction_line;
mod transactions;
mod value;
mod watch;

use std::io::{Read, Seek};

use self::{entries::Entries, options::Format, transactions::Transactions};
pub use self::{
    options::{Columns, EntryColumns, EntryImport, FileOptions, Mode, TransactionColumns, TransactionImport},
    report::{Line, Remarks, Report, Status, Summary},
};
use crate::{app::App, error::Result, viewer::Viewer};

/// The most lines of a file that is sent in a request.
pub const MOST_LINES_OF_REQUEST: u64 = 5_000;

/// Imports a file of transactions. What comes of each line is reported when it is certain; when nothing is written because of
/// lines that cannot be, these lines only.
///
/// # Errors
/// `INVALID` and `REQUIRED` at `csv`, under `columns` and at other options; `NOT_FOUND` and `NOT_ALLOWED` for the default wallet
/// and the default categories. Then nothing was written, unless it came to be in the middle of [`Mode::GoodLines`].
pub async fn transactions(
    app: &App,
    viewer: &Viewer,
    file: impl Read + Seek + Send,
    import: &TransactionImport,
    report: Report<'_>,
) -> Result<Summary> {
    let format = Format::check(&import.file, import.columns.as_ref())?;
    run::run::<Transactions>(app, viewer, file, &import.file, &format, import, report).await
}

/// Imports a file of ledger entries, as [`transactions()`].
///
/// # Errors
/// As for [`transactions()`].
pub async fn entries(
    app: &App,
    viewer: &Viewer,
    file: impl Read + Seek + Send,
    import: &EntryImport,
    report: Report<'_>,
) -> Result<Summary> {
    let format = Format::check(&import.file, Some(&import.columns))?;
    run::run::<Entries>(app, viewer, file, &import.file, &format, import, report).await
}
