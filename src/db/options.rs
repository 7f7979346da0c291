//! The options of opening a database.

use std::time::Duration;

/// How long a statement may run, unless an option says otherwise.
const STATEMENT_LIMIT: Duration = Duration::from_secs(8);
/// The size of SQLite's log above which it is emptied, in bytes, unless an option says otherwise.
const LARGEST_LOG: u64 = 64 * 1024 * 1024;
/// How long an import waits for its turn, unless an option says otherwise. Shorter than the time that a request has.
const LONG_WRITE_WAIT: Duration = Duration::from_secs(6);

/// The size of a connection pool.
#[derive(Clone, Copy, Debug)]
pub struct PoolSize {
    /// The maximum number of open connections.
    pub most: u32,
    /// How many connections stay open when idle.
    pub least: u32,
}

/// The options of opening a database.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The size of the connection pool.
    pub pool: PoolSize,
    /// How long a statement may run. A statement that takes longer is stopped, and fails with
    /// [`Error::TimedOut`](crate::error::Error::TimedOut).
    pub statement_limit: Duration,
    /// The size in bytes above which SQLite's write-ahead log is emptied, and snapshots that keep it from being emptied end.
    pub largest_log: u64,
    /// How long an import waits for its turn.
    pub long_write_wait: Duration,
    /// Whether servers on one PostgreSQL tell each other of commits by `NOTIFY`. Otherwise each one looks for changes of the others
    /// several times a second.
    pub notify: bool,
}

impl From<PoolSize> for Options {
    fn from(pool: PoolSize) -> Self {
        Self {
            pool,
            statement_limit: STATEMENT_LIMIT,
            largest_log: LARGEST_LOG,
            long_write_wait: LONG_WRITE_WAIT,
            notify: true,
        }
    }
}
