//! Wallet operations: deposits, withdrawals and transfers.
//!
//! An attempt that the wallets do not allow (too little money, a frozen wallet, the same wallet twice, another
//! currency) is recorded as a failed journal entry. A request with unusable input (no such wallet, a malformed amount,
//! a reference or idempotency key that is already used) writes no journal entry.
//!
//! A payee is looked at last, and only when the paying wallet can pay. So who has no money learns nothing by naming
//! payees, and a failed entry of a payment to another book does not say whom it was meant for.
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

use async_graphql::InputObject;
use serde::Serialize;

use self::request::Request;
pub use self::{outcome::Outcome, writer::Writer};
use super::reference::WalletRef;
use crate::{
    app::App,
    entity::journal_entry::EntryKind,
    error::Result,
    money::{Currency, Decimal},
    viewer::Viewer,
};

/// What deposits, withdrawals and transfers have in common.
// Idempotency keys are compared by the JSON of this type, and never expire: leave a new field out of it when absent.
#[derive(Clone, Debug, Serialize, InputObject)]
pub struct WalletOperation {
    /// The amount. Positive, with at most as many decimals as the currency has.
    pub amount: Decimal,
    /// The currency of `amount`. It must be the wallet's. Default: the wallet's currency if your wallet is named by id,
    /// otherwise the book's currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// A note, at most 500 characters. In a transfer, both sides can read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memo: Option<String>,
    /// Your own reference number, 1 to 64 characters, unique among the book's successful transactions. Default: a
    /// generated one, such as `TRF-20261121-7K3M9QPXWA` for a transfer (`DEP-` for a deposit, `WDR-` for a withdrawal).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// A key of your choice that makes it safe to send the same request again. When the key was already used in this
    /// book, the same input changes nothing and returns the result of the first request; another input fails with
    /// `IDEMPOTENCY_CONFLICT`. 1 to 255 visible ASCII characters, such as a UUID. Keys never expire. A transaction that
    /// is recorded as `FAILED` also counts as a result and is returned again.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// Deposits money from outside into one of the viewer's wallets.
///
/// # Errors
/// The refusals of unusable input. A refusal by the journal is in the outcome.
pub async fn deposit(app: &App, viewer: &Viewer, wallet: &WalletRef, operation: &WalletOperation) -> Result<Outcome> {
    execute(app, Request::new(viewer, EntryKind::Deposit, (wallet, "wallet"), None, operation)?).await
}

/// Withdraws money from one of the viewer's wallets.
///
/// # Errors
/// As for [`deposit`].
pub async fn withdraw(app: &App, viewer: &Viewer, wallet: &WalletRef, operation: &WalletOperation) -> Result<Outcome> {
    execute(app, Request::new(viewer, EntryKind::Withdrawal, (wallet, "wallet"), None, operation)?).await
}

/// Transfers money from one of the viewer's wallets to another wallet, of the viewer or of another user.
///
/// # Errors
/// As for [`deposit`].
pub async fn transfer(
    app: &App,
    viewer: &Viewer,
    from: &WalletRef,
    to: &WalletRef,
    operation: &WalletOperation,
) -> Result<Outcome> {
    execute(app, Request::new(viewer, EntryKind::Transfer, (from, "from"), Some(to), operation)?).await
}

async fn execute(app: &App, request: Request) -> Result<Outcome> {
    let terms = request.terms.clone();
    let posted = app.writer.post(app, request).await?;
    outcome::of(app, &terms, posted).await
}
