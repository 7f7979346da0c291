//! What the user is told about a wallet operation.

use sea_orm::DbErr;

use super::request::Terms;
use crate::{
    app::App,
    bookkeeping::{
        journal::{self, Posted, Refused},
        wallets::transaction::WalletTransaction,
    },
    entity::{
        journal_entry::{EntryKind, Failure},
        posting,
    },
    error::{Detail, Refusal, Result},
    money::{Currency, Decimal, Money},
};

/// The result of a wallet operation.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The recorded transaction; its status tells whether it succeeded or failed.
    pub transaction: WalletTransaction,
    /// Its posting; of amount zero when it failed.
    pub posting: posting::Model,
    /// Why it failed; `None` when it succeeded.
    pub refusal: Option<Refusal>,
    /// Whether this is the result of an earlier request with the same idempotency key.
    pub replayed: bool,
}

/// The outcome of an operation that was posted, now or by an earlier request.
pub(super) async fn of(app: &App, terms: &Terms, posted: Posted) -> Result<Outcome> {
    let Posted { entry, postings, replayed } = posted;
    let refusal = match entry.failure {
        Some(failure) => {
            let detail = journal::attempt_detail(app.db.read(), terms.viewer.book, [entry.id], failure).await?;
            let refusal = refusal(terms, failure, entry.currency);
            Some(Refusal { detail: detail.or(refusal.detail), ..refusal })
        }
        None => None,
    };
    let no_posting = || DbErr::RecordNotFound("an entry has no posting on a wallet".to_owned());
    let posting = postings.into_iter().next().ok_or_else(no_posting)?;
    let transaction = WalletTransaction::new(entry, &posting).ok_or_else(no_posting)?;
    Ok(Outcome { transaction, posting, refusal, replayed })
}

/// The refusal for a failure, with the path of the input field that caused it.
fn refusal(terms: &Terms, failure: Failure, currency: Currency) -> Refusal {
    let payee = if terms.kind == EntryKind::Transfer { "to" } else { terms.own_field };
    let path = match failure {
        Failure::InsufficientFunds | Failure::LimitReached => "amount",
        Failure::DebitNotActive => terms.own_field,
        Failure::CreditNotActive => payee,
        Failure::CurrencyMismatch | Failure::SameAccount => "to",
    };
    let refusal = Refusal { path: path.to_owned(), ..Refused::Failed(failure).into() };
    if (terms.kind, failure) != (EntryKind::Deposit, Failure::LimitReached) {
        return refusal;
    }
    let most = Decimal::from_minor(journal::MOST_TAKEN_IN, currency);
    let message = format!("Your wallets can take in at most {most} {currency} more than they pay to the outside.");
    let most = Detail::MostAmount(Money::from_minor(journal::MOST_TAKEN_IN, currency));
    Refusal { message, ..refusal }.with(most)
}
