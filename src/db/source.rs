//! [`Read`]: the source that a query reads from.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement};

use super::{read::Pool, snapshot::Snapshot};

/// The source that a query reads from.
#[derive(Clone, Debug)]
pub enum Read {
    /// The current data: each statement sees what is committed when it starts.
    Now(Pool),
    /// The data of the moment of the first statement.
    Snapshot(Snapshot),
}

#[async_trait::async_trait]
impl ConnectionTrait for Read {
    fn get_database_backend(&self) -> DbBackend {
        match self {
            Self::Now(pool) => pool.get_database_backend(),
            Self::Snapshot(snapshot) => snapshot.get_database_backend(),
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        match self {
            Self::Now(pool) => pool.execute_raw(statement).await,
            Self::Snapshot(snapshot) => snapshot.execute_raw(statement).await,
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        match self {
            Self::Now(pool) => pool.execute_unprepared(sql).await,
            Self::Snapshot(snapshot) => snapshot.execute_unprepared(sql).await,
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match self {
            Self::Now(pool) => pool.query_one_raw(statement).await,
            Self::Snapshot(snapshot) => snapshot.query_one_raw(statement).await,
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match self {
            Self::Now(pool) => pool.query_all_raw(statement).await,
            Self::Snapshot(snapshot) => snapshot.query_all_raw(statement).await,
        }
    }
}
