//! Snapshots: all statements see the data of one moment, whatever others write meanwhile.
//!
//! A single statement sees the data of one moment by itself. So who expects to need one statement reads without a snapshot, and
//! begins again with one when a second statement comes.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement};
use tokio::sync::OnceCell;

use super::{
    acquire,
    database::{Db, RETRIES},
    read,
    session::Session,
    transaction::Transaction,
};
use crate::{
    cancel::shield,
    error::{Result, db_error::is_lost_connection},
};

/// A snapshot that is opened by its first statement. Then it holds a connection until its last clone is dropped.
#[derive(Clone)]
pub struct Snapshot {
    db: Db,
    /// Whether it refuses all statements but the first, for which it opens nothing.
    is_for_one: bool,
    opened: Arc<OnceCell<Transaction>>,
    is_missing: Arc<AtomicBool>,
    statements: Arc<AtomicUsize>,
}

/// Leaves PostgreSQL the index of the key and loops over it.
const BY_KEYS: &str = "SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_hashjoin = off; \
                       SET LOCAL enable_mergejoin = off; SET LOCAL max_parallel_workers_per_gather = 0";

/// How much of a SQLite file it keeps in memory: 64 MiB. With SQLite's 2 MiB it reads most pages again and again. Not by a memory
/// map: a mapped page is checked whenever it is looked at (`cell_size_check`), and one that cannot be read ends the program.
const LARGE_CACHE: &str = "PRAGMA cache_size = -65536";

impl Db {
    /// A read-only snapshot of the moment at which it is read from for the first time.
    #[must_use]
    pub fn snapshot_on_demand(&self) -> Snapshot {
        let (opened, is_missing, statements) = Default::default();
        Snapshot { db: self.clone(), is_for_one: false, opened, is_missing, statements }
    }

    /// A source for one statement. It refuses the others.
    #[must_use]
    pub fn one_statement(&self) -> Snapshot {
        Snapshot { is_for_one: true, ..self.snapshot_on_demand() }
    }

    /// Opens a read-only snapshot. It holds a connection until it is dropped.
    ///
    /// # Errors
    /// `TRY_AGAIN` when no connection is free.
    pub async fn snapshot(&self) -> Result<Transaction> {
        Ok(self.begin_snapshot().await?)
    }

    /// Opens a snapshot for somebody who reads whole tables page by page in the order of a key.
    ///
    /// PostgreSQL is told to follow the index of the key. Where it expects few rows behind a page, it would read and sort all that
    /// are left for each page.
    ///
    /// # Errors
    /// `TRY_AGAIN` when no connection is free.
    pub async fn snapshot_by_keys(&self) -> Result<Transaction> {
        if self.backend() == DbBackend::Sqlite {
            let snapshot = self.begin(Session::for_many).await?;
            snapshot.execute_unprepared(LARGE_CACHE).await?;
            return Ok(snapshot);
        }
        let snapshot = self.begin_snapshot().await?;
        snapshot.execute_unprepared(BY_KEYS).await?;
        Ok(snapshot)
    }

    async fn begin_snapshot(&self) -> Result<Transaction, DbErr> {
        self.begin(|session| session).await
    }

    async fn begin(&self, prepare: fn(Session) -> Session) -> Result<Transaction, DbErr> {
        let mut retries = RETRIES;
        loop {
            let mut session = prepare(acquire::reader(&self.shared, self.read.purpose).await?);
            let begun = shield(session.begin(match self.backend() {
                DbBackend::Sqlite => "BEGIN",
                // A read-only transaction holds no lock that others wait for, so it may stay idle for long, as it does when
                // nobody reads the output of `daybook verify`.
                _ => {
                    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; \
                     SET LOCAL idle_in_transaction_session_timeout = '60s'; SAVEPOINT start"
                }
            }))
            .await;
            match begun {
                Ok(()) => return Ok(Transaction::new(self.backend(), session)),
                Err(error) if !is_lost_connection(&error) => return Err(error),
                Err(_) if retries > 0 => retries -= 1,
                Err(error) => return Err(read::unreachable(&error)),
            }
        }
    }
}

impl Snapshot {
    /// Whether it was needed and could not be opened, so that nothing was read.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        self.is_missing.load(Ordering::Relaxed) && !self.opened.initialized()
    }

    /// How many statements were asked for.
    #[must_use]
    pub fn statements(&self) -> usize {
        self.statements.load(Ordering::Relaxed)
    }

    /// Whether statements were refused, because it is for one only.
    #[must_use]
    pub fn is_too_little(&self) -> bool {
        self.is_for_one && self.statements() > 1
    }

    /// What the next statement is run on: the connection of the snapshot or, when it is the only one, any connection.
    async fn next(&self) -> Result<Option<&Transaction>, DbErr> {
        let before = self.statements.fetch_add(1, Ordering::Relaxed);
        if self.is_for_one {
            return if before == 0 { Ok(None) } else { Err(DbErr::Custom("a second statement".to_owned())) };
        }
        let opened = self.opened.get_or_try_init(|| self.db.begin_snapshot()).await;
        if opened.is_err() {
            self.is_missing.store(true, Ordering::Relaxed);
        }
        opened.map(Some)
    }

    /// Notes whether there was a connection for the only statement.
    fn note<T>(&self, done: Result<T, DbErr>) -> Result<T, DbErr> {
        if matches!(done, Err(DbErr::ConnectionAcquire(_))) {
            self.is_missing.store(true, Ordering::Relaxed);
        }
        done
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Snapshot {
    fn get_database_backend(&self) -> DbBackend {
        self.db.backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        match self.next().await? {
            Some(transaction) => transaction.execute_raw(statement).await,
            None => self.note(self.db.read().execute_raw(statement).await),
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        match self.next().await? {
            Some(transaction) => transaction.execute_unprepared(sql).await,
            None => self.note(self.db.read().execute_unprepared(sql).await),
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match self.next().await? {
            Some(transaction) => transaction.query_one_raw(statement).await,
            None => self.note(self.db.read().query_one_raw(statement).await),
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match self.next().await? {
            Some(transaction) => transaction.query_all_raw(statement).await,
            None => self.note(self.db.read().query_all_raw(statement).await),
        }
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot").finish_non_exhaustive()
    }
}
