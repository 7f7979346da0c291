//! How a command fails.

/// Why a command failed.
#[derive(Debug)]
pub enum Failure {
    /// An argument cannot be used. Nothing was done.
    Unusable(String),
    /// The command failed, or completed only in part.
    Failed(String),
}
