//! One connection, and what is known about it.
//!
//! Owns the rule that a connection goes back to its pool only when it is known to be outside of a transaction with nothing under
//! way on it. Whatever else happens to it (a fault, a statement that was dropped half way, a rollback that failed), it is
//! closed, and the database ends what was open on it.
//!
//! Must not: decide what an error means for the user, or try anything again; `db` does.

use std::{io, mem, sync::Arc, time::Duration};

use sea_orm::{
    DbErr, ExecResult, QueryResult, RuntimeErr, Statement,
    sea_query::Values,
    sqlx::{self, AssertSqlSafe, Executor, Postgres, Sqlite, pool::PoolConnection, query_with},
};
use sea_query_sqlx::SqlxValues;

use super::{STATEMENT_TIMEOUT, Shared};
use crate::db_error;

/// How much longer than the database itself this side waits for a statement. After that the connection is taken for dead: the
/// database host is gone, or the network drops everything.
const SILENCE: Duration = Duration::from_secs(4);

/// A connection on loan from a pool.
pub(super) struct Session {
    /// Always there, until it is dropped.
    connection: Option<Pooled>,
    state: State,
    /// Whether it is for writing.
    writes: bool,
    shared: Arc<Shared>,
}

pub(super) enum Pooled {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

/// What is known about a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// No transaction, nothing under way.
    Clean,
    /// In a transaction.
    Open,
    /// In a transaction in which a statement failed, so that it must not be committed.
    Failed,
    /// Something is under way, or went wrong.
    Unknown,
}

/// Why a transaction is not committed, as far as this side can tell.
#[derive(Debug)]
pub(super) enum Uncommitted {
    /// It is rolled back.
    RolledBack(DbErr),
    /// The connection broke before the answer came.
    Unknown(DbErr),
}

/// Does something on the connection of a session, whichever database it is to, and notes what is known about it afterwards.
/// When this is dropped half way, the state stays unknown.
macro_rules! run {
    ($session:expr, $connection:ident => $work:expr) => {{
        let before = mem::replace(&mut $session.state, State::Unknown);
        let done = match &mut $session.connection {
            // SQLite works in this process and cannot fall silent.
            Some(Pooled::Sqlite(connection)) => {
                let $connection = &mut **connection;
                $work.await
            }
            Some(Pooled::Postgres(connection)) => {
                let $connection = &mut **connection;
                unless_silent($work).await
            }
            None => Err(sqlx::Error::WorkerCrashed),
        };
        $session.note(before, done)
    }};
}

impl Session {
    pub(super) fn new(connection: Pooled, writes: bool, shared: Arc<Shared>) -> Self {
        Self { connection: Some(connection), state: State::Clean, writes, shared }
    }

    /// Begins a transaction by a statement such as `BEGIN IMMEDIATE`.
    pub(super) async fn begin(&mut self, statement: &'static str) -> Result<(), DbErr> {
        if self.state != State::Clean {
            return Err(DbErr::Custom(format!("a transaction cannot begin on a connection that is {:?}", self.state)));
        }
        let begun = self.execute_unprepared(statement).await;
        // After a failed BEGIN nobody knows whether there is a transaction.
        self.state = if begun.is_ok() { State::Open } else { State::Unknown };
        begun.map(drop)
    }

    /// Commits the transaction.
    ///
    /// The SQL is sent as it is, since sqlx counts transactions by itself and may count wrongly: where SQLite has rolled back by
    /// itself, `COMMIT` fails, and where a statement failed in PostgreSQL, `COMMIT` rolls back without an error, but then the
    /// state is not open.
    pub(super) async fn commit(mut self) -> Result<(), Uncommitted> {
        if self.state != State::Open {
            let message = format!("a transaction that is {:?} cannot be committed", self.state);
            self.rollback().await;
            return Err(Uncommitted::RolledBack(DbErr::Custom(message)));
        }
        if let Err(error) = self.shared.check_file() {
            return Err(Uncommitted::RolledBack(error));
        }
        let committed = self.execute_unprepared("COMMIT").await;
        self.state = if committed.is_ok() { State::Clean } else { State::Unknown };
        match committed {
            Ok(_) => Ok(()),
            Err(error) if db_error::is_rolled_back(&error) => Err(Uncommitted::RolledBack(error)),
            Err(error) => Err(Uncommitted::Unknown(error)),
        }
    }

    /// Ends the transaction without a trace. When that fails, the connection is closed.
    pub(super) async fn rollback(mut self) {
        if matches!(self.state, State::Open | State::Failed) {
            self.state = State::Unknown;
            self.end().await;
        }
    }

    async fn end(mut self) {
        if self.execute_unprepared("ROLLBACK").await.is_ok() {
            self.state = State::Clean;
        }
    }

    /// Executes a statement that gives no rows.
    pub(super) async fn execute(&mut self, statement: &Statement) -> Result<ExecResult, DbErr> {
        self.shared.observe(statement);
        let done = run!(self, connection => async {
            let query = query_with(AssertSqlSafe(statement.sql.as_str()), values(statement));
            query.execute(connection).await.map(ExecResult::from)
        });
        self.note_progress(&done);
        done.map_err(exec_error)
    }

    /// Executes statements that are not prepared.
    pub(super) async fn execute_unprepared(&mut self, sql: &str) -> Result<ExecResult, DbErr> {
        run!(self, connection => async {
            connection.execute(AssertSqlSafe(sql.to_owned())).await.map(ExecResult::from)
        })
        .map_err(exec_error)
    }

    /// The first row that a statement gives.
    pub(super) async fn query_one(&mut self, statement: &Statement) -> Result<Option<QueryResult>, DbErr> {
        self.shared.observe(statement);
        let done = run!(self, connection => async {
            let query = query_with(AssertSqlSafe(statement.sql.as_str()), values(statement));
            query.fetch_optional(connection).await.map(|row| row.map(QueryResult::from))
        });
        self.note_progress(&done);
        done.map_err(query_error)
    }

    /// All rows that a statement gives.
    pub(super) async fn query_all(&mut self, statement: &Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.shared.observe(statement);
        let done = run!(self, connection => async {
            let query = query_with(AssertSqlSafe(statement.sql.as_str()), values(statement));
            let rows = query.fetch_all(connection).await?;
            Ok(rows.into_iter().map(QueryResult::from).collect())
        });
        self.note_progress(&done);
        done.map_err(query_error)
    }

    /// A statement of a writer that succeeds shows that the database gets something done. Beginning and ending transactions does
    /// not: they succeed where everything in between waits for a lock.
    fn note_progress<T>(&self, done: &Result<T, sqlx::Error>) {
        if self.writes && done.is_ok() {
            self.shared.health.note_progress();
        }
    }

    /// Notes what became of something that was done on the connection when its state was `before`.
    fn note<T>(&mut self, before: State, done: Result<T, sqlx::Error>) -> Result<T, sqlx::Error> {
        self.state = match &done {
            Ok(_) => before,
            Err(error) if db_error::is_of_statement(error) && before == State::Clean => State::Clean,
            Err(error) if db_error::is_of_statement(error) => State::Failed,
            Err(_) => State::Unknown,
        };
        if let Err(error) = &done {
            self.shared.health.note_error(error);
        }
        done
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        match self.state {
            State::Clean => drop(connection),
            State::Unknown => match &mut connection {
                Pooled::Sqlite(connection) => connection.close_on_drop(),
                Pooled::Postgres(connection) => connection.close_on_drop(),
            },
            // Nothing is under way: whoever had it went away between two statements. Where the runtime is shutting down, the
            // rollback is dropped at once, and the connection is closed.
            State::Open | State::Failed => {
                let shared = self.shared.clone();
                let session = Self { connection: Some(connection), state: State::Unknown, shared, ..*self };
                match tokio::runtime::Handle::try_current() {
                    Ok(runtime) => drop(runtime.spawn(session.end())),
                    Err(_) => mem::forget(session),
                }
            }
        }
    }
}

/// Waits for PostgreSQL a little longer than it lets a statement run.
async fn unless_silent<T>(work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    let silent = |_| Err(io::Error::new(io::ErrorKind::TimedOut, "the database did not answer").into());
    tokio::time::timeout(STATEMENT_TIMEOUT + SILENCE, work).await.unwrap_or_else(silent)
}

fn values(statement: &Statement) -> SqlxValues {
    SqlxValues(statement.values.clone().unwrap_or_else(|| Values(Vec::new())))
}

fn query_error(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)))
}

fn exec_error(error: sqlx::Error) -> DbErr {
    DbErr::Exec(RuntimeErr::SqlxError(Arc::new(error)))
}
