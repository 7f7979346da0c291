//! A document that is valid, and what is known of its execution.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use apollo_compiler::{ExecutableDocument, validation::Valid};

use super::lines::Lines;

/// A valid document.
#[derive(Debug)]
pub(in crate::server::graphql) struct Document {
    pub(in crate::server::graphql) executable: Valid<ExecutableDocument>,
    pub(in crate::server::graphql) lines: Lines,
    pub(in crate::server::graphql) reads: Reads,
    /// The memory that it takes, in bytes.
    pub(super) size: usize,
}

/// Whether the queries of a document need one statement, as far as is known from their last executions. Clones share it.
#[derive(Clone, Debug, Default)]
pub(in crate::server::graphql) struct Reads(Arc<AtomicU8>);

/// How many executions must need one statement until the next one is expected to.
const AGAIN: u8 = 16;

impl Reads {
    /// Whether the next execution is expected to need at most one statement.
    pub(in crate::server::graphql) fn expects_one(&self) -> bool {
        self.0.load(Ordering::Relaxed) == 0
    }

    /// Notes how many statements an execution needed.
    pub(in crate::server::graphql) fn note(&self, statements: usize) {
        if statements > 1 {
            self.0.store(AGAIN, Ordering::Relaxed);
        } else {
            let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{AGAIN, Reads};

    #[test]
    fn after_several_statements_it_takes_a_while_until_one_is_expected_again() {
        let reads = Reads::default();
        assert!(reads.expects_one());
        reads.note(2);
        for _ in 0..AGAIN {
            assert!(!reads.expects_one());
            reads.note(1);
        }
        assert!(reads.expects_one());
        reads.note(0);
        assert!(reads.expects_one());
    }
}
