//! Copies of a SQLite database: makes one while others write, checks one, and locks the database that one is to replace.
//!
//! Owns the SQL behind `daybook backup` and `daybook restore`. Every function works over a connection of its own, beside the
//! pools of [`crate::db`]. Nothing here changes data of a source, and nothing here decides which file is replaced: the
//! commands do.

use std::{fmt, path::Path, time::Duration};

use migration::{Migrator, MigratorTrait};
use sea_orm::sqlx::{
    self, ConnectOptions, Connection, SqliteConnection, query, query_scalar,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode},
};

/// How long to wait for the lock of a database that is copied: another process may be recovering it.
const WAIT: Duration = Duration::from_secs(8);
/// How long to wait for the lock of a database that is replaced: nobody may have it, so there is little to wait for.
const LOCK_WAIT: Duration = Duration::from_millis(200);

/// What a checked copy holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contents {
    /// How many journal entries.
    pub entries: i64,
    /// How many postings.
    pub postings: i64,
    /// How many migrations of this program are not applied to it yet.
    pub pending_migrations: usize,
}

/// Why a database cannot be copied or replaced. The text continues a sentence that begins with the name of a file.
#[derive(Debug)]
pub enum CopyError {
    /// It is another kind of file, or a database of something else.
    NotDaybook,
    /// Its pages, rows or references contradict each other.
    Damaged(String),
    /// A newer program made it: it has a migration that this one does not know.
    Newer(String),
    /// Another process has it open.
    InUse,
    /// It is to be replaced and has users.
    HasUsers(i64),
    /// Anything else that SQLite reports, such as a full disk.
    Sqlite(sqlx::Error),
}

/// The result of working on a copy.
pub type Result<T> = std::result::Result<T, CopyError>;

/// Copies a database into an empty file, while others may write to it. The copy is one moment's: it holds every transaction
/// that was committed before the call, and nothing of one that was not.
///
/// A plain copy of the file would lack what is still in the write-ahead log, and could mix pages of several moments.
///
/// # Errors
/// When the database cannot be read or the copy cannot be written.
pub async fn copy(database: &Path, into: &Path) -> Result<()> {
    // Nothing is written to it. A connection for reading only could not remove the log that it leaves where no server runs.
    let options = SqliteConnectOptions::new().filename(database).busy_timeout(WAIT);
    let mut connection = options.disable_statement_logging().connect().await?;
    // Not a transaction of ours: the statement reads from one snapshot by itself.
    let copied = query("VACUUM INTO ?").bind(into.to_string_lossy()).execute(&mut connection).await;
    connection.close().await?;
    copied?;
    Ok(())
}

/// Checks a copy that nobody else uses: that it is a Daybook database which this program understands, that its pages and
/// indexes are sound, and that all references lead somewhere. Makes it a single file, without a write-ahead log.
///
/// # Errors
/// The first thing that is wrong.
pub async fn check(copy: &Path) -> Result<Contents> {
    let options = SqliteConnectOptions::new().filename(copy).journal_mode(SqliteJournalMode::Delete);
    let mut connection = options.disable_statement_logging().connect().await?;
    let checked = contents(&mut connection).await;
    connection.close().await?;
    checked
}

async fn contents(connection: &mut SqliteConnection) -> Result<Contents> {
    // Before anything is read from its tables, which a damaged database may not even have.
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

/// How many migrations a database lacks; refuses one with migrations that this program does not know.
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

/// A database that is about to be replaced: locked, and without users.
#[derive(Debug)]
pub struct Locked(SqliteConnection);

impl Locked {
    /// Locks a database that no other process has open and that has no users yet. Its data is not changed.
    ///
    /// # Errors
    /// When it is in use, has users, or belongs to something other than Daybook.
    pub async fn lock(database: &Path) -> Result<Self> {
        // In this mode, and with a write-ahead log, the first read takes the exclusive lock of the file and keeps it. Every
        // other connection keeps the shared lock for as long as it is open, even one that waits in a pool.
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

    /// Moves what its write-ahead log holds into the database and removes the log, so that no log is left beside the file
    /// that replaces it: SQLite would apply one of another database. Keeps everybody out until [`Self::unlock`].
    ///
    /// # Errors
    /// When another process has it open.
    pub async fn remove_log(&mut self) -> Result<()> {
        query("PRAGMA journal_mode = DELETE").execute(&mut self.0).await?;
        // Nothing is written in it: it holds the lock that there is without a write-ahead log, and ends with the connection.
        query("BEGIN EXCLUSIVE").execute(&mut self.0).await?;
        Ok(())
    }

    /// Lets others open it again.
    ///
    /// # Errors
    /// When it cannot be closed.
    pub async fn unlock(self) -> Result<()> {
        Ok(self.0.close().await?)
    }
}

impl From<sqlx::Error> for CopyError {
    fn from(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
        // Of an extended code, the lowest byte is the primary one.
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
