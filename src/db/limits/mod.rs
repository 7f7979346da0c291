//! What keeps one user of the database from stopping the others.
//!
//! | module | limits |
//! |---|---|
//! | `statement` | how long a statement may run on SQLite |
//! | `log_size` | the size of SQLite's write-ahead log |
//! | `long_write` | how many imports write at once |

mod log_size;
mod long_write;
mod statement;

pub use self::long_write::LongWrite;
pub(super) use self::{long_write::turns, statement::StatementClock};
