//! What a mutation may call together, and what its fields cost.

use std::collections::HashSet;

use async_graphql::parser::types::OperationType;

use super::plan::Plan;
use crate::server::{graphql::refused::Refused, rate_limit};

/// The fields that hash a password or issue tokens. A request may call each of them only once, under whatever alias.
const ONCE: [&str; 4] = ["register", "login", "refreshToken", "changePassword"];

/// The fields that cost more than others, because they hash a password, reveal which names are taken, or write something for
/// unauthenticated clients.
const COSTLY: [&str; 6] = ["register", "login", "refreshToken", "updateProfile", "changePassword", "deleteAccount"];

/// The fields that start or renew a session, so they need none.
const STARTING: [&str; 3] = ["register", "login", "refreshToken"];

/// The field that must be alone in its mutation, since the account does not exist after it.
const LAST: &str = "deleteAccount";

/// The cost of the fields of a mutation.
///
/// # Errors
/// When fields are called together that must not be.
pub(in crate::server::graphql) fn check_mutation(plan: &Plan) -> Result<u32, Refused> {
    if plan.kind != OperationType::Mutation {
        return Ok(0);
    }
    let (mut cost, mut seen) = (0, HashSet::new());
    let fields = plan.root_fields();
    for field in fields {
        let name = field.name();
        cost += if COSTLY.contains(&name) { rate_limit::COSTLY } else { rate_limit::MUTATION };
        if ONCE.contains(&name) && !seen.insert(name) {
            let calls = fields.iter().filter(|field| field.name() == name).count();
            return Err(Refused::too_complex(name, 1, calls, format!("A request may call `{name}` once.")));
        }
    }
    if fields.len() > 1 && fields.iter().any(|field| field.name() == LAST) {
        let message = format!("A mutation that calls `{LAST}` calls nothing else.");
        return Err(Refused::new("GRAPHQL_VALIDATION_FAILED", message));
    }
    Ok(cost)
}

/// Whether all that an operation does is to start or renew sessions. Such an operation is executed as without a login when its
/// access token is not valid, since its client may still hold the token of the session before. `__typename` does nothing, so it
/// does not count.
pub(in crate::server::graphql) fn only_starts_sessions(plan: &Plan) -> bool {
    let mut calls = plan.root_fields().iter().filter(|field| !field.name().starts_with("__")).peekable();
    plan.kind == OperationType::Mutation
        && calls.peek().is_some()
        && calls.all(|field| STARTING.contains(&field.name()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::check_mutation;
    use crate::server::{graphql::testing::plan, rate_limit};

    #[test]
    fn passwords_are_tried_once_in_a_request() {
        let login = "login(input: { identifier: \"a\", password: \"b\" }) { __typename }";
        let cost = |fields: String| check_mutation(&plan(&format!("mutation {{ {fields} }}"), json!({}))).ok();
        assert_eq!(cost(format!("a: {login}")), Some(rate_limit::COSTLY));
        // The same field twice is one call.
        assert_eq!(cost(format!("{login} {login}")), Some(rate_limit::COSTLY));
        assert_eq!(cost(format!("{login} logout {{ __typename }}")), Some(rate_limit::COSTLY + rate_limit::MUTATION));
        assert_eq!(cost(format!("a: {login} b: {login}")), None);
        assert_eq!(cost(format!("{login} ... {{ b: {login} }}")), None);
        let skipped = login.replace(" { __", " @skip(if: true) { __");
        assert_eq!(cost(format!("a: {login} b: {skipped}")), Some(rate_limit::COSTLY));
    }
}
