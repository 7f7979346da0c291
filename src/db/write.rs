//! The one way to open a write transaction.

use std::time::{Duration, Instant};

use sea_orm::{DbBackend, DbErr};

use super::{
    Db, RETRIES, Transaction, WAIT,
    session::{Session, Uncommitted},
};
use crate::{
    cancel::shield,
    error::{Error, Result, Retry},
};

/// Whether the outcome of a transaction can be found out by doing its work again, since the work looks first whether it was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Repeatable {
    Yes,
    No,
}

/// How an attempt to write failed.
enum Failed {
    /// Nothing was done.
    Certainly(Error),
    /// The connection broke while the transaction was being committed.
    Perhaps(DbErr),
}

impl Db {
    /// Runs `work` in a write transaction: all of it is kept, or nothing.
    ///
    /// `work` may run several times, since a transaction that the database gave up is tried again; it must do nothing but
    /// read and write through the transaction that it is given.
    ///
    /// # Errors
    /// What `work` refuses or suffers; `TRY_AGAIN` when nothing was done because the database is too busy, or cannot be
    /// reached; `OUTCOME_UNKNOWN` when the connection broke while the transaction was being committed.
    pub async fn write<T, F>(&self, work: impl Fn(Transaction) -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        self.write_until_known(Repeatable::No, work).await
    }

    /// As [`Db::write`], for work that looks first whether it was done before, and then gives the same result: where the
    /// connection breaks during a commit, the work is done again to find out.
    ///
    /// # Errors
    /// As for [`Db::write`]; `OUTCOME_UNKNOWN` only when the database does not come back in time.
    pub async fn write_repeatable<T, F>(&self, work: impl Fn(Transaction) -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        self.write_until_known(Repeatable::Yes, work).await
    }

    async fn write_until_known<T, F>(&self, repeatable: Repeatable, work: impl Fn(Transaction) -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        let mut is_known = true;
        let started = Instant::now();
        for attempt in 0..=RETRIES {
            let error = match self.attempt(&work).await {
                Ok(done) => return Ok(done),
                Err(Failed::Certainly(error)) => error,
                Err(Failed::Perhaps(cause)) => {
                    tracing::error!(%cause, "the connection broke during a commit");
                    is_known = false;
                    if repeatable == Repeatable::No {
                        break;
                    }
                    tokio::time::sleep(pause(attempt)).await;
                    continue;
                }
            };
            match error.retry() {
                Some(_) if attempt < RETRIES && started.elapsed() < WAIT => tokio::time::sleep(pause(attempt)).await,
                Some(Retry::Contention) => {
                    tracing::warn!(?error, attempt, "a transaction was given up");
                    break;
                }
                // Whether it was done could not be found out.
                _ if !is_known && (error.is_busy() || matches!(error, Error::Fault(_))) => {
                    tracing::error!(?error, "after a commit whose answer got lost");
                    break;
                }
                // A duplicate that is still there is our mistake, and so is anything else.
                _ => return Err(error),
            }
        }
        Err(if is_known { Error::busy() } else { Error::unknown_outcome() })
    }

    async fn attempt<T, F>(&self, work: &impl Fn(Transaction) -> F) -> Result<T, Failed>
    where
        F: Future<Output = Result<T>>,
    {
        if let Err(apart) = self.shared.clock.check() {
            return Err(Failed::Certainly(Error::wrong_clock(apart)));
        }
        let session = self.shared.writer().await?;
        shield(self.transact(session, work)).await
    }

    /// Begins, works and commits. Once begun, this must not be dropped before its end.
    async fn transact<T, F>(&self, mut session: Session, work: &impl Fn(Transaction) -> F) -> Result<T, Failed>
    where
        F: Future<Output = Result<T>>,
    {
        session
            .begin(match self.backend() {
                // A deferred transaction that reads before it writes fails at once when another one wrote in between.
                DbBackend::Sqlite => "BEGIN IMMEDIATE",
                _ => "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
            })
            .await?;
        let transaction = Transaction::new(self.backend(), session);
        // On the heap, since it would make the future of each caller as large as itself.
        let worked = Box::pin(work(transaction.clone())).await;
        let Some(session) = transaction.into_session() else {
            return Err(DbErr::Custom("a transaction outlived its work".to_owned()).into());
        };
        match worked {
            Ok(done) => match session.commit().await {
                Ok(()) => Ok(done),
                Err(Uncommitted::RolledBack(error)) => Err(error.into()),
                Err(Uncommitted::Unknown(error)) => Err(Failed::Perhaps(error)),
            },
            Err(error) => {
                session.rollback().await;
                Err(Failed::Certainly(error))
            }
        }
    }
}

impl From<DbErr> for Failed {
    fn from(error: DbErr) -> Self {
        Self::Certainly(error.into())
    }
}

/// Longer after each attempt, and never the same for two that collided.
fn pause(attempt: u32) -> Duration {
    let most = 2_u64 << attempt.min(7);
    let random = getrandom::u64().unwrap_or_default();
    Duration::from_micros(random % (most * 1000))
}
