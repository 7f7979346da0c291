//! Commands that work on the books of users, beside serving them. Each reads its arguments, calls an operation of the floors
//! below, and prints what came of it: results to standard output, everything else to standard error.

mod import;
mod progress;
mod verify;

pub use self::{import::Import, verify::Verify};

/// Why a command did not do all that it was asked for.
#[derive(Debug)]
pub enum Failure {
    /// An argument cannot be used. Nothing was done.
    Unusable(String),
    /// It went wrong, or could be done in part only.
    Failed(String),
}
