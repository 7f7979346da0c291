//! The media type of an answer, as the `Accept` header asks.

use axum::{
    body::Body,
    http::{Request, header},
};
use serde_json::json;

use crate::harness::{Answer, Client, Database, TestApp};

async fn post(client: &Client, accept: &str, query: &str) -> Answer {
    let request = Request::post("/graphql").header("content-type", "application/json").header("accept", accept);
    client.send(request.body(Body::from(json!({ "query": query }).to_string())).unwrap()).await
}

#[apply(both_databases)]
async fn the_answer_has_the_media_type_that_the_client_likes_best(on: Database) {
    let app = TestApp::on(on).await;
    for (accept, content_type, status) in [
        ("*/*", "application/json", 200),
        ("application/*", "application/json", 200),
        ("application/graphql-response+json", "application/graphql-response+json", 400),
        // What Apollo Client and urql send.
        ("application/graphql-response+json,application/json;q=0.9", "application/graphql-response+json", 400),
        (
            "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed",
            "application/graphql-response+json",
            400,
        ),
        ("application/json, application/graphql-response+json;q=0.9", "application/json", 200),
        ("application/graphql-response+json;q=0, */*", "application/json", 200),
    ] {
        let answer = post(&app.anonymous(), accept, "{").await;
        assert_eq!(answer.headers[header::CONTENT_TYPE], format!("{content_type}; charset=utf-8"), "{accept}");
        assert_eq!(answer.status, status, "{accept}");
    }
}

#[apply(both_databases)]
async fn a_client_that_accepts_no_media_type_gets_406_and_nothing_is_done(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let deposit = format!(
        "mutation {{ deposit(input: {{ wallet: {{ id: \"{}\" }}, amount: 1 }}) {{ replayed }} }}",
        amina.wallet
    );
    let token = format!("Bearer {}", amina.client.token.as_ref().unwrap());
    for accept in ["text/html", "application/json;q=0", "*/*;q=0"] {
        let answer = post(&app.anonymous().with_header("authorization", &token), accept, &deposit).await;
        assert_eq!(answer.status, 406, "{accept}");
        assert_eq!(answer.headers[header::CONTENT_TYPE], "application/json; charset=utf-8");
        assert_eq!(answer.headers[header::VARY], "Accept, Accept-Encoding");
        let body = answer.json();
        assert_eq!((&body["errors"][0]["extensions"]["code"], body.get("data")), (&json!("BAD_REQUEST"), None));
    }
    assert_eq!(amina.balance(&amina.wallet).await, "0.00");
}
