//! The database: how it is opened, and the one way to open a write transaction.
//!
//! SQLite gets one writer beside a pool of readers, since it has one writer at a time anyway and waiting in our queue is
//! fairer than waiting on its lock. PostgreSQL gets one pool for both.
//!
//! | module | owns |
//! |---|---|
//! | `open` | how connections are made, and migrations |
//! | `session` | one connection, and what is known about it |
//! | `read`, `transaction` | what others read and write through |
//! | `cause` | what an error says about the connection and the data |
//! | `file`, `clock`, `health` | whether the database can be trusted now |
//!
//! What may not happen: a connection is used again of which it is not known that nothing is open on it; a commit is believed
//! that was not the database's own; a user is told that nothing was done when that is not known.

mod cause;
mod clock;
mod file;
mod health;
mod open;
mod read;
mod session;
mod transaction;

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use migration::{Migrator, MigratorTrait};
use sea_orm::{
    ConnAcquireErr, DbBackend, DbErr, RuntimeErr, Statement,
    sqlx::{self, Postgres, Sqlite, pool::PoolConnection},
};

pub use self::{
    cause::{code, is_lost_connection},
    open::{PoolSize, migrate},
    read::{Pool, Read},
    transaction::Transaction,
};
use self::{
    clock::ServerClock,
    file::Files,
    health::Health,
    session::{Pooled, Session, Uncommitted},
};
use crate::{
    cancel::shield,
    error::{Error, Result, Retry},
};

/// How often a transaction that the database gave up is tried again before the caller is told to.
const RETRIES: u32 = 10;
/// A statement that runs longer than this is ended by PostgreSQL.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(8);
/// How long a caller waits for a connection, or SQLite for its lock.
const WAIT: Duration = Duration::from_secs(8);
/// How soon a connection that could not be made is tried again.
const RECONNECT: Duration = Duration::from_millis(100);

/// An open database.
#[derive(Clone)]
pub struct Db {
    shared: Arc<Shared>,
    read: Pool,
}

/// What the connections have in common.
struct Shared {
    pools: Pools,
    health: Health,
    clock: ServerClock,
    observer: OnceLock<Box<dyn Fn(&Statement) + Send + Sync>>,
}

enum Pools {
    Sqlite { read: sqlx::Pool<Sqlite>, write: sqlx::Pool<Sqlite>, files: Arc<Files> },
    Postgres(sqlx::Pool<Postgres>),
}

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
    /// Connects to `sqlite:` or `postgres:`. A SQLite file that does not exist is made.
    ///
    /// # Errors
    /// When the database cannot be opened.
    pub async fn connect(url: &str, size: PoolSize) -> Result<Self, DbErr> {
        let pools = open::pools(url, size).await?;
        let shared = Shared { pools, health: Health::new(), clock: ServerClock::default(), observer: OnceLock::new() };
        let shared = Arc::new(shared);
        let db = Self { read: Pool(shared.clone()), shared };
        db.compare_clocks().await?;
        Ok(db)
    }

    /// What to read from: each statement sees what is there when it is executed.
    #[must_use]
    pub fn read(&self) -> &Pool {
        &self.read
    }

    /// Tells an observer of each statement that is executed from now on, for counting. There is one at most.
    pub fn observe(&self, observer: impl Fn(&Statement) + Send + Sync + 'static) {
        let _ = self.shared.observer.set(Box::new(observer));
    }

    /// Which database this is.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.shared.backend()
    }

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
                // Whether it was done cannot be found out while the server is too busy to look.
                None if !is_known && error.is_busy() => break,
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
        let worked = work(transaction.clone()).await;
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

    /// Opens a snapshot: whatever is read through it is of one moment, whatever others write in the meantime. It holds a
    /// connection until it is dropped.
    ///
    /// # Errors
    /// `TRY_AGAIN` when no connection is free.
    pub async fn snapshot(&self) -> Result<Transaction> {
        let mut retries = RETRIES;
        loop {
            let mut session = self.shared.reader().await?;
            let begun = shield(session.begin(match self.backend() {
                DbBackend::Sqlite => "BEGIN",
                // It holds no lock that others wait for, and a client that downloads slowly may keep it idle.
                _ => {
                    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; \
                     SET LOCAL idle_in_transaction_session_timeout = '60s'"
                }
            }))
            .await;
            match begun {
                Ok(()) => return Ok(Transaction::new(self.backend(), session)),
                Err(error) if !is_lost_connection(&error) => return Err(error.into()),
                Err(_) if retries > 0 => retries -= 1,
                Err(error) => return Err(read::unreachable(&error).into()),
            }
        }
    }

    /// How many migrations are not applied yet.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn pending_migrations(&self) -> Result<usize, DbErr> {
        Ok(Migrator::get_pending_migrations_read_only(&self.read).await?.len())
    }

    /// Closes all connections, after what they are doing.
    pub async fn close(self) {
        match &self.shared.pools {
            Pools::Sqlite { read, write, .. } => {
                read.close().await;
                write.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

impl From<DbErr> for Failed {
    fn from(error: DbErr) -> Self {
        Self::Certainly(error.into())
    }
}

impl Shared {
    fn backend(&self) -> DbBackend {
        match self.pools {
            Pools::Sqlite { .. } => DbBackend::Sqlite,
            Pools::Postgres(_) => DbBackend::Postgres,
        }
    }

    async fn reader(self: &Arc<Self>) -> Result<Session, DbErr> {
        let connection = match &self.pools {
            Pools::Sqlite { read, .. } => Pooled::Sqlite(acquire(read).await?),
            Pools::Postgres(pool) => Pooled::Postgres(acquire(pool).await?),
        };
        Ok(Session::new(connection, false, self.clone()))
    }

    async fn writer(self: &Arc<Self>) -> Result<Session, DbErr> {
        let connection = match &self.pools {
            Pools::Sqlite { write, .. } => Pooled::Sqlite(acquire(write).await?),
            Pools::Postgres(pool) => Pooled::Postgres(acquire(pool).await?),
        };
        Ok(Session::new(connection, true, self.clone()))
    }

    fn observe(&self, statement: &Statement) {
        if let Some(observer) = self.observer.get() {
            observer(statement);
        }
    }

    /// Makes sure that what is written goes into the file that will be read at the next start.
    fn check_file(&self) -> Result<(), DbErr> {
        let Pools::Sqlite { files, .. } = &self.pools else { return Ok(()) };
        files.check().map_err(|gone| {
            self.health.note_lost_file(&gone);
            DbErr::Custom(gone)
        })
    }
}

/// Takes a connection out of a pool. A database that was just restarted may refuse or break a new one in several ways, of which
/// sqlx tries only some again. When none can be had, the log says why.
async fn acquire<DB: sqlx::Database>(pool: &sqlx::Pool<DB>) -> Result<PoolConnection<DB>, DbErr> {
    let deadline = tokio::time::Instant::now() + WAIT;
    let error = loop {
        let acquired = tokio::time::timeout_at(deadline, pool.acquire()).await;
        match acquired.unwrap_or(Err(sqlx::Error::PoolTimedOut)) {
            Ok(connection) => return Ok(connection),
            Err(error) if cause::is_lost(&error) && tokio::time::Instant::now() + RECONNECT < deadline => {
                tokio::time::sleep(RECONNECT).await;
            }
            Err(error) => break error,
        }
    };
    let most = pool.options().get_max_connections();
    let in_use = usize::try_from(pool.size()).unwrap_or(usize::MAX).saturating_sub(pool.num_idle());
    match error {
        sqlx::Error::PoolTimedOut if u32::try_from(in_use).is_ok_and(|in_use| in_use < most) => {
            tracing::warn!(in_use, most, "the database did not accept a new connection within {WAIT:?}");
            Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))
        }
        sqlx::Error::PoolTimedOut => {
            tracing::warn!(in_use, most, "all connections to the database were in use for {WAIT:?}");
            Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))
        }
        lost if cause::is_lost(&lost) => {
            tracing::warn!(error = %lost, "the database cannot be reached");
            Err(DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed))
        }
        sqlx::Error::PoolClosed => Err(DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed)),
        other => Err(DbErr::Conn(RuntimeErr::SqlxError(Arc::new(other)))),
    }
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Db").field(&self.backend()).finish()
    }
}

/// Longer after each attempt, and never the same for two that collided.
fn pause(attempt: u32) -> Duration {
    let most = 2_u64 << attempt.min(7);
    let random = getrandom::u64().unwrap_or_default();
    Duration::from_micros(random % (most * 1000))
}
