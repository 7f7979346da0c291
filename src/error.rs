//! The ways in which an operation can fail.
//!
//! A *refusal* is the user's business: it has a stable code, a message for people and the place in the input, and it is
//! found before anything is written. A *fault* is ours: it is logged once, where it leaves the program, and its text is
//! never shown. Between the two, whoever asks may be *gone* before it is done. A database error is a fault, unless the operation
//! that caused it names what it means.

use std::time::Duration;

use async_graphql::{Enum, MaybeUndefined};
use sea_orm::{DbErr, SqlErr};

use crate::db;

/// The result of an operation.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why an operation did not happen.
#[derive(Debug)]
pub enum Error {
    /// The user may mend it. Never empty.
    Refused(Vec<Refusal>),
    /// Whoever asks is not there any more: they deleted their account while this was under way.
    Gone,
    /// Nobody but us may mend it.
    Fault(DbErr),
}

/// One thing that is wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What kind of thing; stable.
    pub code: Code,
    /// Where in the input, with dots: `to.phone`. Empty when it is about the whole.
    pub path: String,
    /// A sentence for people.
    pub message: String,
    /// For how many seconds to wait before the next attempt, when there were too many.
    pub retry_after: Option<i32>,
}

impl Refusal {
    /// Refuses what stands at `path`.
    pub fn new(code: Code, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code, path: path.into(), message: message.into(), retry_after: None }
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
    /// The value must be unique and is already in use.
    Taken,
    /// There is no such object, or it belongs to somebody else.
    NotFound,
    /// The operation is not allowed in the object's present state, for example because it is archived, deleted or
    /// voided.
    NotAllowed,
    /// The wallet holds less money than the amount.
    InsufficientFunds,
    /// Two wallets, two documents, or a wallet and an amount, are in different currencies.
    CurrencyMismatch,
    /// The paying wallet and the receiving wallet are the same.
    SameWallet,
    /// A wallet involved is frozen or closed.
    WalletNotActive,
    /// The wallet still holds money, so it cannot be closed.
    WalletNotEmpty,
    /// A limit of the server is reached, such as the number of wallets of a book, the largest amount of a document, or
    /// the largest total of an account.
    LimitReached,
    /// The idempotency key was already used in this book with another input.
    IdempotencyConflict,
    /// The object was changed since you read it. Read it again and retry with its new version.
    Conflict,
    /// There is no user with this identifier, or the password or token is wrong.
    WrongCredentials,
    /// There were too many attempts. `retryAfter` says how many seconds to wait.
    TooManyAttempts,
    /// The server was too busy, could not reach the database, or had a wrong clock. Nothing was changed; send the
    /// request again. Any mutation can return this code.
    TryAgain,
    /// The connection to the database broke at the last moment, so it is unknown whether the change was made. If you
    /// sent an idempotency key, send the same request again. Otherwise look in the wallet's history, the list concerned
    /// or `activity` first. Any mutation can return this code.
    OutcomeUnknown,
}

/// Collects all that is wrong with an input, so that it is said at once.
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

    /// Keeps the refusal of a check; hands on its value.
    pub fn check<T>(&mut self, checked: Result<T, Refusal>) -> Option<T> {
        checked.map_err(|refusal| self.push(refusal)).ok()
    }

    /// Keeps the refusals of an operation; hands on its value.
    ///
    /// # Errors
    /// When the operation suffered a fault, or the server is too busy.
    pub fn take<T>(&mut self, result: Result<T>) -> Result<Option<T>> {
        match result {
            Ok(value) => Ok(Some(value)),
            // Nothing is wrong with the input, and nothing more can be read in a transaction that the database has given up.
            Err(busy) if busy.is_busy() => Err(busy),
            Err(Error::Refused(refusals)) => {
                self.extend(refusals);
                Ok(None)
            }
            Err(fault) => Err(fault),
        }
    }

    /// The checked value of a field that cannot be cleared; none when it is to stay as it is.
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

    /// Writes the checked value of a field that can be cleared into it.
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

    /// Whether there was none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The refusals.
    #[must_use]
    pub fn into_vec(self) -> Vec<Refusal> {
        self.0
    }

    /// # Errors
    /// When there was a refusal.
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
            // `db` has logged why.
            return Self::busy();
        }
        if db::code(&error).as_deref() == Some(TIMED_OUT) {
            tracing::warn!(%error, "a statement took too long");
            return Self::busy();
        }
        Self::Fault(error)
    }
}

/// Whether and why a transaction may succeed when it is done again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// The database gave it up for another one (a deadlock, a serialization failure, a busy SQLite), or the connection was lost
    /// before it was committed.
    Contention,
    /// A row with the same unique key was there, perhaps written at the same moment; the next attempt will read it.
    Duplicate,
}

impl Error {
    /// The server has too much to do.
    #[must_use]
    pub fn busy() -> Self {
        Refusal::new(Code::TryAgain, "", "The server is busy. Nothing was done; try again.").into()
    }

    /// Whether nothing was done because the server has too much to do.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        matches!(self, Self::Refused(refusals) if refusals.iter().any(|refusal| refusal.code == Code::TryAgain))
    }

    /// The connection to the database broke during a commit.
    #[must_use]
    pub fn unknown_outcome() -> Self {
        let message = "The connection to the database broke, so it is not known whether this was done. With an idempotency \
                       key, send the same request again; without one, check first whether it was done.";
        Refusal::new(Code::OutcomeUnknown, "", message).into()
    }

    /// The clock of this server is too far from the database's to write.
    #[must_use]
    pub fn wrong_clock(apart: Duration) -> Self {
        let seconds = apart.as_secs();
        tracing::error!("nothing is written: this server's clock is {seconds} s from the database's");
        let message = "The server's clock is wrong, so the server does not write. Nothing was done; try again.";
        Refusal::new(Code::TryAgain, "", message).into()
    }

    /// The same, about what stands at `path`.
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

    /// Whether the transaction that failed so may be done again.
    #[must_use]
    pub fn retry(&self) -> Option<Retry> {
        let Self::Fault(error) = self else { return None };
        if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) {
            return Some(Retry::Duplicate);
        }
        let is_transient = db::code(error).is_some_and(|code| TRANSIENT.contains(&code.as_str()));
        (is_transient || db::is_lost_connection(error)).then_some(Retry::Contention)
    }
}

/// PostgreSQL: `serialization_failure`, `deadlock_detected`, `lock_not_available`. SQLite: `SQLITE_BUSY`,
/// `SQLITE_BUSY_SNAPSHOT`, `SQLITE_BUSY_TIMEOUT`.
const TRANSIENT: [&str; 6] = ["40001", "40P01", "55P03", "5", "517", "773"];
/// PostgreSQL: `query_canceled`, which `statement_timeout` does.
const TIMED_OUT: &str = "57014";
