//! Queries that look up payees. The field `payee` counts the look-up in the database, so it costs more than it shows, and the
//! query cannot read from a snapshot.

use std::collections::HashMap;

use async_graphql::{
    Name,
    parser::types::{ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet},
};

use super::refused::Refused;
use crate::server::rate_limit;

/// How many payees an operation may look up.
const MOST: u32 = 10;

/// The cost of the payees that a query looks up. Refuses too many.
pub(super) fn check_payees(operation: &OperationDefinition, document: &ExecutableDocument) -> Result<u32, Refused> {
    let looked_up = payees(operation, document);
    if looked_up > MOST {
        let message = format!("An operation may look up at most {MOST} payees.");
        return Err(Refused::new("QUERY_TOO_COMPLEX", message));
    }
    Ok(looked_up * rate_limit::MUTATION)
}

/// How many payees a query looks up. If it is any, the query reads no snapshot. A snapshot holds a connection until the response
/// is complete, and counting needs another one to write with. If each of many requests held one and waited for another one, none
/// would get it.
pub(super) fn payees(operation: &OperationDefinition, document: &ExecutableDocument) -> u32 {
    if operation.ty != OperationType::Query {
        return 0;
    }
    in_set(&operation.selection_set.node, document, &mut HashMap::new())
}

/// `check_size` has already refused fragments that contain themselves.
fn in_set<'a>(set: &'a SelectionSet, document: &'a ExecutableDocument, known: &mut HashMap<&'a Name, u32>) -> u32 {
    set.items.iter().fold(0, |sum, selection| {
        let more = match &selection.node {
            Selection::Field(field) => u32::from(field.node.name.node == "payee"),
            Selection::InlineFragment(fragment) => in_set(&fragment.node.selection_set.node, document, known),
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                match (known.get(name), document.fragments.get(name)) {
                    (Some(count), _) => *count,
                    (None, Some(fragment)) => {
                        let count = in_set(&fragment.node.selection_set.node, document, known);
                        known.insert(name, count);
                        count
                    }
                    (None, None) => 0,
                }
            }
        };
        sum + more
    })
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::{check_payees, payees};

    #[test]
    fn the_payees_of_a_query_are_counted_with_its_fragments_put_in() {
        let many = "a: payee b: payee c: payee d: payee e: payee f: payee";
        for (query, expected) in [
            ("{ me { id } wallets { id } }", 0),
            ("mutation { payee { ok } }", 0),
            ("{ me { id } who: payee(wallet: { username: \"badr\" }) { displayName } }", 1),
            ("{ ... on Query { payee { displayName } } }", 1),
            ("{ ...a ...a } fragment a on Query { me { id } ...b } fragment b on Query { payee { displayName } }", 2),
            (&format!("{{ ...a x: payee }} fragment a on Query {{ {many} }}"), 7),
        ] {
            let document = parse_query(query).unwrap();
            let (_, operation) = document.operations.iter().next().unwrap();
            assert_eq!(payees(&operation.node, &document), expected, "{query}");
            assert_eq!(check_payees(&operation.node, &document).ok(), Some(expected), "{query}");
        }
        let document = parse_query(format!("{{ ...a ...a }} fragment a on Query {{ {many} }}")).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        assert!(check_payees(&operation.node, &document).is_err());
    }
}
