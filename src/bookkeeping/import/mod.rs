//! Imports: writes the lines of a CSV file as transactions, ledger entries or customers, each line exactly once; and takes back what
//! an import made.
//!
//! | step | where | pure | what it does |
//! |---|---|---|---|
//! | read | `reader`, `watch` | yes | splits the file into records and finds the columns |
//! | survey | `category_kinds` | yes | finds out what new categories are for, if they may be created |
//! | parse | `transaction_line`, `entries::line`, `customers::line`, `value` | yes | parses the dates, amounts and names of a line |
//! | identify | `batch`, `fingerprint` | yes | groups the records of one transaction and computes its idempotency key |
//! | look up | `judge` | | skips lines that were imported before |
//! | check | `transactions`, `entries`, `customers` | | checks categories, wallets, customers and balances |
//! | write | `run`, then the journal | | writes about 250 lines at a time |
//! | record | `undo::record` | | keeps which import made what |
//! | undo | `undo` | | takes back all that an import made |
//!
//! Memory: one batch, plus about 50 bytes per line to recognise equal lines. [`Mode::AllOrNothing`] needs about as much
//! again, to report what was written after the commit.
//!
//! [`Mode::AllOrNothing`] reads the file twice: the first pass finds bad lines before anything is locked, the second
//! writes the whole file in one transaction. A file of more than 5,000 lines is written in batches after the first pass,
//! since others would wait too long for one transaction. Then a line that becomes bad during the import is refused alone,
//! and the others are written. Writing locks the book, so of two imports of the same file at once the
//! second sees what the first has written.
//!
//! Imports of different books take turns ([`Db::long_write`](crate::db::Db::long_write)), so that others can write.
//!
//! Rules: no line is written twice, and no line is skipped without being reported. A line that a wallet refuses is not
//! recorded as a failed journal entry, unlike the attempt of a user: the file reports payments that were made
//! elsewhere, and the line must remain importable for when the wallet holds the money.

mod bank;
mod batch;
mod category_kinds;
mod customers;
mod entries;
mod fingerprint;
pub mod formats;
mod judge;
mod line_kind;
pub mod look;
mod options;
pub mod profile;
mod reader;
mod report;
mod run;
mod transaction_line;
mod transactions;
pub mod undo;
mod value;
mod watch;

use std::{
    io::{Read, Seek},
    sync::Arc,
};

use self::{
    category_kinds::CategoryKinds,
    customers::Customers,
    entries::Entries,
    options::Format,
    transactions::{TransactionOptions, Transactions},
};
pub use self::{
    options::{
        Columns, CustomerColumns, CustomerImport, EntryColumns, EntryImport, FileOptions, Mode, TransactionColumns,
        TransactionImport,
    },
    report::{Line, Remarks, Report, Status, Summary},
};
use crate::{app::App, error::Result, viewer::Viewer};

/// The most lines of a file that is sent in a GraphQL request.
pub const MOST_LINES_OF_REQUEST: u64 = 5_000;

/// Imports a file of transactions. Calls `report` with the result of each line once it is final. When nothing is
/// written because some lines are bad, reports only those lines.
///
/// # Errors
/// `INVALID` and `REQUIRED` at `csv`, under `columns` and at other options; `NOT_FOUND` and `NOT_ALLOWED` for the
/// default wallet and the default categories. Then nothing was written, except in [`Mode::GoodLines`], where earlier
/// batches stay written.
pub async fn transactions(
    app: &App,
    viewer: &Viewer,
    file: impl Read + Seek + Send,
    import: &TransactionImport,
    report: Report<'_>,
) -> Result<Summary> {
    match &import.bank {
        Some(hints) => {
            let plain = bank::plain(file, hints)?;
            read_transactions(app, viewer, plain, import, Format::plain(), report).await
        }
        None => {
            let format = Format::check(&import.file, import.columns.as_ref())?;
            read_transactions(app, viewer, file, import, format, report).await
        }
    }
}

async fn read_transactions(
    app: &App,
    viewer: &Viewer,
    mut file: impl Read + Seek + Send,
    import: &TransactionImport,
    mut format: Format,
    report: Report<'_>,
) -> Result<Summary> {
    format.default_wallet = import.default_wallet_id.as_ref().map(|id| id.to_string());
    let kinds = import.create_categories.then(|| CategoryKinds::of(&mut file, &format)).transpose()?.map(Arc::new);
    let options = TransactionOptions { options: import.clone(), kinds };
    run::run::<Transactions>(app, viewer, file, &import.file, &format, &options, report).await
}

/// Imports a file of ledger entries. Works like [`transactions()`].
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
    let format = Format::check(&import.file, import.columns.as_ref())?;
    run::run::<Entries>(app, viewer, file, &import.file, &format, import, report).await
}

/// Imports a file of customers. Works like [`transactions()`].
///
/// # Errors
/// As for [`transactions()`].
pub async fn customers(
    app: &App,
    viewer: &Viewer,
    file: impl Read + Seek + Send,
    import: &CustomerImport,
    report: Report<'_>,
) -> Result<Summary> {
    let format = Format::check(&import.file, import.columns.as_ref())?;
    run::run::<Customers>(app, viewer, file, &import.file, &format, import, report).await
}
