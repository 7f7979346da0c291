//! A document that is valid.

use apollo_compiler::{ExecutableDocument, validation::Valid};

use super::lines::Lines;

/// A valid document.
#[derive(Debug)]
pub(in crate::server::graphql) struct Document {
    pub(in crate::server::graphql) executable: Valid<ExecutableDocument>,
    pub(in crate::server::graphql) lines: Lines,
    /// The memory that it takes, in bytes.
    pub(super) size: usize,
}
