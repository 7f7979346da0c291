//! The limits on documents, and refusing what exceeds them.

use super::super::refused::Refused;

/// The maximum sizes of a document.
#[derive(Clone, Copy, Debug)]
pub(in crate::server::graphql) struct DocumentLimits {
    /// The size of the text in bytes.
    pub(in crate::server::graphql) bytes: usize,
    /// The number of tokens, without blanks, commas and comments.
    pub(in crate::server::graphql) tokens: usize,
    /// The nesting of brackets of any kind, and of fragments.
    pub(in crate::server::graphql) nesting: usize,
    /// The nesting of fields. The standard introspection query has 15.
    pub(in crate::server::graphql) depth: usize,
    /// The number of fields of an operation after its fragments are expanded, `__typename` included.
    pub(in crate::server::graphql) fields: usize,
    /// The number of aliases in the document.
    pub(in crate::server::graphql) aliases: usize,
    /// The number of directives in the document.
    pub(in crate::server::graphql) directives: usize,
    /// The number of directives on one field, fragment or definition.
    pub(in crate::server::graphql) directives_at_once: usize,
    /// The number of root fields of a query.
    pub(in crate::server::graphql) query_fields: usize,
    /// The number of root fields of a mutation.
    pub(in crate::server::graphql) mutation_fields: usize,
    /// How many lists of types may stand in each other in an introspection query. Each list of fields leads to types with lists
    /// of fields again, so the answer grows exponentially. The standard introspection query nests none of them.
    pub(in crate::server::graphql) introspection: usize,
    /// The total size of the documents that are kept, in bytes of memory.
    pub(in crate::server::graphql) kept: usize,
}

impl Default for DocumentLimits {
    fn default() -> Self {
        Self {
            bytes: 16 * 1024,
            tokens: 2000,
            nesting: 100,
            depth: 15,
            fields: 1000,
            aliases: 30,
            directives: 50,
            directives_at_once: 10,
            query_fields: 20,
            mutation_fields: 5,
            introspection: 3,
            kept: 16 * 1024 * 1024,
        }
    }
}

/// Refuses a request when `actual` is more than `most`. `limit` is the name of the limit, and `what` says what is limited.
pub(super) fn at_most(most: usize, actual: usize, limit: &str, what: &str) -> Result<(), Refused> {
    if actual <= most {
        return Ok(());
    }
    Err(Refused::too_complex(limit, most, actual, format!("{what}: {actual}, and at most {most} are allowed.")))
}
