//! Whether the database can be trusted at the moment: its file is there, the clocks agree, and it gets on with its work.
//!
//! | file | owns |
//! |---|---|
//! | `file` | whether the open SQLite file is still the one at its path |
//! | `clock` | whether this server's clock agrees with the database's |
//! | `health` | what is known about the database without asking it |
//! | `probe` | asking it every so often |

mod clock;
mod file;
mod health;
mod probe;

pub(super) use self::{clock::ServerClock, file::Files, health::Health};
