//! What keeps one user of the database from stopping the others.
//!
//! | module | limits |
//! |---|---|
//! | `statement` | how long a statement may run on SQLite |
//! | `log_size` | the size of SQLite's write-ahead log |

mod log_size;
mod statement;

pub(super) use self::statement::StatementClock;
