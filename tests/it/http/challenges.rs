//! The challenge of RFC 6750 in each response of status 401.

use axum::http::header;
use serde_json::json;

use crate::harness::{Database, TestApp};

#[apply(both_databases)]
async fn each_401_has_a_challenge(on: Database) {
    let app = TestApp::on(on).await;
    let client = app.anonymous().with_header("accept", "application/graphql-response+json");
    for (authorization, challenge) in
        [(Some("Bearer x.y.z"), "Bearer error=\"invalid_token\""), (Some("Basic YTpi"), "Bearer"), (None, "Bearer")]
    {
        let client = authorization.map_or(client.clone(), |value| client.with_header("authorization", value));
        let mut answers = vec![client.get("/transactions.csv").await, client.get("/reports/2026-11.svg").await];
        if authorization.is_some() {
            answers.push(client.request("{ __typename }", json!({})).await);
            answers.push(client.get("/graphql?query={__typename}").await);
        }
        for answer in answers {
            assert_eq!(answer.status, 401);
            assert_eq!(answer.headers[header::WWW_AUTHENTICATE], challenge, "{authorization:?}");
        }
    }
    let fine = client.get("/health/live").await;
    assert!(!fine.headers.contains_key(header::WWW_AUTHENTICATE));
}
