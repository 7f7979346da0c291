//! Numbers in variables that no double can hold.

use axum::{body::Body, http::Request};
use serde_json::Value;

use crate::harness::{Database, TestApp};

#[apply(both_databases)]
async fn a_number_that_is_too_large_is_an_error_of_its_variable(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let query = "mutation($input: DepositInput!) { deposit(input: $input) { replayed } }";
    let digits = "9".repeat(400);
    for number in ["1E400", "-1e999", &digits] {
        let body = format!(
            r#"{{ "query": "{query}", "variables": {{ "input": {{ "wallet": {{ "id": "{}" }}, "amount": {number} }} }} }}"#,
            amina.wallet
        );
        let request = Request::post("/graphql")
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {}", amina.client.token.as_ref().unwrap()));
        let answer = amina.client.send(request.body(Body::from(body)).unwrap()).await.json();
        let error = &answer["errors"][0];
        // As for any other value of a variable that is no decimal.
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{answer}");
        assert!(error["message"].as_str().unwrap().contains("input.amount"), "{answer}");
        assert_eq!(answer.get("data"), None::<&Value>);
    }
    assert_eq!(amina.balance(&amina.wallet).await, "0.00");
}
