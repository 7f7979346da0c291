//! The database: how it is opened, and the one way to open a write transaction.
//!
//! SQLite gets one writer beside a pool of readers, since it has one writer at a time anyway and waiting in our queue is
//! fairer than waiting on its lock. PostgreSQL gets one pool for both.

use std::{fmt, fs::OpenOptions, ops::Deref, sync::Arc, time::Duration};

use migration::{Migrator, MigratorTrait};
use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    IsolationLevel, RuntimeErr, SqliteTransactionMode, TransactionOptions, TransactionTrait, metric,
    sqlx::{
        self, ConnectOptions as _, Connection,
        postgres::PgConnectOptions,
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
    },
};

use crate::error::{Error, Result, Retry};

/// How often a transaction that the database gave up is tried again before the caller is told to.
const RETRIES: u32 = 10;
/// A statement that runs longer than this is ended.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(8);
/// How long a caller waits for a connection, or SQLite for its lock.
const WAIT: Duration = Duration::from_secs(8);

/// The number of the lock that whoever migrates holds; any, as long as it is always the same.
const MIGRATION_LOCK: i64 = 0x0DA1_B00C;

/// An open database.
#[derive(Clone)]
pub struct Db {
    read: DatabaseConnection,
    write: DatabaseConnection,
}

/// An open write transaction, for the work that it was opened for.
///
/// It is shared, rather than lent, because a closure that borrows it for its future cannot be proved `Send` yet
/// (rust-lang/rust#110338).
#[derive(Clone, Debug)]
pub struct Transaction(Arc<DatabaseTransaction>);

impl Deref for Transaction {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &DatabaseTransaction {
        &self.0
    }
}

/// How many connections to keep.
#[derive(Clone, Copy, Debug)]
pub struct PoolSize {
    /// The most connections open at once.
    pub most: u32,
    /// How many stay open when there is nothing to do.
    pub least: u32,
}

impl Db {
    /// Connects to `sqlite:` or `postgres:`. A SQLite file that does not exist is made.
    ///
    /// # Errors
    /// When the database cannot be opened.
    pub async fn connect(url: &str, size: PoolSize) -> Result<Self, DbErr> {
        reach(url).await?;
        if url.starts_with("sqlite:") {
            let write = Database::connect(sqlite(url, PoolSize { most: 1, least: 1 }, "OFF")).await?;
            let read = Database::connect(sqlite(url, size, "ON")).await?;
            return Ok(Self { read, write });
        }
        let mut options = pooled(url, size);
        options.map_sqlx_postgres_opts(|options| {
            options
                .application_name("daybook")
                .options([("statement_timeout", STATEMENT_TIMEOUT.as_millis().to_string())])
        });
        let pool = Database::connect(options).await?;
        Ok(Self { read: pool.clone(), write: pool })
    }

    /// The connection for reading.
    #[must_use]
    pub fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// Tells an observer of each statement that is executed from now on, for counting and timing. Clones made before do not.
    pub fn observe(&mut self, observer: impl Fn(&metric::Info<'_>) + Clone + Send + Sync + 'static) {
        self.read.set_metric_callback(observer.clone());
        self.write.set_metric_callback(observer);
    }

    /// Which database this is.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.read.get_database_backend()
    }

    /// Runs `work` in a write transaction: all of it is kept, or nothing.
    ///
    /// `work` may run several times, since a transaction that the database gave up is tried again; it must do nothing but
    /// read and write through the transaction that it is given.
    ///
    /// # Errors
    /// What `work` refuses or suffers; `TRY_AGAIN` when the database is too busy.
    pub async fn write<T, F>(&self, work: impl Fn(Transaction) -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        for attempt in 0.. {
            match self.attempt(&work).await {
                Err(error) => match error.retry() {
                    Some(_) if attempt < RETRIES => tokio::time::sleep(pause(attempt)).await,
                    Some(Retry::Contention) => break,
                    // A duplicate that is still there is our mistake, and so is anything else.
                    _ => return Err(error),
                },
                done => return done,
            }
        }
        tracing::warn!("a transaction was given up after {RETRIES} retries");
        Err(Error::busy())
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one place that opens write transactions")]
    async fn attempt<T, F>(&self, work: &impl Fn(Transaction) -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        let options = TransactionOptions {
            // A deferred transaction that reads before it writes fails at once when another one wrote in between.
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let transaction = Transaction(Arc::new(self.write.begin_with_options(options).await?));
        let done = work(transaction.clone()).await?;
        let transaction = Arc::into_inner(transaction.0)
            .ok_or_else(|| DbErr::Custom("a transaction outlived its work".to_owned()))?;
        transaction.commit().await?;
        Ok(done)
    }

    /// Opens a snapshot: whatever is read through it is of one moment, whatever others write in the meantime. It holds a
    /// connection until it is dropped.
    ///
    /// # Errors
    /// `TRY_AGAIN` when no connection is free.
    #[expect(clippy::disallowed_methods, reason = "nothing is written in it")]
    pub async fn snapshot(&self) -> Result<DatabaseTransaction> {
        // A transaction of SQLite is one anyway.
        let is_postgres = self.backend() == DbBackend::Postgres;
        let options = TransactionOptions {
            isolation_level: is_postgres.then_some(IsolationLevel::RepeatableRead),
            access_mode: is_postgres.then_some(AccessMode::ReadOnly),
            ..TransactionOptions::default()
        };
        Ok(self.read.begin_with_options(options).await?)
    }

    /// How many migrations are not applied yet.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn pending_migrations(&self) -> Result<usize, DbErr> {
        Ok(Migrator::get_pending_migrations_read_only(&self.read).await?.len())
    }

    /// Closes all connections, after what they are doing.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn close(self) -> Result<(), DbErr> {
        self.read.close().await?;
        self.write.close().await
    }
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Db").field(&self.backend()).finish()
    }
}

/// Applies the migrations that a database does not have yet, over a connection of its own without a time limit. Of two
/// that do so at once on PostgreSQL, the second waits for the first.
///
/// # Errors
/// When the database cannot be opened or a migration fails; those before it stay applied.
pub async fn migrate(url: &str) -> Result<usize, DbErr> {
    reach(url).await?;
    let one = PoolSize { most: 1, least: 1 };
    let connection = if url.starts_with("sqlite:") {
        Database::connect(sqlite(url, one, "OFF")).await?
    } else {
        let connection = Database::connect(pooled(url, one)).await?;
        connection.execute_unprepared(&format!("SELECT pg_advisory_lock({MIGRATION_LOCK})")).await?;
        connection
    };
    let pending = Migrator::get_pending_migrations(&connection).await?.len();
    let mut applied = Migrator::up(&connection, None).await;
    for _ in 0..100 {
        // SQLite has no lock for this: where another server that starts now was faster, what it applied is found applied.
        if applied.is_ok() || connection.get_database_backend() == DbBackend::Postgres {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        applied = Migrator::up(&connection, None).await;
    }
    applied?;
    connection.close().await?;
    Ok(pending)
}

/// Finds out whether there is a database at all. A pool would try for seconds and then say that time is up; this says at once
/// why not. A SQLite file that does not exist is made, for its owner alone: SQLite gives the files beside it the same mode.
async fn reach(url: &str) -> Result<(), DbErr> {
    let reached = async {
        if !url.starts_with("sqlite:") {
            return url.parse::<PgConnectOptions>()?.connect().await?.close().await;
        }
        let file = url.parse::<SqliteConnectOptions>()?.get_filename().to_owned();
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(file)?;
        Ok(())
    };
    let reached: Result<(), sqlx::Error> = reached.await;
    reached.map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error))))
}

fn pooled(url: &str, size: PoolSize) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options.max_connections(size.most).min_connections(size.least).acquire_timeout(WAIT).sqlx_logging(false);
    options
}

fn sqlite(url: &str, size: PoolSize, query_only: &'static str) -> ConnectOptions {
    let mut options = pooled(url, size);
    options.map_sqlx_sqlite_opts(move |options| {
        options
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // An acknowledged write survives a power cut.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .pragma("query_only", query_only)
            // What is erased is not to be found in the file either.
            .pragma("secure_delete", "on")
            .busy_timeout(WAIT)
    });
    options
}

/// Longer after each attempt, and never the same for two that collided.
fn pause(attempt: u32) -> Duration {
    let most = 2_u64 << attempt.min(7);
    let random = getrandom::u64().unwrap_or_default();
    Duration::from_micros(random % (most * 1000))
}
