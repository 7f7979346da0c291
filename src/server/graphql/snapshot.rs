//! Which operations read a snapshot of the database.

use std::collections::HashSet;

use async_graphql::parser::types::{ExecutableDocument, OperationDefinition, OperationType, Selection};

/// The fields of queries that write to the database: they count look-ups.
const WRITING: [&str; 1] = ["payee"];

/// Whether an operation reads a snapshot: each query does, unless one of its fields writes. A snapshot holds a connection
/// until the response is complete. If each of many requests held one and waited for another one to write with, none would
/// get it.
pub(super) fn reads_snapshot(operation: &OperationDefinition, document: &ExecutableDocument) -> bool {
    if operation.ty != OperationType::Query {
        return false;
    }
    let mut seen = HashSet::new();
    let mut sets = vec![&operation.selection_set.node];
    while let Some(set) = sets.pop() {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) if WRITING.contains(&field.node.name.node.as_str()) => return false,
                Selection::Field(_) => {}
                Selection::InlineFragment(fragment) => sets.push(&fragment.node.selection_set.node),
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if seen.insert(name) {
                        sets.extend(document.fragments.get(name).map(|fragment| &fragment.node.selection_set.node));
                    }
                }
            }
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::reads_snapshot;

    #[test]
    fn a_query_that_looks_up_a_payee_holds_no_snapshot() {
        for (query, expected) in [
            ("{ me { id } wallets { id } }", true),
            ("mutation { logout { ok } }", false),
            ("{ me { id } who: payee(wallet: { username: \"badr\" }) { displayName } }", false),
            ("{ ... on Query { payee { displayName } } }", false),
            ("{ ...a } fragment a on Query { me { id } ...b } fragment b on Query { payee { displayName } }", false),
            ("{ ...a } fragment a on Query { me { id } ...a }", true),
        ] {
            let document = parse_query(query).unwrap();
            let (_, operation) = document.operations.iter().next().unwrap();
            assert_eq!(reads_snapshot(&operation.node, &document), expected, "{query}");
        }
    }
}
