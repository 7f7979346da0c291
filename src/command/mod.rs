//! Commands that work on the books of users or on the whole database, beside serving them. Each reads its arguments, calls an
//! operation of the floors below, and prints what came of it: results to standard output, everything else to standard error.

mod backup;
mod import;
mod postgres;
mod progress;
mod restore;
mod unfinished;
mod verify;

pub use self::{backup::Backup, import::Import, restore::Restore, verify::Verify};

/// Why a command did not do all that it was asked for.
#[derive(Debug)]
pub enum Failure {
    /// An argument cannot be used. Nothing was done.
    Unusable(String),
    /// It went wrong, or could be done in part only.
    Failed(String),
}
