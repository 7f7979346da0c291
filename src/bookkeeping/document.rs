//! What all documents (ledger entries, invoices, receipts, notes, transactions) share: the result of a request, repetition by
//! idempotency key, and checks of amounts.

use sea_orm::{ConnectionTrait, DbErr};
use type_safe_id::StaticType;

use super::journal::{self, Idempotency};
use crate::{
    activity::ActivityEvent,
    app::App,
    db::Transaction,
    entity::journal_entry::{self, Failure},
    error::{Code, Detail, Refusal, Result},
    id::{Id, kind},
    money::{Currency, Decimal, Money},
    viewer::Viewer,
};

/// The largest amount of a document, in minor units. Leaves room for sums of thousands of documents in 64 bits.
pub(super) const LARGEST: i64 = 1_000_000_000_000_000;

/// The result of a request that accepts an idempotency key or the id of a new object.
#[derive(Clone, Debug)]
pub struct Replayable<T> {
    /// The document in its current state, which for a repeated request may differ from the one after the first request.
    pub document: T,
    /// Whether this is the result of an earlier request with the same key or id.
    pub replayed: bool,
}

impl<T> Replayable<T> {
    /// The result of a request without the mark, and whether it is that of an earlier request.
    pub fn split<E>(result: Result<Self, E>) -> (Result<T, E>, bool) {
        match result {
            Ok(Self { document, replayed }) => (Ok(document), replayed),
            Err(error) => (Err(error), false),
        }
    }
}

/// The document that a journal entry is a version of.
///
/// # Errors
/// When the entry belongs to no document, which is a bug for an entry of a document operation.
pub(super) fn of(entry: &journal_entry::Model) -> Result<Id<kind::Document>> {
    Ok(entry.document_id.ok_or_else(|| DbErr::Custom("a key is of no document".to_owned()))?)
}

/// Looks for an earlier request with the same idempotency key. Returns the document that it wrote, the refusal that was
/// recorded for it, or `None` when the key is new. Records the repetition in the activity log.
///
/// # Errors
/// `IDEMPOTENCY_CONFLICT` when the key was used with another input.
pub(super) async fn repeated_attempt<K: StaticType + Copy>(
    tx: &Transaction,
    app: &App,
    viewer: &Viewer,
    act: ActivityEvent,
    idempotency: Option<&Idempotency>,
) -> Result<Option<Result<Id<K>, Refusal>>> {
    let Some(idempotency) = idempotency else { return Ok(None) };
    let Some(answer) = journal::find_repeat(tx, viewer.book, idempotency).await? else { return Ok(None) };
    let entry = answer.map_err(Refusal::from)?.entry;
    if let Some(failure) = entry.failure {
        let refusal = recorded_refusal(tx, viewer, [entry.id], failure).await?;
        act.or_on(entry.id).replayed().refused([refusal.code]).record(tx, &app.clock).await?;
        return Ok(Some(Err(refusal)));
    }
    let document = of(&entry)?.cast();
    act.on(document).replayed().record(tx, &app.clock).await?;
    Ok(Some(Ok(document)))
}

/// Like [`repeated_attempt`], for operations whose refusals are not recorded in the journal.
///
/// # Errors
/// `IDEMPOTENCY_CONFLICT` when the key was used with another input.
pub(super) async fn repeated<K: StaticType + Copy>(
    tx: &Transaction,
    app: &App,
    viewer: &Viewer,
    act: ActivityEvent,
    idempotency: Option<&Idempotency>,
) -> Result<Option<Id<K>>> {
    Ok(repeated_attempt(tx, app, viewer, act, idempotency).await?.transpose()?)
}

/// Converts a refusal by the journal of a document: points to the document's amount or wallet, the only inputs that can
/// cause one.
pub(super) fn wallet_refusal(refused: journal::Refused) -> Refusal {
    let refusal = Refusal::from(refused);
    let path = match refusal.code {
        Code::WalletNotActive | Code::InsufficientFunds => "walletId",
        Code::LimitReached => "amount",
        _ => return refusal,
    };
    Refusal { path: path.to_owned(), ..refusal }
}

/// Like [`wallet_refusal`], for a draft that one of these failed entries records. Adds what the entry tells, such as the
/// balance of the wallet that could not pay. It is the same for a repeated request.
pub(super) async fn recorded_refusal(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    entries: impl IntoIterator<Item = Id<kind::Entry>>,
    failure: Failure,
) -> Result<Refusal> {
    let detail = journal::attempt_detail(conn, viewer.book, entries, failure).await?;
    Ok(Refusal { detail, ..wallet_refusal(journal::Refused::Failed(failure)) })
}

/// Converts an amount that must be more than zero into minor units.
///
/// # Errors
/// `INVALID` at `path` when it is zero or negative, has too many decimals or is too large.
pub(super) fn positive(amount: &Decimal, currency: Currency, path: &str) -> Result<i64, Refusal> {
    let invalid = |message: String| Refusal::new(Code::Invalid, path, message);
    let minor = amount.to_minor(currency).map_err(|inexact| invalid(inexact.to_string()))?;
    if minor <= 0 {
        return Err(invalid("The amount must be more than zero.".to_owned()));
    }
    Ok(minor)
}

/// Checks the amount of a document: more than zero and at most [`LARGEST`]. Returns it in minor units.
///
/// # Errors
/// `INVALID` or `LIMIT_REACHED` at `path`.
pub(super) fn amount(amount: &Decimal, currency: Currency, path: &str) -> Result<i64, Refusal> {
    within_limit(positive(amount, currency, path)?, currency, path)
}

/// Like [`amount`], but allows zero.
///
/// # Errors
/// `INVALID` or `LIMIT_REACHED` at `path`.
pub(super) fn amount_or_zero(amount: &Decimal, currency: Currency, path: &str) -> Result<i64, Refusal> {
    let invalid = |message: String| Refusal::new(Code::Invalid, path, message);
    let minor = amount.to_minor(currency).map_err(|inexact| invalid(inexact.to_string()))?;
    if minor < 0 {
        return Err(invalid("The amount must not be less than zero.".to_owned()));
    }
    within_limit(minor, currency, path)
}

/// Like [`amount`], but also allows amounts below zero, as of refunds.
///
/// # Errors
/// `INVALID` or `LIMIT_REACHED` at `path`.
pub(super) fn signed_amount(amount: &Decimal, currency: Currency, path: &str) -> Result<i64, Refusal> {
    let invalid = |message: String| Refusal::new(Code::Invalid, path, message);
    let minor = amount.to_minor(currency).map_err(|inexact| invalid(inexact.to_string()))?;
    if minor == 0 {
        return Err(invalid("The amount must not be zero.".to_owned()));
    }
    within_signed_limit(minor, currency, path)
}

/// Refuses an amount that is too far from zero.
///
/// # Errors
/// `LIMIT_REACHED` at `path`.
pub(super) fn within_signed_limit(minor: i64, currency: Currency, path: &str) -> Result<i64, Refusal> {
    if minor < -LARGEST {
        let most = Money::from_minor(LARGEST, currency);
        let message = format!("The amount must be at least {} {currency}.", Decimal::from_minor(-LARGEST, currency));
        return Err(Refusal::new(Code::LimitReached, path, message).with(Detail::MostAmount(most)));
    }
    within_limit(minor, currency, path)
}

pub(super) fn within_limit(minor: i64, currency: Currency, path: &str) -> Result<i64, Refusal> {
    if minor > LARGEST {
        let message = format!("The amount must be at most {} {currency}.", Decimal::from_minor(LARGEST, currency));
        let most = Detail::MostAmount(Money::from_minor(LARGEST, currency));
        return Err(Refusal::new(Code::LimitReached, path, message).with(most));
    }
    Ok(minor)
}
