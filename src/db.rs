//! The database: opening it, reading from it, and the only way to run a write transaction ([`Db::write`]).
//!
//! On SQLite there is one connection for writing beside a pool for reading. SQLite allows one writer at a time anyway, and
//! waiting in the pool's queue is fairer than waiting for SQLite's lock. On PostgreSQL one pool serves both.
//!
//! | module | owns |
//! |---|---|
//! | `open` | opening connections, and applying migrations |
//! | `session` | one connection, and whether a transaction is open on it |
//! | `read`, `transaction` | the connection types that other modules run statements through |
//! | `write` | write transactions: retries, and whether a failed commit took effect |
//! | `cause` | what a database error means for the connection, the transaction and the data |
//! | `file`, `clock`, `health` | whether the database can be trusted at the moment |
//! | `copy` | copies of a SQLite database, for backup and restore |
//!
//! What must not happen:
//!
//! - A connection is reused while a transaction may still be open on it.
//! - A transaction counts as committed although the database did not confirm its own commit.
//! - A user is told that nothing was done while that is not certain.

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

/// How many times a transaction is retried after a deadlock, a serialization failure or a lost connection, before it is
/// refused.
const RETRIES: u32 = 10;
/// PostgreSQL cancels a statement that runs longer than this.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(8);
/// How long a caller waits for a free connection, and how long SQLite waits for its lock.
const WAIT: Duration = Duration::from_secs(8);
/// How long to wait before trying again to open a connection.
const RECONNECT: Duration = Duration::from_millis(100);

/// An open database. Cheap to clone; the clones share their connections.
#[derive(Clone)]
pub struct Db {
    shared: Arc<Shared>,
    read: Pool,
}

/// The state that all clones and all connections of a database share.
struct Shared {
    pools: Pools,
    health: Health,
    clock: ServerClock,
    observer: OnceLock<Observer>,
}

/// Called with each statement before it is executed.
type Observer = Box<dyn Fn(&Statement) + Send + Sync>;

enum Pools {
    Sqlite { read: sqlx::Pool<Sqlite>, write: sqlx::Pool<Sqlite>, files: Arc<Files> },
    Postgres(sqlx::Pool<Postgres>),
}

impl Db {
    /// Connects to the database of a `sqlite:` or `postgres:` URL. A SQLite file that does not exist is created.
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

    /// The pool to read from. Each statement sees the data that is committed when the statement starts.
    #[must_use]
    pub fn read(&self) -> &Pool {
        &self.read
    }

    /// Calls `observer` with each statement that is executed from now on; used to count statements. Only the first observer is
    /// kept.
    pub fn observe(&self, observer: impl Fn(&Statement) + Send + Sync + 'static) {
        let _ = self.shared.observer.set(Box::new(observer));
    }

    /// Whether this is SQLite or PostgreSQL.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.shared.backend()
    }

    /// Opens a read-only snapshot: all statements that run through it see the data of one moment, whatever others write
    /// meanwhile. It holds a connection until it is dropped.
    ///
    /// # Errors
    /// `TRY_AGAIN` when no connection is free.
    pub async fn snapshot(&self) -> Result<Transaction> {
        let mut retries = RETRIES;
        loop {
            let mut session = self.shared.reader().await?;
            let begun = shield(session.begin(match self.backend() {
                DbBackend::Sqlite => "BEGIN",
                // A read-only transaction holds no lock that others wait for, so it may stay idle for long, as it does when a
                // client downloads slowly.
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

    /// The number of migrations that are not applied yet.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn pending_migrations(&self) -> Result<usize, DbErr> {
        Ok(Migrator::get_pending_migrations_read_only(&self.read).await?.len())
    }

    /// Closes all connections after their current work is finished.
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

    /// Checks that the SQLite file being written is still the one at its path, which the next start will open.
    fn check_file(&self) -> Result<(), DbErr> {
        let Pools::Sqlite { files, .. } = &self.pools else { return Ok(()) };
        files.check().map_err(|gone| {
            self.health.note_lost_file(&gone);
            DbErr::Custom(gone)
        })
    }
}

/// Takes a connection from a pool, waiting up to [`WAIT`]. A database that was just restarted may refuse or break new
/// connections in several ways, and sqlx retries only some of them, so this function retries the others. On failure it logs the
/// reason.
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

/// The reason why no new connection can be opened. A pool that runs into its timeout does not report one, so this tries once
/// more.
async fn why_not<DB: sqlx::Database>(pool: &sqlx::Pool<DB>) -> String {
    let options = pool.connect_options();
    match tokio::time::timeout(Duration::from_secs(1), sqlx::ConnectOptions::connect(options.as_ref())).await {
        Ok(Ok(_)) => "a new attempt succeeded".to_owned(),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "no answer".to_owned(),
    }
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Db").field(&self.backend()).finish()
    }
}
