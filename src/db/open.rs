//! How connections are made, and migrations.

use std::{fs::OpenOptions, path::Path, sync::Arc, time::Duration};

use migration::{Migrator, MigratorTrait};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, RuntimeErr, SqlxPostgresConnector, SqlxSqliteConnector,
    sqlx::{
        self, ConnectOptions as _, Connection, Executor, Pool,
        pool::{PoolConnectionMetadata, PoolOptions},
        postgres::{PgConnectOptions, PgSslMode},
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
    },
};

use super::{Files, Pools, STATEMENT_TIMEOUT, WAIT};

/// A connection that did nothing for so long is asked for a sign of life before it is used.
const IDLE: Duration = Duration::from_secs(10);
/// How long a sign of life may take.
const SIGN_OF_LIFE: Duration = Duration::from_secs(2);
/// The number of the lock that whoever migrates holds; any, as long as it is always the same.
const MIGRATION_LOCK: i64 = 0x0DA1_B00C;

/// What PostgreSQL is told about each connection.
///
/// A server that is stopped in the middle of a transaction would keep its locks for as long as it sleeps, so PostgreSQL ends a
/// transaction that is idle. Those of its transactions that wait for the same lock would each get it in turn and sleep as well,
/// so nobody waits for a lock longer than two seconds at once: others are held up for five seconds at most. And it looks whether the server at the other end is still there, so that one that lost its
/// network does not keep them either. (Those that begin with `tcp` are ignored on a local socket.)
const POSTGRES_SETTINGS: [(&str, &str); 6] = [
    ("idle_in_transaction_session_timeout", "3s"),
    ("lock_timeout", "2s"),
    ("tcp_keepalives_idle", "5"),
    ("tcp_keepalives_interval", "2"),
    ("tcp_keepalives_count", "3"),
    ("tcp_user_timeout", "10s"),
];

/// How many connections to keep.
#[derive(Clone, Copy, Debug)]
pub struct PoolSize {
    /// The most connections open at once.
    pub most: u32,
    /// How many stay open when there is nothing to do.
    pub least: u32,
}

/// Opens the pools of a database.
pub(super) async fn pools(url: &str, size: PoolSize) -> Result<Pools, DbErr> {
    reach(url).await?;
    pools_of(url, size).await.map_err(connection_error)
}

async fn pools_of(url: &str, size: PoolSize) -> Result<Pools, sqlx::Error> {
    if !url.starts_with("sqlite:") {
        let options = postgres(url)?
            .options([("statement_timeout", STATEMENT_TIMEOUT.as_millis().to_string())])
            .options(POSTGRES_SETTINGS);
        return Ok(Pools::Postgres(pool(size).connect_with(options).await?));
    }
    let options = sqlite(url)?;
    let files = Arc::new(Files::of(options.get_filename())?);
    let opened = files.clone();
    let write =
        pool(PoolSize { most: 1, least: 1 }).after_connect(move |connection: &mut sqlx::SqliteConnection, _| {
            let files = opened.clone();
            Box::pin(async move {
                // The first look at the database opens its log.
                connection.execute("SELECT count(*) FROM sqlite_schema").await?;
                files.note_log();
                Ok(())
            })
        });
    let write = write.connect_with(options.clone()).await?;
    let read = pool(size).connect_with(options.pragma("query_only", "ON")).await?;
    Ok(Pools::Sqlite { read, write, files })
}

/// A pool that gives out connections only outside of a transaction.
fn pool<DB: sqlx::Database>(size: PoolSize) -> PoolOptions<DB> {
    PoolOptions::new()
        .max_connections(size.most)
        .min_connections(size.least)
        .acquire_timeout(WAIT)
        .test_before_acquire(false)
        .before_acquire(|connection: &mut DB::Connection, PoolConnectionMetadata { idle_for, .. }| {
            Box::pin(async move {
                if connection.is_in_transaction() {
                    tracing::error!("a connection was in a transaction when it was taken from the pool");
                    return Ok(false);
                }
                // A dead connection may never answer.
                let alive = async { tokio::time::timeout(SIGN_OF_LIFE, connection.ping()).await };
                Ok(idle_for < IDLE || matches!(alive.await, Ok(Ok(()))))
            })
        })
}

fn postgres(url: &str) -> Result<PgConnectOptions, sqlx::Error> {
    let options = url.parse::<PgConnectOptions>()?.application_name("daybook").disable_statement_logging();
    Ok(match options.get_ssl_mode() {
        // sqlx would not try TLS at all, and a server that demands it would be out of reach.
        PgSslMode::Allow => options.ssl_mode(PgSslMode::Prefer),
        _ => options,
    })
}

fn sqlite(url: &str) -> Result<SqliteConnectOptions, sqlx::Error> {
    Ok(url
        .parse::<SqliteConnectOptions>()?
        .disable_statement_logging()
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // An acknowledged write survives a power cut.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        // What is erased is not to be found in the file either.
        .pragma("secure_delete", "on")
        // After a long download the log shrinks again.
        .pragma("journal_size_limit", "67108864")
        // A damaged page is noticed when it is read.
        .pragma("cell_size_check", "on")
        .busy_timeout(WAIT))
}

/// Applies the migrations that a database does not have yet, over a connection of its own without a time limit. Of two
/// that do so at once on PostgreSQL, the second waits for the first.
///
/// # Errors
/// When the database cannot be opened or a migration fails; those before it stay applied.
pub async fn migrate(url: &str) -> Result<usize, DbErr> {
    reach(url).await?;
    let connection = single(url).await.map_err(connection_error)?;
    if connection.get_database_backend() == DbBackend::Postgres {
        connection.execute_unprepared(&format!("SELECT pg_advisory_lock({MIGRATION_LOCK})")).await?;
    }
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

/// A single connection of SeaORM's own kind, which migrations need.
async fn single(url: &str) -> Result<DatabaseConnection, sqlx::Error> {
    fn one<DB: sqlx::Database>() -> PoolOptions<DB> {
        PoolOptions::new().max_connections(1).min_connections(1).acquire_timeout(WAIT)
    }
    if url.starts_with("sqlite:") {
        let pool: Pool<sqlx::Sqlite> = one().connect_with(sqlite(url)?).await?;
        return Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool));
    }
    let pool: Pool<sqlx::Postgres> = one().connect_with(postgres(url)?).await?;
    Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool))
}

/// Finds out whether there is a database at all. A pool would try for seconds and then say that time is up; this says at once
/// why not. A SQLite file that does not exist is made, for its owner alone: SQLite gives the files beside it the same mode.
async fn reach(url: &str) -> Result<(), DbErr> {
    let reached = async {
        if !url.starts_with("sqlite:") {
            return postgres(url)?.connect().await?.close().await;
        }
        Ok(create(sqlite(url)?.get_filename())?)
    };
    reached.await.map_err(connection_error)
}

fn create(file: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop)
}

fn connection_error(error: sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error)))
}
