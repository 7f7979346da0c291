//! One connection, and whether a transaction is open on it.
//!
//! Owns the rule that a connection is given back to be used again only if no transaction is open and no statement is running on it. In
//! every other case (a fault, a statement that was dropped half way, a failed rollback) the connection is closed, and the
//! database rolls back what was open on it.
//!
//! | state | meaning | when the session is dropped |
//! |---|---|---|
//! | `Clean` | no transaction, nothing running | given back |
//! | `Open` | a transaction is open | rolled back in the background, then given back |
//! | `Failed` | a statement of the transaction failed, so it must not be committed; a snapshot may go on | as for `Open` |
//! | `Unknown` | a statement is running, or went wrong | closed |
//!
//! This module must not decide what an error means for the user, and must not retry anything: `db` does both.

use std::{io, mem, net::IpAddr, sync::Arc, time::Duration};

use futures_util::{FutureExt, StreamExt, stream::BoxStream};
use sea_orm::{
    DbErr, ExecResult, QueryResult, RuntimeErr, Statement,
    sea_query::Values,
    sqlx::{self, AssertSqlSafe, Executor, Postgres, Sqlite, query_with},
};
use sea_query_sqlx::SqlxValues;
use tokio::sync::OwnedSemaphorePermit;

use super::{acquire::parked::Borrowed, limits::StatementClock, shared::Shared};
use crate::{error::db_error, turns::Turn};

/// How much longer than the limit for statements this side waits for an answer of PostgreSQL. After that the connection counts as
/// dead: the database host is down, or the network drops all packets.
const SILENCE: Duration = Duration::from_secs(4);

/// How many of many rows are taken one by one, so that a few do not wait.
const FEW: usize = 50;

/// A connection borrowed from a pool.
pub(super) struct Session {
    /// `None` only while the session is being dropped.
    connection: Option<Pooled>,
    state: State,
    /// Whether the session is used for writing.
    writes: bool,
    /// How long each statement may run.
    limit: Option<Duration>,
    /// Whether its queries return thousands of rows.
    is_for_many: bool,
    /// The places that the connection takes.
    places: Places,
    shared: Arc<Shared>,
}

/// What a connection holds while it is in use, as far as it needs it.
#[derive(Default)]
pub(super) struct Places {
    /// A place among those of strangers.
    pub(super) _stranger: Option<Turn<Option<IpAddr>>>,
    /// A place among all.
    pub(super) _in_all: Option<OwnedSemaphorePermit>,
}

pub(super) enum Pooled {
    Sqlite(Borrowed<Sqlite>, Arc<StatementClock>),
    Postgres(Borrowed<Postgres>),
}

/// Whether a transaction is open on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// No transaction is open and no statement is running.
    Clean,
    /// A transaction is open.
    Open,
    /// A transaction is open in which a statement failed, so it must not be committed.
    Failed,
    /// A statement is running, or went wrong in a way that leaves the state unclear.
    Unknown,
}

/// Why a transaction was not committed, as far as this side can tell.
#[derive(Debug)]
pub(super) enum Uncommitted {
    /// The transaction is rolled back.
    RolledBack(DbErr),
    /// The connection broke before the answer arrived, so the transaction may be committed or not.
    Unknown(DbErr),
}

/// Runs `$work` on the connection of a session, for either database, and updates the session's state. On SQLite it may take as
/// long as `$limit`. If the returned future is dropped half way, the state stays `Unknown`.
macro_rules! run {
    ($session:expr, $limit:expr, $connection:ident => $work:expr) => {{
        let before = mem::replace(&mut $session.state, State::Unknown);
        let done = match &mut $session.connection {
            // SQLite runs inside this process, so it cannot stop answering.
            Some(Pooled::Sqlite(connection, clock)) => {
                let $connection = &mut **connection;
                let running = clock.start($limit);
                let done = $work.await;
                running.end();
                done
            }
            Some(Pooled::Postgres(connection)) => {
                let $connection = &mut **connection;
                unless_silent($session.shared.options.statement_limit, $work).await
            }
            None => Err(sqlx::Error::WorkerCrashed),
        };
        $session.note(before, done)
    }};
}

impl Session {
    pub(super) fn new(connection: Pooled, places: Places, writes: bool, shared: Arc<Shared>) -> Self {
        let limit = Some(shared.options.statement_limit);
        Self { connection: Some(connection), state: State::Clean, writes, limit, is_for_many: false, places, shared }
    }

    /// The same session, for queries that return thousands of rows.
    pub(super) fn for_many(mut self) -> Self {
        self.is_for_many = true;
        self
    }

    /// The same session, whose statements may run for any time on SQLite.
    pub(super) fn unlimited(mut self) -> Self {
        self.limit = None;
        self
    }

    /// Begins a transaction with a statement such as `BEGIN IMMEDIATE`.
    pub(super) async fn begin(&mut self, statement: &'static str) -> Result<(), DbErr> {
        if self.state != State::Clean {
            return Err(DbErr::Custom(format!(
                "cannot begin a transaction on a connection in the state {:?}",
                self.state
            )));
        }
        self.shared.observe(&Statement::from_string(self.shared.backend(), statement));
        let begun = self.execute_unprepared(statement).await;
        // After a failed `BEGIN`, it is unknown whether a transaction is open.
        self.state = if begun.is_ok() { State::Open } else { State::Unknown };
        begun.map(drop)
    }

    /// Commits the transaction.
    ///
    /// `COMMIT` is sent as plain SQL, because sqlx counts open transactions itself and can count wrongly. Where SQLite has
    /// rolled back on its own, `COMMIT` fails. Where a statement failed on PostgreSQL, `COMMIT` would roll back without an
    /// error, but then the state is `Failed`, not `Open`.
    pub(super) async fn commit(mut self) -> Result<(), Uncommitted> {
        if self.state != State::Open {
            let message = format!("cannot commit a transaction in the state {:?}", self.state);
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

    /// Rolls the transaction back. If that fails, the connection is closed, which has the same effect.
    pub(super) async fn rollback(mut self) {
        if matches!(self.state, State::Open | State::Failed) {
            self.state = State::Unknown;
            self.end().await;
        }
    }

    /// Makes a snapshot usable again in which a statement failed: PostgreSQL executes nothing more in such a transaction, and one
    /// field that fails must not take others along. The data stay those of the same moment.
    async fn go_on(&mut self) -> Result<(), DbErr> {
        let is_postgres = matches!(self.connection, Some(Pooled::Postgres(_)));
        if self.state == State::Failed && !self.writes && is_postgres {
            self.execute_unprepared("ROLLBACK TO SAVEPOINT start").await?;
            self.state = State::Open;
        }
        Ok(())
    }

    async fn end(mut self) {
        // SQLite rolls back by itself when it interrupts a statement that writes, and then `ROLLBACK` fails.
        let ended = self.execute_unprepared("ROLLBACK").await;
        self.state = if ended.is_ok() { State::Clean } else { State::Unknown };
    }

    /// Executes a statement that returns no rows.
    pub(super) async fn execute(&mut self, statement: &Statement) -> Result<ExecResult, DbErr> {
        self.go_on().await?;
        self.shared.observe(statement);
        let done = run!(self, self.limit, connection => async {
            let query = query_with(AssertSqlSafe(statement.sql.as_str()), values(statement));
            query.execute(connection).await.map(ExecResult::from)
        });
        self.note_progress(&done);
        done.map_err(exec_error)
    }

    /// Executes one or more statements without preparing them.
    pub(super) async fn execute_unprepared(&mut self, sql: &str) -> Result<ExecResult, DbErr> {
        // `COMMIT` and `ROLLBACK` are never interrupted.
        run!(self, None, connection => async {
            connection.execute(AssertSqlSafe(sql.to_owned())).await.map(ExecResult::from)
        })
        .map_err(exec_error)
    }

    /// Returns the first row of a query.
    pub(super) async fn query_one(&mut self, statement: &Statement) -> Result<Option<QueryResult>, DbErr> {
        self.go_on().await?;
        self.shared.observe(statement);
        let done = run!(self, self.limit, connection => async {
            let query = query_with(AssertSqlSafe(statement.sql.as_str()), values(statement));
            query.fetch_optional(connection).await.map(|row| row.map(QueryResult::from))
        });
        self.note_progress(&done);
        done.map_err(query_error)
    }

    /// Returns all rows of a query.
    pub(super) async fn query_all(&mut self, statement: &Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.go_on().await?;
        self.shared.observe(statement);
        let is_for_many = self.is_for_many;
        let done = run!(self, self.limit, connection => async {
            let query = query_with(AssertSqlSafe(statement.sql.as_str()), values(statement));
            let rows = if is_for_many { gather(query.fetch(connection)).await? } else { query.fetch_all(connection).await? };
            Ok(rows.into_iter().map(QueryResult::from).collect())
        });
        self.note_progress(&done);
        done.map_err(query_error)
    }

    /// Counts a successful statement of a writer as progress of the database. `BEGIN` and `COMMIT` do not count: they succeed
    /// even when every statement in between waits for a lock.
    fn note_progress<T>(&self, done: &Result<T, sqlx::Error>) {
        if self.writes && done.is_ok() {
            self.shared.health.note_progress();
        }
    }

    /// Updates the state after a statement. `before` is the state before the statement.
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
            State::Clean => match connection {
                Pooled::Sqlite(connection, clock) => {
                    clock.serve(None);
                    connection.give_back();
                }
                Pooled::Postgres(connection) => connection.give_back(),
            },
            State::Unknown => match &mut connection {
                Pooled::Sqlite(connection, _) => connection.close_on_drop(),
                Pooled::Postgres(connection) => connection.close_on_drop(),
            },
            // The request ended between two statements, so none is running and a rollback is possible. If the runtime is
            // shutting down, the rollback is dropped at once and the connection is closed instead.
            State::Open | State::Failed => {
                let shared = self.shared.clone();
                let (places, connection) = (mem::take(&mut self.places), Some(connection));
                let session = Self { connection, state: State::Unknown, places, shared, ..*self };
                match tokio::runtime::Handle::try_current() {
                    Ok(runtime) => drop(runtime.spawn(session.end())),
                    Err(_) => mem::forget(session),
                }
            }
        }
    }
}

/// Waits for an answer of PostgreSQL a little longer than its limit for statements.
async fn unless_silent<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    let silent = |_| Err(io::Error::new(io::ErrorKind::TimedOut, "the database did not answer").into());
    tokio::time::timeout(limit.saturating_add(SILENCE), work).await.unwrap_or_else(silent)
}

/// Takes thousands of rows. After the first ones it looks for more from time to time: SQLite hands over each row by itself, and
/// to be woken for each takes longer than to read it.
async fn gather<R>(mut rows: BoxStream<'_, Result<R, sqlx::Error>>) -> Result<Vec<R>, sqlx::Error> {
    let mut gathered = Vec::new();
    loop {
        let next = if gathered.len() < FEW { Some(rows.next().await) } else { rows.next().now_or_never() };
        match next {
            Some(Some(row)) => gathered.push(row?),
            Some(None) => return Ok(gathered),
            None => tokio::time::sleep(Duration::from_millis(1)).await,
        }
    }
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
