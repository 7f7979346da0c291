//! Reading: each statement over any free connection.

use std::{fmt, sync::Arc};

use sea_orm::{ConnAcquireErr, ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement};

use super::{
    acquire::{self, Purpose},
    session::Session,
    shared::Shared,
};
use crate::{cancel::shield, error::db_error};

/// How many times a statement is retried when its connection turns out to be dead. After the database was restarted, a pool may
/// hold several dead connections.
const RETRIES: usize = 20;

/// The pool for reading. Each statement uses a connection of its own.
#[derive(Clone)]
pub struct Pool {
    pub(super) shared: Arc<Shared>,
    pub(super) purpose: Purpose,
}

impl Pool {
    /// Returns the first row of a query that may take any time on SQLite.
    pub(super) async fn query_one_unlimited(&self, statement: &Statement) -> Result<Option<QueryResult>, DbErr> {
        self.run(|session| async move { session.unlimited().query_one(statement).await }).await
    }

    /// Runs one read. Since no transaction is open, a read whose connection was lost can be repeated over another connection.
    async fn run<T, F>(&self, work: impl Fn(Session) -> F) -> Result<T, DbErr>
    where
        F: Future<Output = Result<T, DbErr>>,
    {
        let mut retries = RETRIES;
        loop {
            let session = acquire::reader(&self.shared, self.purpose).await?;
            match shield(work(session)).await {
                Err(error) if !db_error::is_lost_connection(&error) => return Err(error),
                Err(_) if retries > 0 => retries -= 1,
                Err(error) => return Err(unreachable(&error)),
                read => return read,
            }
        }
    }
}

/// Converts a lost connection into the error that becomes a `TRY_AGAIN` refusal, and logs it.
pub(super) fn unreachable(error: &DbErr) -> DbErr {
    tracing::warn!(%error, "the connection to the database was lost during a read");
    DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed)
}

#[async_trait::async_trait]
impl ConnectionTrait for Pool {
    fn get_database_backend(&self) -> DbBackend {
        self.shared.backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let statement = &statement;
        self.run(|mut session| async move { session.execute(statement).await }).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.run(|mut session| async move { session.execute_unprepared(sql).await }).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let statement = &statement;
        self.run(|mut session| async move { session.query_one(statement).await }).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let statement = &statement;
        self.run(|mut session| async move { session.query_all(statement).await }).await
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pool").field(&self.shared.backend()).finish()
    }
}
