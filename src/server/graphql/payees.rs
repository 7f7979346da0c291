//! Queries that look up payees. The field `payee` counts the look-up in the database, so it costs more than it shows, and the
//! query cannot read from a snapshot.

use async_graphql::parser::types::OperationType;

use super::{operation::Plan, refused::Refused};
use crate::server::rate_limit;

/// How many payees an operation may look up.
const MOST: usize = 10;

/// The cost of the payees that a plan looks up. Refuses too many.
pub(super) fn check_payees(plan: &Plan) -> Result<u32, Refused> {
    let looked_up = payees(plan);
    if looked_up > MOST {
        let message = format!("An operation may look up at most {MOST} payees.");
        return Err(Refused::too_complex("payees", MOST, looked_up, message));
    }
    Ok(u32::try_from(looked_up).unwrap_or(u32::MAX).saturating_mul(rate_limit::MUTATION))
}

/// Whether an operation reads a snapshot: each query does, unless it looks up a payee. A snapshot holds a connection until the
/// response is complete, and counting needs another one to write with. If each of many requests held one and waited for another
/// one, none would get it.
pub(super) fn reads_snapshot(plan: &Plan) -> bool {
    plan.kind == OperationType::Query && payees(plan) == 0
}

fn payees(plan: &Plan) -> usize {
    plan.root_fields().iter().filter(|field| field.name() == "payee").count()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::testing::plan, check_payees, reads_snapshot};
    use crate::server::rate_limit::MUTATION;

    #[test]
    fn the_payees_of_a_query_are_counted_with_its_fragments_put_in() {
        let payee = |alias| format!("{alias}: payee(wallet: {{ username: \"badr\" }}) {{ displayName }} ");
        let many: String = (0..6).map(|nth| payee(format!("p{nth}"))).collect();
        for (query, expected) in [
            ("{ me { id } wallets { id } }".to_owned(), 0),
            ("{ me { id } ".to_owned() + &payee("who".to_owned()) + "}", 1),
            ("{ ... on Query { ".to_owned() + &payee("who".to_owned()) + "} }", 1),
            (format!("{{ ...a ...a }} fragment a on Query {{ {many} }}"), 6),
            (format!("{{ ...a {} }} fragment a on Query {{ {many} }}", payee("x".to_owned())), 7),
        ] {
            let plan = plan(&query, json!({}));
            assert_eq!(check_payees(&plan).ok(), Some(expected * MUTATION), "{query}");
            assert_eq!(reads_snapshot(&plan), expected == 0, "{query}");
        }
        let others: String = (6..11).map(|nth| payee(format!("p{nth}"))).collect();
        assert!(check_payees(&plan(&format!("{{ {many} {others} }}"), json!({}))).is_err());
        let skipped = "{ me { id } who: payee(wallet: { username: \"badr\" }) @skip(if: true) { displayName } }";
        assert!(reads_snapshot(&plan(skipped, json!({}))));
        assert!(!reads_snapshot(&plan("mutation { logout { __typename } }", json!({}))));
    }
}
