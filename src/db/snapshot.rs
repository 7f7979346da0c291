//! Snapshots: all statements see the data of one moment, whatever others write meanwhile.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement};
use tokio::sync::OnceCell;

use super::{
    acquire,
    database::{Db, RETRIES},
    read,
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
    opened: Arc<OnceCell<Transaction>>,
    is_missing: Arc<AtomicBool>,
}

impl Db {
    /// A read-only snapshot of the moment at which it is read from for the first time.
    #[must_use]
    pub fn snapshot_on_demand(&self) -> Snapshot {
        Snapshot { db: self.clone(), opened: Arc::default(), is_missing: Arc::default() }
    }

    /// Opens a read-only snapshot. It holds a connection until it is dropped.
    ///
    /// # Errors
    /// `TRY_AGAIN` when no connection is free.
    pub async fn snapshot(&self) -> Result<Transaction> {
        Ok(self.begin_snapshot().await?)
    }

    async fn begin_snapshot(&self) -> Result<Transaction, DbErr> {
        let mut retries = RETRIES;
        loop {
            let mut session = acquire::reader(&self.shared, self.read.purpose).await?;
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

    async fn transaction(&self) -> Result<&Transaction, DbErr> {
        let opened = self.opened.get_or_try_init(|| self.db.begin_snapshot()).await;
        if opened.is_err() {
            self.is_missing.store(true, Ordering::Relaxed);
        }
        opened
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Snapshot {
    fn get_database_backend(&self) -> DbBackend {
        self.db.backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.transaction().await?.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.transaction().await?.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.transaction().await?.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.transaction().await?.query_all_raw(statement).await
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot").finish_non_exhaustive()
    }
}
