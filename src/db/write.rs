//! Write transactions. [`Db::write`] and [`Db::write_repeatable`] are the only ways to open one.
//!
//! | step | on failure |
//! |---|---|
//! | check this server's clock | refuse with `TRY_AGAIN` |
//! | take a connection for writing, begin the transaction | retry, then `TRY_AGAIN` |
//! | run the caller's work | roll back; retry after a deadlock, a serialization failure, a duplicate key or a lost connection |
//! | commit | if the database certainly did not commit: as above; if that is unknown: `OUTCOME_UNKNOWN`, or run repeatable work again |
//!
//! Once the transaction has begun, all of this runs inside `shield`, so a client that disconnects cannot interrupt it.

use std::time::{Duration, Instant};

use sea_orm::{DbBackend, DbErr};

use super::{
    acquire,
    database::{Db, RETRIES},
    session::{Session, Uncommitted},
    shared::WAIT,
    transaction::Transaction,
};
use crate::{
    cancel::shield,
    error::{Error, Result, Retry},
};

/// Whether running the work again reveals the outcome of an unclear commit, because the work first checks whether it was done
/// before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Repeatable {
    Yes,
    No,
}

/// How an attempt to write failed.
enum Failed {
    /// Nothing was written.
    Certainly(Error),
    /// The connection broke during the commit, so the transaction may be committed or not.
    Perhaps(DbErr),
}

impl Db {
    /// Runs `work` in a write transaction: either all of its writes are kept, or none.
    ///
    /// `work` may run several times, because a transaction that the database rolled back is retried. So it must have no effects
    /// other than through the transaction that it receives.
    ///
    /// # Errors
    /// The refusals and faults of `work`; `TRY_AGAIN` when nothing was written because the database is too busy or cannot be
    /// reached; `OUTCOME_UNKNOWN` when the connection broke during the commit.
    pub async fn write<T, F>(&self, work: impl Fn(Transaction) -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        self.write_until_known(Repeatable::No, work).await
    }

    /// Like [`Db::write`], for work that first checks whether it was done before, and then returns the same result. When the
    /// connection breaks during the commit, the work is run again, which reveals the outcome.
    ///
    /// # Errors
    /// As for [`Db::write`], but `OUTCOME_UNKNOWN` only when the database does not come back in time.
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
                    tracing::warn!(?error, attempt, "gave up on a transaction after several attempts");
                    break;
                }
                // An earlier commit may have taken effect, and this attempt could not find out.
                _ if !is_known && (error.is_busy() || matches!(error, Error::TimedOut | Error::Fault(_))) => {
                    tracing::error!(?error, "could not find out whether a commit took effect");
                    break;
                }
                // A duplicate key that remains after all retries is a mistake in this program, as is any other error that
                // cannot be retried.
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
        let session = acquire::writer(&self.shared, self.read.purpose).await?;
        shield(self.transact(session, work)).await
    }

    /// Begins the transaction, runs the work and commits. Once this has begun, it must not be dropped before its end.
    async fn transact<T, F>(&self, mut session: Session, work: &impl Fn(Transaction) -> F) -> Result<T, Failed>
    where
        F: Future<Output = Result<T>>,
    {
        session
            .begin(match self.backend() {
                // A deferred transaction that reads first and writes later fails at once if another one wrote in between.
                DbBackend::Sqlite => "BEGIN IMMEDIATE",
                _ => "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
            })
            .await?;
        let transaction = Transaction::new(self.backend(), session);
        // Boxed, because otherwise the future of each caller would be as large as the future of its work.
        let worked = Box::pin(work(transaction.clone())).await;
        let Some(session) = transaction.into_session() else {
            return Err(DbErr::Custom("a transaction outlived its work".to_owned()).into());
        };
        match worked {
            Ok(done) => match session.commit().await {
                Ok(()) => {
                    self.shared.committed.send_replace(());
                    Ok(done)
                }
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

/// How long to wait before the next attempt: up to 2 ms after the first one, doubling up to 256 ms. Random, so that two
/// transactions that collided do not collide again.
fn pause(attempt: u32) -> Duration {
    let most = 2_u64 << attempt.min(7);
    let random = getrandom::u64().unwrap_or_default();
    Duration::from_micros(random % (most * 1000))
}
