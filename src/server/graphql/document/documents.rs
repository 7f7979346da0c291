//! From the text of a document to a valid one.

use std::sync::Arc;

use apollo_compiler::parser::Parser;

use super::{
    cache::Cache,
    descriptions::without_descriptions,
    diagnostics::{invalid, is_too_deep, malformed},
    limits::at_most,
    lines::Lines,
    measure::check_size,
    tokens,
    valid::Document,
    values::check_values,
    variable_positions::check_variables,
};
use crate::{
    app::DocumentLimits,
    server::graphql::{refused::Refused, types::Types},
};

/// Reads documents.
pub(in crate::server::graphql) struct Documents {
    types: Arc<Types>,
    limits: DocumentLimits,
    cache: Cache,
}

impl Documents {
    pub(in crate::server::graphql) fn new(types: Arc<Types>, limits: DocumentLimits) -> Self {
        Self { types, limits, cache: Cache::new(limits.kept) }
    }

    /// Parses and validates a document.
    ///
    /// # Errors
    /// `GRAPHQL_PARSE_FAILED`, `GRAPHQL_VALIDATION_FAILED`, or `QUERY_TOO_COMPLEX` when it exceeds a limit.
    pub(in crate::server::graphql) fn read(&self, text: &str) -> Result<Arc<Document>, Refused> {
        if let Some(document) = self.cache.get(text) {
            return Ok(document);
        }
        let document = Arc::new(self.parse(text)?);
        self.cache.keep(text, document.clone());
        Ok(document)
    }

    fn parse(&self, text: &str) -> Result<Document, Refused> {
        let limits = &self.limits;
        at_most(limits.bytes, text.len(), "documentBytes", "Bytes in the document")?;
        at_most(limits.tokens, tokens::count(text), "tokens", "Tokens in the document")?;
        let lines = Lines::of(text);
        let mut parser = Parser::new().recursion_limit(limits.nesting);
        let parsed = parser.parse_ast(without_descriptions(text), "document");
        at_most(limits.nesting, parser.recursion_reached(), "nesting", "Brackets in each other")?;
        let parsed = parsed.map_err(|with| malformed(&with.errors, &lines))?;
        if parsed.definitions.is_empty() {
            return Err(Refused::new("GRAPHQL_PARSE_FAILED", "The document is empty."));
        }
        let executable = parsed.to_executable_validate(&self.types.schema).map_err(|with| {
            if is_too_deep(&with.errors) {
                let message = format!("Fragments in each other: more than the {} that are allowed.", limits.nesting);
                return Refused::too_complex("nesting", limits.nesting, limits.nesting + 1, message);
            }
            invalid(&with.errors, &lines)
        })?;
        let mut errors = Vec::new();
        check_values(&executable, &self.types, &lines, &mut errors);
        check_variables(&executable, &self.types, &lines, &mut errors);
        if !errors.is_empty() {
            return Err(Refused::invalid(errors));
        }
        check_size(&executable, limits)?;
        Ok(Document { executable, lines })
    }
}
