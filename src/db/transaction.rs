//! [`Transaction`]: the connection type that runs statements inside one open transaction.

use std::{fmt, sync::Arc};

use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement};
use tokio::sync::Mutex;

use super::session::Session;
use crate::cancel::shield;

/// An open transaction: one to write in, or a snapshot to read from. It holds a connection until its last clone is dropped.
///
/// It is shared through clones rather than borrowed, because the compiler cannot yet prove that the future of a closure that
/// borrows it is `Send` (rust-lang/rust#110338).
#[derive(Clone)]
pub struct Transaction {
    backend: DbBackend,
    session: Arc<Mutex<Session>>,
}

impl Transaction {
    pub(super) fn new(backend: DbBackend, session: Session) -> Self {
        Self { backend, session: Arc::new(Mutex::new(session)) }
    }

    /// Gives the connection back. `None` when a clone still exists.
    pub(super) fn into_session(self) -> Option<Session> {
        Arc::into_inner(self.session).map(Mutex::into_inner)
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        self.backend
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let mut session = self.session.lock().await;
        shield(session.execute(&statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let mut session = self.session.lock().await;
        shield(session.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let mut session = self.session.lock().await;
        shield(session.query_one(&statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let mut session = self.session.lock().await;
        shield(session.query_all(&statement)).await
    }
}

impl fmt::Debug for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction").finish_non_exhaustive()
    }
}
