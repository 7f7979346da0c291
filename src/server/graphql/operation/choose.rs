//! Which operation of a document is executed.

use apollo_compiler::{ExecutableDocument, executable::Operation};

use crate::server::graphql::refused::Refused;

/// The operation of this name, or the only one.
///
/// # Errors
/// `OPERATION_RESOLUTION_FAILURE`.
pub(in crate::server::graphql) fn choose<'a>(
    document: &'a ExecutableDocument,
    wanted: Option<&str>,
) -> Result<&'a Operation, Refused> {
    let unresolved = |message: &str| Refused::new("OPERATION_RESOLUTION_FAILURE", message);
    let chosen = document.operations.get(wanted).map(|operation| &**operation);
    chosen.map_err(|_| match (wanted, document.operations.len()) {
        (_, 0) => unresolved("The document has no operation."),
        (Some(_), _) => unresolved("The document has no operation of this name."),
        (None, _) => unresolved("The document has several operations; send `operationName`."),
    })
}
