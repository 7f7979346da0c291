//! How long a statement may run on SQLite.
//!
//! PostgreSQL cancels slow statements itself (`statement_timeout`). SQLite runs inside this process and has no such setting, but
//! it calls a function of ours every few thousand steps of a statement ([`StatementClock::install`]); when that function says
//! stop, the statement fails with `SQLITE_INTERRUPT`. The function belongs to a connection, and the time at which the running
//! statement must end is shared with it through a [`StatementClock`].

use std::{
    mem,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use sea_orm::sqlx::{self, SqliteConnection};

use crate::cancel::Interest;

/// How many steps SQLite makes between two calls of the function: a millisecond or less of work in memory. Short statements
/// never get so far, so they cost nothing more.
const STEPS: i32 = 10_000;
/// No statement is running, or it may run for any time.
const UNLIMITED: u64 = u64::MAX;

/// The time at which the running statement of one connection must end.
#[derive(Debug)]
pub(in crate::db) struct StatementClock {
    /// In microseconds of [`now`].
    end: AtomicU64,
    /// The request that a connection for reading works for. When its client has gone, nobody needs the result.
    request: Mutex<Option<Interest>>,
}

impl StatementClock {
    pub(in crate::db) fn new() -> Arc<Self> {
        Arc::new(Self { end: AtomicU64::new(UNLIMITED), request: Mutex::default() })
    }

    /// A new clock, which this connection asks from now on.
    pub(in crate::db) async fn of(connection: &mut SqliteConnection) -> Result<Arc<Self>, sqlx::Error> {
        let clock = Self::new();
        clock.install(connection).await?;
        Ok(clock)
    }

    /// The next statements are for this request.
    pub(in crate::db) fn serve(&self, request: Option<Interest>) {
        *self.request() = request;
    }

    fn request(&self) -> MutexGuard<'_, Option<Interest>> {
        self.request.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a connection ask this clock during its statements.
    pub(in crate::db) async fn install(self: &Arc<Self>, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        let clock = self.clone();
        connection.lock_handle().await?.set_progress_handler(STEPS, move || clock.may_go_on());
        Ok(())
    }

    /// A statement starts that may run for `limit`.
    pub(in crate::db) fn start(&self, limit: Option<Duration>) -> Running<'_> {
        let end = limit.map_or(UNLIMITED, |limit| now().saturating_add(micros(limit)));
        self.end.store(end, Ordering::Relaxed);
        Running(self)
    }

    fn may_go_on(&self) -> bool {
        let end = self.end.load(Ordering::Relaxed);
        end == UNLIMITED || (now() < end && !self.request().as_ref().is_some_and(Interest::may_interrupt))
    }
}

/// A statement that is running. Dropping this stops the statement, if it still runs: it was dropped half way, so nobody waits
/// for its result, and the session closes the connection.
pub(in crate::db) struct Running<'a>(&'a StatementClock);

impl Running<'_> {
    /// The statement has ended.
    pub(in crate::db) fn end(self) {
        self.0.end.store(UNLIMITED, Ordering::Relaxed);
        mem::forget(self);
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.end.store(0, Ordering::Relaxed);
    }
}

/// Steady time, so that nobody who sets the system clock stops statements.
fn now() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    micros(START.get_or_init(Instant::now).elapsed())
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(UNLIMITED - 1)
}
