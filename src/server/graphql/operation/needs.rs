//! What operations need from the database.

use async_graphql::parser::types::OperationType;

use super::plan::{Field, Plan};

/// The fields of a mutation that are done in batches, over a connection of their own.
const BATCHED: [&str; 3] = ["deposit", "withdraw", "transfer"];

/// The field of a query that writes to the database: it counts look-ups.
const WRITING: &str = "payee";

/// What an operation needs from the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::server::graphql) enum Needs {
    /// Nothing: it asks for the schema or for `__typename`. So it does not matter whether the session lasts.
    Nothing,
    /// A snapshot, so that all figures agree with each other.
    Snapshot,
    /// The current data: it writes, and shows what it has written. A query that writes needs them too: a snapshot holds a
    /// connection until the response is complete, and counting needs another one to write with. If each of many requests held one
    /// and waited for another one, none would get it.
    Current,
    /// The current data, when all that it does is done in batches. So many of them are done at once.
    Batch,
}

/// What an operation needs from the database.
pub(in crate::server::graphql) fn needs(plan: &Plan) -> Needs {
    let names = || plan.root_fields().iter().map(Field::name);
    if names().all(|name| name.starts_with("__")) {
        Needs::Nothing
    } else if plan.kind == OperationType::Query && names().all(|name| name != WRITING) {
        Needs::Snapshot
    } else if plan.kind == OperationType::Mutation
        && names().all(|name| name.starts_with("__") || BATCHED.contains(&name))
    {
        Needs::Batch
    } else {
        Needs::Current
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Needs, needs};
    use crate::server::graphql::testing::plan;

    #[test]
    fn a_query_reads_a_snapshot_unless_it_looks_up_a_payee_or_reads_nothing() {
        for (query, expected) in [
            ("{ me { id } wallets { id } }", Needs::Snapshot),
            ("{ __typename me { id } }", Needs::Snapshot),
            ("mutation { logout { __typename } }", Needs::Current),
            ("{ me { id } who: payee(wallet: { username: \"badr\" }) { displayName } }", Needs::Current),
            (
                "{ me { id } who: payee(wallet: { username: \"badr\" }) @skip(if: true) { displayName } }",
                Needs::Snapshot,
            ),
            ("{ ... on Query { payee(wallet: { username: \"badr\" }) { displayName } } }", Needs::Current),
            (
                "{ ...a } fragment a on Query { me { id } ...b }
                 fragment b on Query { payee(wallet: { username: \"badr\" }) { displayName } }",
                Needs::Current,
            ),
            ("{ __typename __schema { queryType { name } } a: __type(name: \"Book\") { name } }", Needs::Nothing),
            ("{ me @skip(if: true) { id } }", Needs::Nothing),
            ("mutation { __typename }", Needs::Nothing),
            ("mutation { __typename deposit(input: { wallet: { id: \"x\" }, amount: 1 }) { replayed } }", Needs::Batch),
            (
                "mutation { deposit(input: { wallet: { id: \"x\" }, amount: 1 }) { replayed } logout { __typename } }",
                Needs::Current,
            ),
        ] {
            assert_eq!(needs(&plan(query, json!({}))), expected, "{query}");
        }
    }
}
