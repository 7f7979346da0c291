//! The database: opening it, reading from it, and the only way to run a write transaction ([`Db::write`]).
//!
//! On SQLite there is one connection for writing beside a pool for reading. SQLite allows one writer at a time anyway, and
//! waiting in a queue of ours is fairer than waiting for SQLite's lock. On PostgreSQL one pool serves both.
//!
//! | module | owns |
//! |---|---|
//! | `database`, `shared`, `acquire` | the open database: its connections, and taking one of them |
//! | `open`, `options` | opening connections, and applying migrations |
//! | `session` | one connection, and whether a transaction is open on it |
//! | `read`, `snapshot`, `source`, `transaction` | the connection types that other modules run statements through |
//! | `rows` | writing many rows together |
//! | `wide_sum` | sums that may exceed 64 bits |
//! | `write` | write transactions: retries, and whether a failed commit took effect |
//! | `limits` | the duration of statements, the size of SQLite's log, the turns of imports |
//! | `trust` | whether the database can be trusted at the moment |
//! | `news` | telling those who wait for changes that something was committed |
//! | `copy` | copies of a SQLite database, for backup and restore |
//!
//! What must not happen:
//!
//! - A connection is reused while a transaction may still be open on it.
//! - A transaction counts as committed although the database did not confirm its own commit.
//! - A user is told that nothing was done while that is not certain.

mod acquire;
pub mod copy;
mod database;
mod in_order;
mod limits;
mod news;
mod open;
mod options;
mod read;
mod rows;
mod session;
mod shared;
mod snapshot;
mod source;
mod transaction;
mod trust;
pub(crate) mod wide_sum;
mod write;

pub use self::{
    database::Db,
    in_order::InOrder,
    limits::LongWrite,
    open::migrate,
    options::{Options, PoolSize},
    read::Pool,
    snapshot::Snapshot,
    source::Read,
    transaction::Transaction,
};
pub(crate) use self::{news::News, rows::Writes};
pub use crate::error::db_error::{code, is_lost_connection};
