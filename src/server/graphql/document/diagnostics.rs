//! What the parser and the validation say, as errors of the response.

use apollo_compiler::{diagnostic::ToCliReport, validation::DiagnosticList};
use async_graphql::ServerError;

use super::lines::Lines;
use crate::server::graphql::refused::Refused;

/// The maximum number of errors in the answer to a document that is not valid. Wording them is slow.
const MOST: usize = 20;
/// The maximum length of a message in characters. Messages quote the document.
const LONGEST: usize = 300;

/// Refuses a document that cannot be parsed. Only the first error counts: the others follow from it.
pub(super) fn malformed(diagnostics: &DiagnosticList, lines: &Lines) -> Refused {
    let first = errors(diagnostics, lines, 1);
    Refused::from(first).coded("GRAPHQL_PARSE_FAILED")
}

/// Refuses a document that is not valid.
pub(super) fn invalid(diagnostics: &DiagnosticList, lines: &Lines) -> Refused {
    Refused::invalid(errors(diagnostics, lines, MOST))
}

/// Keeps the first error only, without its suggestions.
pub(super) fn briefly(mut refused: Refused) -> Refused {
    refused.errors.truncate(1);
    for error in &mut refused.errors {
        if let Some((before, _)) = error.message.split_once(" Did you mean ") {
            error.message = before.to_owned();
        }
    }
    refused
}

/// Whether the document is nested too deeply to be validated.
pub(super) fn is_too_deep(diagnostics: &DiagnosticList) -> bool {
    let names = diagnostics.iter().filter_map(|diagnostic| diagnostic.error.unstable_error_name());
    names.into_iter().any(|name| matches!(name, "RecursionError" | "RecursionLimitError" | "DeeplyNestedType"))
}

fn errors(diagnostics: &DiagnosticList, lines: &Lines, most: usize) -> Vec<ServerError> {
    let diagnostics = diagnostics.iter().take(most);
    let error = diagnostics.map(|diagnostic| {
        let message = diagnostic.error.unstable_compat_message().unwrap_or_else(|| diagnostic.error.to_string());
        let message = message.lines().next().unwrap_or_default().chars().take(LONGEST).collect::<String>();
        let place = diagnostic.error.location();
        ServerError::new(message, place.map(|place| lines.position(Some(place))))
    });
    error.collect()
}
