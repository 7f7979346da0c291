//! What the parser and the validation say, as errors of the response.

use apollo_compiler::{
    diagnostic::{self, ToCliReport},
    validation::{DiagnosticData, DiagnosticList},
};
use async_graphql::ServerError;

use super::{lines::Lines, suggestions::suggestion};
use crate::server::graphql::{refused::Refused, types::Types};

/// The maximum number of errors in the answer to a document that is not valid. Wording them is slow.
const MOST: usize = 20;
/// The maximum length of a message in characters. Messages quote the document.
const LONGEST: usize = 300;

type Diagnostic<'a> = diagnostic::Diagnostic<'a, DiagnosticData>;

/// Refuses a document that cannot be parsed. Only the first error counts: the others follow from it.
pub(super) fn malformed(diagnostics: &DiagnosticList, lines: &Lines) -> Refused {
    let first = diagnostics.iter().take(1).map(|diagnostic| error(&diagnostic, message(&diagnostic), lines));
    Refused::from(first.collect::<Vec<_>>()).coded("GRAPHQL_PARSE_FAILED")
}

/// Refuses a document that is not valid.
pub(super) fn invalid(diagnostics: &DiagnosticList, text: &str, types: &Types, lines: &Lines) -> Refused {
    let diagnostics = diagnostics.iter().filter(|diagnostic| !is_consequence(diagnostic, text, types)).take(MOST);
    let errors = diagnostics.map(|diagnostic| error(&diagnostic, explained(&diagnostic, types), lines));
    Refused::invalid(errors.collect())
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

/// Whether this only follows from another error: a field has no selection any more, since the validation took out fields that do
/// not exist; or a variable of a type that does not exist is of no use where it stands.
fn is_consequence(diagnostic: &Diagnostic<'_>, text: &str, types: &Types) -> bool {
    match kind(diagnostic) {
        "MissingSubselection" => {
            let place = diagnostic.error.location();
            let field = place.and_then(|place| text.get(place.offset()..place.end_offset()));
            field.is_some_and(|field| field.ends_with('}'))
        }
        "DisallowedVariableUsage" => {
            let message = message(diagnostic);
            let ty = message.split('"').nth(3).map(|ty| ty.trim_matches(['[', ']', '!']));
            ty.is_some_and(|ty| !types.schema.types.contains_key(ty))
        }
        _ => false,
    }
}

/// The message, with a suggestion where a name of the schema is similar.
fn explained(diagnostic: &Diagnostic<'_>, types: &Types) -> String {
    let message = message(diagnostic);
    let names: Vec<_> = message.split('"').skip(1).step_by(2).collect();
    match (kind(diagnostic), &names[..]) {
        // The library names the type of the parent.
        ("MissingSubselection", [field, parent, meant]) => match types.field(parent, field) {
            Some(field_definition) => {
                let ty = &field_definition.ty;
                format!(
                    "Field \"{field}\" of type \"{ty}\" must have a selection of subfields. Did you mean \"{meant}\"?"
                )
            }
            None => message,
        },
        (kind, names) => match suggestion(types, kind, names) {
            Some(name) => format!("{message} Did you mean \"{name}\"?"),
            None => message,
        },
    }
}

fn kind(diagnostic: &Diagnostic<'_>) -> &'static str {
    diagnostic.error.unstable_error_name().unwrap_or_default()
}

/// The message, on one line.
fn message(diagnostic: &Diagnostic<'_>) -> String {
    let message = diagnostic.error.unstable_compat_message().unwrap_or_else(|| diagnostic.error.to_string());
    let mut message = message.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    if kind(diagnostic) == "ConflictingFieldType" {
        // The library leaves a quote out.
        message = message.replacen(" and \"", "\" and \"", 1);
    }
    message.chars().take(LONGEST).collect()
}

fn error(diagnostic: &Diagnostic<'_>, message: String, lines: &Lines) -> ServerError {
    ServerError::new(message, diagnostic.error.location().map(|place| lines.position(Some(place))))
}
