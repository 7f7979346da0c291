//! Copies of a SQLite database: makes a copy while others write, checks a copy, and locks a database that is about to be
//! replaced.
//!
//! Owns the SQL behind `daybook backup` and `daybook restore`. Every function opens a connection of its own, outside the pools
//! of [`crate::db`]. Nothing here changes data of the source, and nothing here decides which file is replaced: the commands do.

use std::{fmt, path::Path, time::Duration};

use migration::{Migrator, MigratorTrait};
use sea_orm::sqlx::{
    self, ConnectOptions, Connection, SqliteConnection, query, query_scalar,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode},
};

/// How long to wait for the lock of the database that is copied. Another process may be recovering it after a crash.
const WAIT: Duration = Duration::from_secs(8);
/// How long to wait for the lock of the database that is replaced. Nobody may have it open, so a longer wait would be useless.
const LOCK_WAIT: Duration = Duration::from_millis(200);

/// The contents of a checked copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contents {
    /// The number of journal entries.
    pub entries: i64,
    /// The number of postings.
    pub postings: i64,
    /// The number of migrations that this program would still apply.
    pub pending_migrations: usize,
}

/// Why a database cannot be copied or replaced. The text continues a sentence that begins with the name of the file.
#[derive(Debug)]
pub enum CopyError {
    /// The file is not a database, or the database of another program.
    NotDaybook,
    /// Pages, rows or references contradict each other.
    Damaged(String),
    /// The database has a migration that this program does not know, so a newer program made it.
    Newer(String),
    /// Another process has the database open.
    InUse,
    /// The database to be replaced has users; their number.
    HasUsers(i64),
    /// Anything else that SQLite reports, such as a full disk.
    Sqlite(sqlx::Error),
}

/// The result of working on a copy.
pub type Result<T> = std::result::Result<T, CopyError>;

/// Copies a database into an empty file, while others may write to the database. The copy is a snapshot: it holds every
/// transaction that was committed before the call, and no part of any uncommitted one.
///
/// Copying the file's bytes instead would miss what is still in the write-ahead log, and could mix pages of different moments.
///
/// # Errors
/// When the database cannot be read or the copy cannot be written.
pub async fn copy(database: &Path, into: &Path) -> Result<()> {
    // Nothing is written to the source. But a read-only connection would leave behind the write-ahead log that it creates where
    // no server is running.
    let options = SqliteConnectOptions::new().filename(database).busy_timeout(WAIT);
    let mut connection = options.disable_statement_logging().connect().await?;
    // No transaction of ours is needed: the statement itself reads from one snapshot.
    let copied = query("VACUUM INTO ?").bind(into.to_string_lossy()).execute(&mut connection).await;
    connection.close().await?;
    copied?;
    Ok(())
}

/// Checks a copy that no other process uses: that it is a Daybook database that this program understands, that its pages and
/// indexes are sound, and that all references point to existing rows. Turns the copy into a single file without a write-ahead
/// log.
///
/// # Errors
/// The first problem found.
pub async fn check(copy: &Path) -> Result<Contents> {
    let options = SqliteConnectOptions::new().filename(copy).journal_mode(SqliteJournalMode::Delete);
    let mut connection = options.disable_statement_logging().connect().await?;
    let checked = contents(&mut connection).await;
    connection.close().await?;
    checked
}

async fn contents(connection: &mut SqliteConnection) -> Result<Contents> {
    // This must run before any table is read: in a damaged database, reading a table may fail with a misleading error.
    let pages: String = query_scalar("PRAGMA integrity_check(1)").fetch_one(&mut *connection).await?;
    if pages != "ok" {
        return Err(CopyError::Damaged(pages.replace('\n', " ")));
    }
    let pending_migrations = pending_migrations(connection).await?;
    if let Some(row) = query("PRAGMA foreign_key_check").fetch_optional(&mut *connection).await? {
        let table: String = sqlx::Row::try_get(&row, 0)?;
        return Err(CopyError::Damaged(format!("a row of the table {table} refers to one that is not there")));
    }
    let entries = query_scalar("SELECT COUNT(*) FROM journal_entry").fetch_one(&mut *connection).await?;
    let postings = query_scalar("SELECT COUNT(*) FROM posting").fetch_one(connection).await?;
    Ok(Contents { entries, postings, pending_migrations })
}

/// The number of migrations that a database lacks. Refuses a database with migrations that this program does not know.
async fn pending_migrations(connection: &mut SqliteConnection) -> Result<usize> {
    let tables = tables(connection).await?;
    let is_daybook = ["seaql_migrations", "user", "journal_entry", "posting"].iter().all(|name| has(&tables, name));
    if !is_daybook {
        return Err(CopyError::NotDaybook);
    }
    let applied: Vec<String> =
        query_scalar("SELECT version FROM seaql_migrations ORDER BY version").fetch_all(connection).await?;
    let known = Migrator::migrations();
    let is_known = |version: &String| known.iter().any(|migration| migration.name() == version);
    match applied.iter().find(|version| !is_known(version)) {
        Some(unknown) => Err(CopyError::Newer(unknown.clone())),
        None => Ok(known.len().saturating_sub(applied.len())),
    }
}

async fn tables(connection: &mut SqliteConnection) -> Result<Vec<String>> {
    let names = "SELECT name FROM sqlite_schema WHERE type = 'table'";
    Ok(query_scalar(names).fetch_all(connection).await?)
}

fn has(tables: &[String], name: &str) -> bool {
    tables.iter().any(|table| table == name)
}

/// A database that is about to be replaced: it has no users, and it is locked.
#[derive(Debug)]
pub struct Locked(SqliteConnection);

impl Locked {
    /// Locks a database that no other process has open and that has no users. Its data is not changed.
    ///
    /// # Errors
    /// When the database is in use, has users, or belongs to another program.
    pub async fn lock(database: &Path) -> Result<Self> {
        // In exclusive locking mode with a write-ahead log, the first read takes the exclusive lock of the file and keeps it.
        // Any other open connection, even an idle one in a pool, holds a shared lock, so this fails while a server is running.
        let options = SqliteConnectOptions::new().filename(database).locking_mode(SqliteLockingMode::Exclusive);
        let options = options.busy_timeout(LOCK_WAIT).disable_statement_logging();
        let mut locked = Self(options.connect().await?);
        match locked.require_no_users().await {
            Ok(()) => Ok(locked),
            Err(error) => {
                locked.unlock().await?;
                Err(error)
            }
        }
    }

    async fn require_no_users(&mut self) -> Result<()> {
        let tables = tables(&mut self.0).await?;
        if tables.is_empty() {
            return Ok(());
        }
        if !has(&tables, "user") || !has(&tables, "seaql_migrations") {
            return Err(CopyError::NotDaybook);
        }
        let users = query_scalar("SELECT COUNT(*) FROM \"user\"").fetch_one(&mut self.0).await?;
        if users > 0 { Err(CopyError::HasUsers(users)) } else { Ok(()) }
    }

    /// Moves the contents of the write-ahead log into the database and removes the log. A log left beside the file that
    /// replaces this one would be applied to it by SQLite. The database stays locked until [`Self::unlock`].
    ///
    /// # Errors
    /// When another process has the database open.
    pub async fn remove_log(&mut self) -> Result<()> {
        query("PRAGMA journal_mode = DELETE").execute(&mut self.0).await?;
        // Without a write-ahead log, only a transaction holds the lock. Nothing is written in it, and closing the connection
        // ends it.
        query("BEGIN EXCLUSIVE").execute(&mut self.0).await?;
        Ok(())
    }

    /// Closes the connection, which releases the lock.
    ///
    /// # Errors
    /// When the connection cannot be closed.
    pub async fn unlock(self) -> Result<()> {
        Ok(self.0.close().await?)
    }
}

impl From<sqlx::Error> for CopyError {
    fn from(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
        // The low byte of an extended code is the primary code.
        match code.and_then(|code| code.parse::<u32>().ok()).map(|code| code & 0xFF) {
            Some(SQLITE_BUSY) => Self::InUse,
            Some(SQLITE_NOTADB) => Self::NotDaybook,
            Some(SQLITE_CORRUPT) => Self::Damaged(message(&error)),
            _ => Self::Sqlite(error),
        }
    }
}

const SQLITE_BUSY: u32 = 5;
const SQLITE_CORRUPT: u32 = 11;
const SQLITE_NOTADB: u32 = 26;

fn message(error: &sqlx::Error) -> String {
    error.as_database_error().map_or_else(|| error.to_string(), |error| error.message().to_owned())
}

impl fmt::Display for CopyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotDaybook => f.write_str("is not a Daybook database"),
            Self::Damaged(what) => write!(f, "is damaged: {what}"),
            Self::Newer(version) => {
                write!(f, "was made by a newer Daybook: this one does not know its migration {version:?}")
            }
            Self::InUse => f.write_str("is in use: a server or another program has it open"),
            Self::HasUsers(1) => f.write_str("has data: 1 user is registered in it"),
            Self::HasUsers(users) => write!(f, "has data: {users} users are registered in it"),
            Self::Sqlite(error) => write!(f, "cannot be read or written: {}", message(error)),
        }
    }
}
