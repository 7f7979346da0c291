//! Imports: writes the lines of a file as transactions, ledger entries or customers, each line exactly once; and takes back what an
//! import made.
//!
//! | step | where | pure | what it does |
//! |---|---|---|---|
//! | know | `known` | | finds what is known about a bank's file: a saved profile, and what the user says |
//! | unify | [`bank`] with [`look`], [`profile`] and [`formats`] | yes | makes a file in our own form of a bank's file |
//! | order | `order` | yes | puts the oldest line first |
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

pub mod bank;
mod batch;
mod category_kinds;
mod customers;
mod entries;
mod fingerprint;
pub mod formats;
mod judge;
mod known;
mod line_kind;
pub mod look;
mod options;
mod order;
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

use sea_orm::{ConnectionTrait, DbErr};
use tokio::task::spawn_blocking;

use self::{
    bank::preview::Preview,
    category_kinds::CategoryKinds,
    customers::Customers,
    entries::Entries,
    options::Format,
    order::{Days, Order},
    transactions::{TransactionOptions, Transactions},
};
pub use self::{
    known::{Known, Said, SentFile, saved},
    options::{
        Columns, CustomerColumns, CustomerImport, EntryColumns, EntryImport, FileOptions, Mode, TransactionColumns,
        TransactionImport,
    },
    report::{Line, Remarks, Report, Status, Summary},
};
use crate::{
    app::App,
    error::{Error, Result},
    viewer::Viewer,
};

/// The most lines of a file that is sent in a GraphQL request.
pub const MOST_LINES_OF_REQUEST: u64 = 5_000;

/// Imports a file of transactions. Calls `report` with the result of each line once it is final. When nothing is
/// written because some lines are bad, reports only those lines.
///
/// # Errors
/// `INVALID` and `REQUIRED` at `csv`, under `columns`, under `say` and at other options; `NOT_FOUND` and `NOT_ALLOWED` for the
/// default wallet, the default categories and the profile. Then nothing was written, except in [`Mode::GoodLines`], where
/// earlier batches stay written.
pub async fn transactions(
    app: &App,
    viewer: &Viewer,
    file: impl Read + Seek + Send + 'static,
    import: &TransactionImport,
    report: Report<'_>,
) -> Result<Summary> {
    if !import.is_of_bank() {
        let format = Format::check(&import.file, import.columns.as_ref())?;
        return read_transactions(app, viewer, file, import, format, report).await;
    }
    import.refuse_own_form()?;
    let hints = import.known.hints(app.db.read(), viewer).await?;
    let most = import.file.most_lines;
    let (plain, skipped) = in_background(move || bank::plain(file, &hints, most)).await?;
    let summary = read_transactions(app, viewer, plain, import, Format::plain(), report).await?;
    Ok(Summary { skipped, ..summary })
}

/// Looks at a bank's file, and imports nothing.
///
/// # Errors
/// `INVALID` at `csv` and under `say`; `NOT_FOUND` and `INVALID` for the profile.
pub async fn preview(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    file: impl Read + Seek + Send + 'static,
    known: &Known,
) -> Result<Preview> {
    let hints = known.hints(conn, viewer).await?;
    in_background(move || bank::preview::preview(file, &hints)).await
}

/// Works on a thread where nobody else waits: a look reads the whole file several times.
async fn in_background<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let failed = |error: tokio::task::JoinError| Error::Fault(DbErr::Custom(error.to_string()));
    spawn_blocking(work).await.map_err(failed)?
}

async fn read_transactions(
    app: &App,
    viewer: &Viewer,
    mut file: impl Read + Seek + Send + 'static,
    import: &TransactionImport,
    mut format: Format,
    report: Report<'_>,
) -> Result<Summary> {
    format.default_wallet = import.default_wallet_id.as_ref().map(|id| id.to_string());
    let kinds = import.create_categories.then(|| CategoryKinds::of(&mut file, &format)).transpose()?.map(Arc::new);
    let options = TransactionOptions { options: import.clone(), kinds };
    let (file, format) = in_order(app, viewer, Box::new(file), format, &options).await?;
    run::run::<Transactions>(app, viewer, file, &import.file, &format, &options, report).await
}

/// A file that can be read several times.
trait Source: Read + Seek + Send {}

impl<T: Read + Seek + Send> Source for T {}

/// The file in the order in which it is imported: the first one of those that its dates allow in which no line overdraws a wallet,
/// or the preferred one.
async fn in_order(
    app: &App,
    viewer: &Viewer,
    mut file: Box<dyn Source>,
    format: Format,
    options: &TransactionOptions,
) -> Result<(Box<dyn Source>, Format)> {
    let days = Days::of(&mut file, &format)?;
    let may_overdraw = days.has_wallets || format.default_wallet.is_some();
    let (mut preferred, orders) = (None, days.orders());
    for order in orders {
        let mut format = format.clone();
        let mut ordered = None;
        if *order != Order::AsIs {
            let turned = order::arrange(&mut file, &format, *order)?;
            format.lines = Some(turned.lines);
            ordered = Some(turned.file);
        }
        let is_good = orders.len() == 1 || !may_overdraw || {
            let source: &mut dyn Source = match &mut ordered {
                Some(ordered) => ordered,
                None => &mut file,
            };
            let overdraws = run::overdraws::<Transactions>(app, viewer, &mut *source, &format, options).await?;
            source.rewind().map_err(|error| run::cannot_rewind(&error))?;
            !overdraws
        };
        if is_good {
            preferred = Some((ordered, format));
            break;
        }
        preferred.get_or_insert((ordered, format));
    }
    let (ordered, format) = preferred.unwrap_or((None, format));
    Ok((ordered.map_or(file, |ordered| Box::new(ordered)), format))
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
