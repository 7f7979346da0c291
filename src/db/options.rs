//! The options of opening a database.

use std::time::Duration;

/// How long a statement may run, unless an option says otherwise.
const STATEMENT_LIMIT: Duration = Duration::from_secs(8);

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
}

impl From<PoolSize> for Options {
    fn from(pool: PoolSize) -> Self {
        Self { pool, statement_limit: STATEMENT_LIMIT }
    }
}
