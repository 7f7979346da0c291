//! Commands other than the server: they work on a user's book or on the whole database. Each command reads its arguments, calls
//! operations of the lower layers, and prints results to standard output and everything else to standard error. No bookkeeping
//! rule belongs here.

mod backup;
mod failure;
mod import;
mod postgres;
mod progress;
mod report;
mod restore;
mod unfinished;
mod verify;

pub use self::{backup::Backup, failure::Failure, import::Import, restore::Restore, verify::Verify};
