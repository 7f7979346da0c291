//! Wallet operations: deposits, withdrawals and transfers.
//!
//! An attempt that the wallets do not allow (too little money, a frozen wallet, the same wallet twice, another
//! currency) is recorded as a failed journal entry. A request with unusable input (no such wallet, a malformed amount,
//! a reference or idempotency key that is already used) writes no journal entry.
//!
//! A payee is looked up by name or number only when the paying wallet can pay; a wallet that is named by its id is locked with the
//! others, and counts only then. So who has no money learns nothing by naming payees, and a failed entry of a payment to another book
//! does not say whom it was meant for.
//!
//! | file | owns |
//! |---|---|
//! | `request` | a request, and what can be checked of it without the database |
//! | `writer` | the queue of requests, and the thread that takes them from it in batches |
//! | `batch` | the transaction of a batch: what it reads, each request in order, what it writes |
//! | `directory` | what a batch reads besides the accounts: whose session lasts, whom a name stands for, who was paid before |
//! | `outcome` | what the user is told |

mod batch;
mod directory;
mod outcome;
mod request;
mod writer;

use self::request::Request;
pub use self::{outcome::Outcome, request::WalletOperation, writer::Writer};
use super::reference::WalletRef;
use crate::{app::App, entity::journal_entry::EntryKind, error::Result, viewer::Viewer};

/// Deposits money from outside into one of the viewer's wallets.
///
/// # Errors
/// The refusals of unusable input. A refusal by the journal is in the outcome.
pub async fn deposit(
    (app, writer): (&App, &Writer),
    viewer: &Viewer,
    wallet: &WalletRef,
    operation: &WalletOperation,
) -> Result<Outcome> {
    execute(app, writer, Request::new(viewer, EntryKind::Deposit, (wallet, "wallet"), None, operation)?).await
}

/// Withdraws money from one of the viewer's wallets.
///
/// # Errors
/// As for [`deposit`].
pub async fn withdraw(
    (app, writer): (&App, &Writer),
    viewer: &Viewer,
    wallet: &WalletRef,
    operation: &WalletOperation,
) -> Result<Outcome> {
    execute(app, writer, Request::new(viewer, EntryKind::Withdrawal, (wallet, "wallet"), None, operation)?).await
}

/// Transfers money from one of the viewer's wallets to another wallet, of the viewer or of another user.
///
/// # Errors
/// As for [`deposit`].
pub async fn transfer(
    (app, writer): (&App, &Writer),
    viewer: &Viewer,
    from: &WalletRef,
    to: &WalletRef,
    operation: &WalletOperation,
) -> Result<Outcome> {
    execute(app, writer, Request::new(viewer, EntryKind::Transfer, (from, "from"), Some(to), operation)?).await
}

async fn execute(app: &App, writer: &Writer, request: Request) -> Result<Outcome> {
    let terms = request.terms;
    let posted = writer.post(app, request).await?;
    outcome::of(app, &terms, posted).await
}
