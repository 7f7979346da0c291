//! Which operations read a snapshot of the database.

use async_graphql::parser::types::OperationType;

use super::plan::Plan;

/// The field of a query that writes to the database: it counts look-ups.
const WRITING: &str = "payee";

/// Whether an operation reads a snapshot: each query does, unless one of its fields writes. A snapshot holds a connection until
/// the response is complete, and counting needs another one to write with. If each of many requests held one and waited for
/// another one, none would get it.
pub(in crate::server::graphql) fn reads_snapshot(plan: &Plan) -> bool {
    plan.kind == OperationType::Query && plan.root_fields().iter().all(|field| field.name() != WRITING)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::reads_snapshot;
    use crate::server::graphql::testing::plan;

    #[test]
    fn a_query_that_looks_up_a_payee_holds_no_snapshot() {
        for (query, expected) in [
            ("{ me { id } wallets { id } }", true),
            ("mutation { logout { __typename } }", false),
            ("{ me { id } who: payee(wallet: { username: \"badr\" }) { displayName } }", false),
            ("{ me { id } who: payee(wallet: { username: \"badr\" }) @skip(if: true) { displayName } }", true),
            ("{ ... on Query { payee(wallet: { username: \"badr\" }) { displayName } } }", false),
            (
                "{ ...a } fragment a on Query { me { id } ...b }
                 fragment b on Query { payee(wallet: { username: \"badr\" }) { displayName } }",
                false,
            ),
        ] {
            assert_eq!(reads_snapshot(&plan(query, json!({}))), expected, "{query}");
        }
    }
}
