//! What all documents have in common, those of customers and those of income and spending: what a request comes to, how it is
//! repeated, and how large an amount may be.

use sea_orm::DbErr;
use type_safe_id::StaticType;

use super::journal::{self, Idempotency};
use crate::{
    activity::Act,
    app::App,
    db::Transaction,
    entity::journal_entry,
    error::{Code, Refusal, Result},
    id::{Id, kind},
    identity::Viewer,
    money::{Currency, Decimal},
};

/// The largest amount of a document, in minor units: enough for any shop, and sums of thousands of them still fit.
pub(super) const LARGEST: i64 = 1_000_000_000_000_000;

/// What came of a request that may be repeated.
#[derive(Clone, Debug)]
pub struct Done<T> {
    /// What it is about, as it is now.
    pub document: T,
    /// Whether this is the result of an earlier request with the same idempotency key.
    pub replayed: bool,
}

/// The document that an entry with a key was written for.
///
/// # Errors
/// When there is none, which is our mistake.
pub(super) fn of(entry: &journal_entry::Model) -> Result<Id<kind::Document>> {
    Ok(entry.document_id.ok_or_else(|| DbErr::Custom("a key is of no document".to_owned()))?)
}

/// The document that an earlier request with the same key made or changed; or why that was refused, with a record. That it was
/// asked for again is on record too.
///
/// # Errors
/// `IDEMPOTENCY_CONFLICT`.
pub(super) async fn repeated_attempt<K: StaticType + Copy>(
    tx: &Transaction,
    app: &App,
    viewer: &Viewer,
    act: Act,
    idempotency: Option<&Idempotency>,
) -> Result<Option<Result<Id<K>, Refusal>>> {
    let Some(idempotency) = idempotency else { return Ok(None) };
    let Some(answer) = journal::find_repeat(tx, viewer.book, idempotency).await? else { return Ok(None) };
    let entry = answer.map_err(Refusal::from)?.entry;
    if let Some(failure) = entry.failure {
        let refusal = wallet_refusal(journal::Refused::Failed(failure));
        act.or_on(entry.id).replayed().refused([refusal.code]).record(tx, &app.clock).await?;
        return Ok(Some(Err(refusal)));
    }
    let document = of(&entry)?.cast();
    act.on(document).replayed().record(tx, &app.clock).await?;
    Ok(Some(Ok(document)))
}

/// The document that an earlier request with the same key made or changed, of a kind that leaves no record when refused.
///
/// # Errors
/// `IDEMPOTENCY_CONFLICT`.
pub(super) async fn repeated<K: StaticType + Copy>(
    tx: &Transaction,
    app: &App,
    viewer: &Viewer,
    act: Act,
    idempotency: Option<&Idempotency>,
) -> Result<Option<Id<K>>> {
    Ok(repeated_attempt(tx, app, viewer, act, idempotency).await?.transpose()?)
}

/// What the journal refused a document for: it is always about its amount, or about the wallet that takes part.
pub(super) fn wallet_refusal(refused: journal::Refused) -> Refusal {
    let refusal = Refusal::from(refused);
    let path = match refusal.code {
        Code::WalletNotActive | Code::InsufficientFunds => "walletId",
        Code::LimitReached => "amount",
        _ => return refusal,
    };
    Refusal { path: path.to_owned(), ..refusal }
}

/// An amount of a document, in minor units: more than zero, and not beyond all reason.
///
/// # Errors
/// `INVALID` or `LIMIT_REACHED` at `path`.
pub(super) fn amount(amount: &Decimal, currency: Currency, path: &str) -> Result<i64, Refusal> {
    within_limit(amount.to_positive(currency, path)?, currency, path)
}

/// An amount of a document that may be zero.
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

pub(super) fn within_limit(minor: i64, currency: Currency, path: &str) -> Result<i64, Refusal> {
    if minor > LARGEST {
        let most = Decimal::from_minor(LARGEST, currency);
        return Err(Refusal::new(Code::LimitReached, path, format!("The amount must be at most {most} {currency}.")));
    }
    Ok(minor)
}
