//! Plans for the tests of this folder.

use std::sync::{Arc, LazyLock};

use serde_json::Value;

use super::{
    document::Documents,
    operation::{Plan, choose, coerce, normalize},
    refused::Refused,
    types::Types,
};
use crate::app::DocumentLimits;

static TYPES: LazyLock<Arc<Types>> = LazyLock::new(|| Types::new(&crate::graphql::sdl()).into());

/// The schema.
pub(super) fn types() -> Arc<Types> {
    TYPES.clone()
}

/// The plan of the only operation in a document, without limits.
pub(super) fn plan(query: &str, variables: Value) -> Plan {
    plan_of(query, None, variables).unwrap_or_else(|refused| panic!("{query}: {:?}", refused.errors))
}

/// The plan of an operation.
pub(super) fn plan_of(query: &str, operation: Option<&str>, variables: Value) -> Result<Plan, Refused> {
    let most = usize::MAX;
    let limits = DocumentLimits { bytes: most, tokens: most, aliases: most, query_fields: most, ..Default::default() };
    let document = Documents::new(types(), limits).read(query, true)?;
    let Value::Object(variables) = variables else { panic!("variables are an object") };
    let operation = choose(&document.executable, operation)?;
    let values = coerce(&types(), operation, &document.lines, variables)?;
    normalize(&types(), &document, operation, &values)
}
