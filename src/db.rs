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
//! | `write` | write transactions: trying again, and what is known of their outcome |
//! | `cause` | what an error says about the connection and the data |
//! | `file`, `clock`, `health` | whether the database can be trusted now |
//! | `copy` | copies of a SQLite database |
//!
//! What may not happen: a connection is used again of which it is not known that nothing is open on it; a commit is believed
//! that was not the database's own; a user is told that nothing was done when that is not known.

mod clock;
pub mod copy;
mod file;
mod health;
mod open;
mod read;
mod session;
mod transaction;
mod write;

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use migration::{Migrator, MigratorTrait};
use sea_orm::{
    ConnAcquireErr, DbBackend, DbErr, RuntimeErr, Statement,
    sqlx::{self, Postgres, Sqlite, pool::PoolConnection},
};

use self::{
    clock::ServerClock,
    file::Files,
    health::Health,
    session::{Pooled, Session},
};
pub use self::{
    open::{PoolSize, migrate},
    read::{Pool, Read},
    transaction::Transaction,
};
pub use crate::db_error::{code, is_lost_connection};
use crate::{cancel::shield, db_error, error::Result};

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
    observer: OnceLock<Observer>,
}

/// Is told of each statement before it is executed.
type Observer = Box<dyn Fn(&Statement) + Send + Sync>;

enum Pools {
    Sqlite { read: sqlx::Pool<Sqlite>, write: sqlx::Pool<Sqlite>, files: Arc<Files> },
    Postgres(sqlx::Pool<Postgres>),
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
            Err(error) if db_error::is_lost(&error) && tokio::time::Instant::now() + RECONNECT < deadline => {
                tokio::time::sleep(RECONNECT).await;
            }
            Err(error) => break error,
        }
    };
    let most = pool.options().get_max_connections();
    let in_use = usize::try_from(pool.size()).unwrap_or(usize::MAX).saturating_sub(pool.num_idle());
    match error {
        sqlx::Error::PoolTimedOut if u32::try_from(in_use).is_ok_and(|in_use| in_use < most) => {
            let reason = why_not(pool).await;
            tracing::warn!(in_use, most, reason, "the database did not accept a new connection within {WAIT:?}");
            Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))
        }
        sqlx::Error::PoolTimedOut => {
            tracing::warn!(in_use, most, "all connections to the database were in use for {WAIT:?}");
            Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))
        }
        lost if db_error::is_lost(&lost) => {
            tracing::warn!(error = %lost, "the database cannot be reached");
            Err(DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed))
        }
        sqlx::Error::PoolClosed => Err(DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed)),
        other => Err(DbErr::Conn(RuntimeErr::SqlxError(Arc::new(other)))),
    }
}

/// Why no new connection can be opened: a pool tries until its time is up and does not say.
async fn why_not<DB: sqlx::Database>(pool: &sqlx::Pool<DB>) -> String {
    let options = pool.connect_options();
    match tokio::time::timeout(Duration::from_secs(1), sqlx::ConnectOptions::connect(options.as_ref())).await {
        Ok(Ok(_)) => "now it does".to_owned(),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "no answer".to_owned(),
    }
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Db").field(&self.backend()).finish()
    }
}
