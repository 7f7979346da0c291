//! Opening connections, with the settings that each database needs, and applying migrations.

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

use super::{
    acquire::parked::{Parked, is_fit},
    limits::StatementClock,
    options::{Options, PoolSize},
    shared::{Pools, WAIT},
    trust::Files,
};

/// How much of a SQLite file the connection that writes keeps in memory, in KiB (written negative). With SQLite's 2 MiB it reads
/// pages of the larger indexes again in each transaction.
const WRITER_CACHE: &str = "-32768";
/// After how many pages SQLite copies its log into the database: 16 MiB. Pages that are written again and again, as those of the
/// indexes are, are copied once. With SQLite's 1000 pages each large batch of wallet operations copied what it had just written.
const LOG_PAGES: &str = "4096";
/// How many rows of a query SQLite may be ahead of who takes them. An answer is kept as a whole anyway.
const ROWS: usize = 4096;
/// The number of PostgreSQL's advisory lock that is held while migrating. Any number will do, as long as it never changes.
const MIGRATION_LOCK: i64 = 0x0DA1_B00C;

/// The PostgreSQL settings of each connection. They limit how long a server that has stopped responding can block the others.
///
/// | setting | protects against |
/// |---|---|
/// | `idle_in_transaction_session_timeout` | a server that is paused in the middle of a transaction and would keep its locks for as long as the pause lasts |
/// | `lock_timeout` | a paused server with several transactions that wait for the same lock: each would get the lock in turn, and hold it while paused |
/// | `tcp_*` | a server that lost its network, whose transactions PostgreSQL would otherwise keep open; ignored on a local socket |
///
/// With the first two, a paused server blocks the others for five seconds at most.
const POSTGRES_SETTINGS: [(&str, &str); 6] = [
    ("idle_in_transaction_session_timeout", "3s"),
    ("lock_timeout", "2s"),
    ("tcp_keepalives_idle", "5"),
    ("tcp_keepalives_interval", "2"),
    ("tcp_keepalives_count", "3"),
    ("tcp_user_timeout", "10s"),
];

/// The PostgreSQL settings by which each connection of a pool reads rows by their keys, in their order. Every request reads a few
/// rows of large tables, and a plan must not depend on what PostgreSQL believes of them: after an import it may be wrong for
/// minutes, and of what one customer has it knows nothing. Then it reads whole tables, also by several processes at once, or
/// sorts all that a customer has for the first page of it.
///
/// A table without an index for a condition is read whole all the same.
const KEYS_ONLY: [(&str, &str); 6] = [
    ("enable_seqscan", "off"),
    ("enable_bitmapscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("max_parallel_workers_per_gather", "0"),
    ("jit", "off"),
];

/// The PostgreSQL settings of the connection that does wallet operations. Its statements are few, so that their plans, which do not
/// depend on values, are made once.
const PLANS_KEPT: [(&str, &str); 1] = [("plan_cache_mode", "force_generic_plan")];

/// Opens the pools of a database. Fails at once, with the reason, when the database cannot be reached.
pub(super) async fn pools(url: &str, options: &Options) -> Result<Pools, DbErr> {
    reach(url).await?;
    pools_of(url, options).await.map_err(connection_error)
}

async fn pools_of(
    url: &str,
    &Options { pool: size, statement_limit, notify, .. }: &Options,
) -> Result<Pools, sqlx::Error> {
    if !url.starts_with("sqlite:") {
        let options = postgres(url)?
            .options([("statement_timeout", statement_limit.as_millis().to_string())])
            .options(POSTGRES_SETTINGS)
            .options(KEYS_ONLY);
        // Opened by whoever uses it first, since a connection belongs to the runtime that opened it.
        let writer = pool(PoolSize { most: 1, least: 0 }).connect_lazy_with(options.clone().options(PLANS_KEPT));
        // One connection listens, and the other one tells.
        let news = notify.then(|| pool(PoolSize { most: 2, least: 0 }).connect_lazy_with(options.clone()));
        let pool = Parked::new(pool(size).connect_with(options).await?);
        return Ok(Pools::Postgres { pool, writer: Parked::new(writer), news });
    }
    let options = sqlite(url)?;
    let files = Arc::new(Files::of(options.get_filename())?);
    let write_clock = StatementClock::new();
    let (opened, clock) = (files.clone(), write_clock.clone());
    let write =
        pool(PoolSize { most: 1, least: 1 }).after_connect(move |connection: &mut sqlx::SqliteConnection, _| {
            let (files, clock) = (opened.clone(), clock.clone());
            Box::pin(async move {
                clock.install(connection).await?;
                // SQLite opens its log only at the first read.
                connection.execute("SELECT count(*) FROM sqlite_schema").await?;
                files.note_log();
                Ok(())
            })
        });
    let write =
        write.connect_with(options.clone().pragma("cache_size", WRITER_CACHE).pragma("wal_autocheckpoint", LOG_PAGES));
    let write = Parked::new(write.await?);
    let read = Parked::new(pool(size).connect_with(options.pragma("query_only", "ON")).await?);
    Ok(Pools::Sqlite { read, write, write_clock, files })
}

/// A pool that hands out no dead connection.
fn pool<DB: sqlx::Database>(size: PoolSize) -> PoolOptions<DB> {
    PoolOptions::new()
        .max_connections(size.most)
        .min_connections(size.least)
        .acquire_timeout(WAIT)
        .test_before_acquire(false)
        .before_acquire(|connection: &mut DB::Connection, PoolConnectionMetadata { idle_for, .. }| {
            Box::pin(async move { Ok(is_fit(connection, idle_for).await) })
        })
}

fn postgres(url: &str) -> Result<PgConnectOptions, sqlx::Error> {
    let options = url.parse::<PgConnectOptions>()?.application_name("daybook").disable_statement_logging();
    Ok(match options.get_ssl_mode() {
        // For `allow`, sqlx would never try TLS, so it could not connect to a server that requires TLS.
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
        // With `Full`, a write that was acknowledged survives a power cut.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        // Deleted data is overwritten, so that nobody can find it in the file.
        .pragma("secure_delete", "on")
        // A log that grew is cut to this size when SQLite begins it anew. In bytes.
        .pragma("journal_size_limit", "16777216")
        // A damaged page is detected when it is read.
        .pragma("cell_size_check", "on")
        .busy_timeout(WAIT)
        // So that SQLite goes on reading while somebody takes the rows that it has read.
        .row_buffer_size(ROWS))
}

/// Applies the pending migrations, over a connection of its own without a statement timeout. Returns how many were pending.
/// When two programs do this at once on PostgreSQL, the second waits for the first.
///
/// # Errors
/// When the database cannot be opened, or when a migration fails. The migrations before the failed one stay applied.
pub async fn migrate(url: &str) -> Result<usize, DbErr> {
    reach(url).await?;
    let connection = single(url).await.map_err(connection_error)?;
    if connection.get_database_backend() == DbBackend::Postgres {
        connection.execute_unprepared(&format!("SELECT pg_advisory_lock({MIGRATION_LOCK})")).await?;
    }
    let pending = Migrator::get_pending_migrations(&connection).await?.len();
    let mut applied = Migrator::up(&connection, None).await;
    for _ in 0..100 {
        // SQLite has no advisory lock. When another program that starts now applies the same migrations first, this attempt
        // fails, and a later one finds them applied.
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

/// A single connection of SeaORM's own type, which the migration library requires.
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

/// Checks that the database can be reached. A pool would retry for seconds and then report only a timeout; this reports the
/// reason at once. A SQLite file that does not exist is created, readable by its owner only; SQLite gives the files beside it
/// the same mode.
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

pub(super) fn connection_error(error: sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error)))
}
