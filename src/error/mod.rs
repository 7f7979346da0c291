//! Errors: the ways in which an operation can fail.
//!
//! | kind | meaning | shown to the user | logged |
//! |---|---|---|---|
//! | *refusal* | the user can correct the request; found before anything is written | code, message and path into the input | no |
//! | *gone* | the user deleted their account while the request was running | as not logged in | no |
//! | *timed out* | a statement took too long; a smaller request may succeed | `TIMEOUT` | a warning |
//! | *fault* | only the operator or the developers can fix the cause | never; "internal error" instead | once, where it leaves the program |
//!
//! A database error is a fault, unless the operation that caused it turns it into a refusal.

pub(crate) mod db_error;
mod detail;

use std::time::Duration;

use async_graphql::{Enum, MaybeUndefined};
use sea_orm::{DbErr, SqlErr};

pub use self::detail::Detail;

/// The result of an operation.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why an operation failed.
#[derive(Clone, Debug)]
pub enum Error {
    /// The request was refused for these reasons; the user can correct them. Never empty.
    Refused(Vec<Refusal>),
    /// The user of the request no longer exists: they deleted their account while the request was running.
    Gone,
    /// A statement took too long and was stopped. Nothing was changed.
    TimedOut,
    /// A fault in the server or the database, which a user cannot correct.
    Fault(DbErr),
}

/// One thing that is wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The stable code of the reason.
    pub code: Code,
    /// The path into the input, with dots between its parts: `to.phone`. Empty when the refusal is about the whole input.
    pub path: String,
    /// A sentence for people. Its wording may change.
    pub message: String,
    /// What it tells besides the code.
    pub detail: Option<Detail>,
}

impl Refusal {
    /// A refusal of the input value at `path`.
    pub fn new(code: Code, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code, path: path.into(), message: message.into(), detail: None }
    }

    /// The same refusal with this detail.
    #[must_use]
    pub fn with(self, detail: Detail) -> Self {
        Self { detail: Some(detail), ..self }
    }

    /// A refusal because another object of the user's book has a value that must be unique.
    pub fn taken(path: impl Into<String>, other: &impl ToString, message: impl Into<String>) -> Self {
        Self::new(Code::Taken, path, message).with(Detail::Current(other.to_string()))
    }

    /// How many seconds to wait before the next attempt, for refusals because of too many attempts.
    #[must_use]
    pub fn retry_after(&self) -> Option<i32> {
        match self.detail {
            Some(Detail::RetryAfter(seconds)) => Some(seconds),
            _ => None,
        }
    }
}

/// The kind of a user error. Codes are stable and meant for programs; messages are meant for people and may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, serde::Serialize, serde::Deserialize)]
#[graphql(name = "UserErrorCode")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Code {
    /// The value is not allowed: it is malformed, too long, out of range, or has more decimals than the currency.
    Invalid,
    /// A required value is missing, or a field that cannot be cleared is null.
    Required,
    /// The value must be unique and is already in use. The error is a `ConflictError`.
    Taken,
    /// There is no such object, or it belongs to somebody else.
    NotFound,
    /// The operation is not allowed in the object's present state, for example because it is archived, deleted or
    /// voided.
    NotAllowed,
    /// The wallet holds less money than the amount. The error is an `InsufficientFundsError`.
    InsufficientFunds,
    /// Two wallets, two documents, or a wallet and an amount, are in different currencies. The error is a
    /// `CurrencyMismatchError`.
    CurrencyMismatch,
    /// The paying wallet and the receiving wallet are the same.
    SameWallet,
    /// A wallet involved is frozen or closed.
    WalletNotActive,
    /// The wallet still holds money, so neither the wallet nor its owner's account can be closed.
    WalletNotEmpty,
    /// A limit of the server is reached, such as the number of wallets of a book, the largest amount of a document, or
    /// the largest total of an account. The error is a `LimitReachedError`.
    LimitReached,
    /// The idempotency key, or the id for a new object, was already used in this book with another input; `path` says
    /// which. The error is a `ConflictError`.
    IdempotencyConflict,
    /// The object was changed since you read it. Read it again and retry with its new version. The error is a
    /// `ConflictError`.
    Conflict,
    /// The changes after the cursor are not kept any more. Load everything again, and go on from the `cursor` of the book.
    CursorTooOld,
    /// There is no user with this identifier, or the password or token is wrong.
    WrongCredentials,
    /// There were too many attempts. The error is a `TooManyAttemptsError`, whose `retryAfter` says how many seconds to
    /// wait.
    TooManyAttempts,
    /// The server was too busy, could not reach the database, or had a wrong clock. Nothing was changed; send the
    /// request again. Any mutation can return this code.
    TryAgain,
    /// The connection to the database broke at the last moment, so it is unknown whether the change was made. If you
    /// sent an idempotency key, or an id of your own for a new object, send the same request again. Otherwise look in the
    /// wallet's history, the list concerned or `activities` first. Any mutation can return this code.
    OutcomeUnknown,
}

/// Collects refusals, so that all mistakes in an input are reported at once.
#[derive(Clone, Debug, Default)]
pub struct Refusals(Vec<Refusal>);

impl Extend<Refusal> for Refusals {
    fn extend<I: IntoIterator<Item = Refusal>>(&mut self, refusals: I) {
        self.0.extend(refusals);
    }
}

impl Refusals {
    /// Adds a refusal.
    pub fn push(&mut self, refusal: Refusal) {
        self.0.push(refusal);
    }

    /// Records the refusal of a failed check, or returns the checked value.
    pub fn check<T>(&mut self, checked: Result<T, Refusal>) -> Option<T> {
        checked.map_err(|refusal| self.push(refusal)).ok()
    }

    /// Records the refusals of a failed operation, or returns its value.
    ///
    /// # Errors
    /// When the operation failed with a fault, or because the server is too busy.
    pub fn take<T>(&mut self, result: Result<T>) -> Result<Option<T>> {
        match result {
            Ok(value) => Ok(Some(value)),
            // A busy server says nothing about the input, and the database has already rolled back the transaction, so no
            // further check can read anything through it.
            Err(busy) if busy.is_busy() => Err(busy),
            Err(Error::Refused(refusals)) => {
                self.extend(refusals);
                Ok(None)
            }
            Err(fault) => Err(fault),
        }
    }

    /// The checked new value of a field that cannot be cleared. `None` when the field is absent from the input, so it stays as
    /// it is, or when it was refused.
    pub fn change<T, U>(
        &mut self,
        wanted: &MaybeUndefined<T>,
        path: &'static str,
        check: impl FnOnce(&T) -> Result<U, Refusal>,
    ) -> Option<U> {
        match wanted {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => self.check(Err(Refusal::new(Code::Required, path, "This field cannot be null."))),
            MaybeUndefined::Value(value) => self.check(check(value)),
        }
    }

    /// Checks the new value of a field that can be cleared and writes it to `field`: absent leaves `field` as it is, null
    /// clears it.
    pub fn set<T, U>(
        &mut self,
        field: &mut Option<U>,
        wanted: &MaybeUndefined<T>,
        check: impl FnOnce(&T) -> Result<Option<U>, Refusal>,
    ) {
        match wanted {
            MaybeUndefined::Undefined => {}
            MaybeUndefined::Null => *field = None,
            MaybeUndefined::Value(value) => {
                if let Some(value) = self.check(check(value)) {
                    *field = value;
                }
            }
        }
    }

    /// Whether nothing was refused.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All refusals, in the order in which they were recorded.
    #[must_use]
    pub fn into_vec(self) -> Vec<Refusal> {
        self.0
    }

    /// Ends the checks.
    ///
    /// # Errors
    /// All collected refusals, when there are any.
    pub fn none(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(self.into()) }
    }
}

impl From<Refusal> for Refusals {
    fn from(refusal: Refusal) -> Self {
        Self(vec![refusal])
    }
}

impl From<Refusals> for Error {
    fn from(refusals: Refusals) -> Self {
        Self::Refused(refusals.0)
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(vec![refusal])
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        if matches!(error, DbErr::ConnectionAcquire(_)) {
            // `db` has logged the reason already.
            return Self::busy();
        }
        if db_error::is_timeout(&error) {
            tracing::warn!(%error, "a statement was stopped: it took too long, or its client has gone");
            return Self::TimedOut;
        }
        Self::Fault(error)
    }
}

/// Why a failed transaction may succeed when it is run again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// The database rolled the transaction back in favour of another one (a deadlock, a serialization failure, a busy SQLite),
    /// or the connection was lost before the commit.
    Contention,
    /// A row with the same unique key exists, perhaps written at the same moment. The next attempt will read it.
    Duplicate,
}

impl Error {
    /// The server is too busy: a `TRY_AGAIN` refusal.
    #[must_use]
    pub fn busy() -> Self {
        Refusal::new(Code::TryAgain, "", "The server is busy. Nothing was done; try again.").into()
    }

    /// Whether this is a `TRY_AGAIN` refusal. Nothing was done.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        matches!(self, Self::Refused(refusals) if refusals.iter().any(|refusal| refusal.code == Code::TryAgain))
    }

    /// The connection to the database broke during a commit, so nobody knows whether the commit took effect.
    #[must_use]
    pub fn unknown_outcome() -> Self {
        let message = "The connection to the database broke, so it is not known whether this was done. With an idempotency \
                       key, send the same request again; without one, check first whether it was done.";
        Refusal::new(Code::OutcomeUnknown, "", message).into()
    }

    /// The clock of this server differs too much from the database's clock, so it must not write. `apart` is the difference.
    #[must_use]
    pub fn wrong_clock(apart: Duration) -> Self {
        let seconds = apart.as_secs();
        tracing::error!("refusing to write: this server's clock differs from the database's by {seconds} s");
        let message = "The clock of this server is wrong, so it does not write. Nothing was done; try again.";
        Refusal::new(Code::TryAgain, "", message).into()
    }

    /// The same refusals with `path` as their path. Other errors are returned unchanged.
    #[must_use]
    pub fn at(self, path: &str) -> Self {
        match self {
            Self::Refused(mut refusals) => {
                for refusal in &mut refusals {
                    path.clone_into(&mut refusal.path);
                }
                Self::Refused(refusals)
            }
            other => other,
        }
    }

    /// Whether, and why, the transaction that failed with this error may be run again.
    #[must_use]
    pub fn retry(&self) -> Option<Retry> {
        let Self::Fault(error) = self else { return None };
        if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) {
            return Some(Retry::Duplicate);
        }
        let is_transient = db_error::code(error).is_some_and(|code| TRANSIENT.contains(&code.as_str()));
        (is_transient || db_error::is_lost_connection(error)).then_some(Retry::Contention)
    }
}

/// Error codes after which a transaction may succeed when it is run again. PostgreSQL: `serialization_failure`,
/// `deadlock_detected`, `lock_not_available`. SQLite: `SQLITE_BUSY`, `SQLITE_BUSY_SNAPSHOT`, `SQLITE_BUSY_TIMEOUT`.
const TRANSIENT: [&str; 6] = ["40001", "40P01", "55P03", "5", "517", "773"];
