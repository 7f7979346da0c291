//! What keeps one user of the database from stopping the others.
//!
//! | module | limits |
//! |---|---|
//! | `statement` | how long a statement may run on SQLite |

mod statement;

pub(super) use self::statement::StatementClock;
