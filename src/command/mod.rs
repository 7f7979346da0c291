//! Commands other than the server: they work on a user's book or on the whole database. Each command reads its arguments, calls
//! operations of the lower layers, and prints results to standard output and everything else to standard error. No bookkeeping
//! rule belongs here.

mod backup;
mod import;
mod postgres;
mod progress;
mod restore;
mod unfinished;
mod verify;

pub use self::{backup::Backup, import::Import, restore::Restore, verify::Verify};

/// Why a command failed.
#[derive(Debug)]
pub enum Failure {
    /// An argument cannot be used. Nothing was done.
    Unusable(String),
    /// The command failed, or completed only in part.
    Failed(String),
}
