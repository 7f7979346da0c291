//! Queries by GET.

use axum::{
    body::Body,
    http::{Request, header},
};
use serde_json::{Value, json};

use crate::harness::{Answer, Client, Database, TestApp, User};

const GRAPHQL_RESPONSE: &str = "application/graphql-response+json";

/// The path of a query by GET.
fn url(parameters: &[(&str, &str)]) -> String {
    let mut url = reqwest::Url::parse("http://shop/graphql").unwrap();
    url.query_pairs_mut().extend_pairs(parameters);
    format!("/graphql?{}", url.query().unwrap())
}

async fn get(client: &Client, parameters: &[(&str, &str)]) -> Answer {
    client.get(&url(parameters)).await
}

fn code(answer: &Answer) -> Value {
    answer.json()["errors"][0]["extensions"]["code"].clone()
}

/// The user with the token in a header of each request, also of those by GET.
fn logged_in(user: &User, app: &TestApp) -> Client {
    app.anonymous().with_header("authorization", &format!("Bearer {}", user.client.token.as_ref().unwrap()))
}

#[apply(both_databases)]
async fn a_query_by_get_gets_what_it_gets_by_post(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let client = logged_in(&amina, &app);
    let query = "query Other { __typename } query Wallet($id: ID!) { wallet(id: $id) { id } }";
    let variables = json!({ "id": amina.wallet }).to_string();
    let parameters = [("query", query), ("operationName", "Wallet"), ("variables", &variables), ("other", "x")];
    for accept in ["application/json", GRAPHQL_RESPONSE] {
        let answer = get(&client.with_header("accept", accept), &parameters).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()),
            (200, json!({ "data": { "wallet": { "id": amina.wallet } } }))
        );
        assert_eq!(answer.headers[header::CONTENT_TYPE], format!("{accept}; charset=utf-8"));
        assert_eq!(answer.headers[header::CACHE_CONTROL], "private, no-cache");
        assert_eq!(answer.headers[header::VARY], "Accept, Authorization, Origin, Accept-Encoding");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    }
    // An empty parameter is absent, and HEAD is GET without a body.
    let empty = [("query", "{ __typename }"), ("operationName", ""), ("variables", ""), ("extensions", "")];
    assert_eq!(get(&client, &empty).await.json(), json!({ "data": { "__typename": "Query" } }));
    let head = Request::head(url(&empty)).body(Body::empty()).unwrap();
    let head = client.send(head).await;
    assert_eq!((head.status.as_u16(), head.text.as_str()), (200, ""));
    assert_eq!(head.headers[header::CACHE_CONTROL], "private, no-cache");
}

#[apply(both_databases)]
async fn a_get_that_is_no_request_is_refused_and_not_kept(on: Database) {
    let app = TestApp::on(on).await;
    let client = app.anonymous().with_header("accept", GRAPHQL_RESPONSE);
    let long = format!("{{ __typename }}#{}", "x".repeat(17_000));
    for (parameters, status, expected) in [
        (&[][..], 400, "BAD_REQUEST"),
        (&[("query", "")], 400, "BAD_REQUEST"),
        (&[("query", "{ __typename }"), ("query", "{ __typename }")], 400, "BAD_REQUEST"),
        (&[("query", "{ __typename }"), ("variables", "{")], 400, "BAD_REQUEST"),
        (&[("query", "{ __typename }"), ("variables", "[]")], 400, "BAD_REQUEST"),
        (&[("query", "{ __typename }"), ("extensions", "1")], 400, "BAD_REQUEST"),
        (&[("query", "{ nothing }")], 400, "GRAPHQL_VALIDATION_FAILED"),
        (&[("query", "{")], 400, "GRAPHQL_PARSE_FAILED"),
        (&[("query", "query($a: ID!) { node(id: $a) { id } }")], 400, "BAD_USER_INPUT"),
        (&[("query", long.as_str())], 400, "QUERY_TOO_COMPLEX"),
    ] {
        let answer = get(&client, parameters).await;
        assert_eq!((answer.status.as_u16(), code(&answer)), (status, json!(expected)), "{parameters:?}");
        assert_eq!(answer.json().get("data"), None);
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
        assert_eq!(answer.headers[header::VARY], "Accept, Accept-Encoding");
    }
}

#[apply(both_databases)]
async fn a_mutation_by_get_is_refused_and_does_nothing(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let client = logged_in(&amina, &app);
    let deposit = format!(
        "query Read {{ __typename }} mutation Write {{ deposit(input: {{ wallet: {{ id: \"{}\" }}, amount: 1 }}) {{ replayed }} }}",
        amina.wallet
    );
    for accept in ["application/json", GRAPHQL_RESPONSE] {
        let client = client.with_header("accept", accept);
        let answer = get(&client, &[("query", &deposit), ("operationName", "Write")]).await;
        assert_eq!((answer.status.as_u16(), code(&answer)), (405, json!("BAD_REQUEST")));
        assert_eq!(answer.headers[header::ALLOW], "POST");
        assert_eq!(get(&client, &[("query", &deposit), ("operationName", "Read")]).await.status, 200);
    }
    assert_eq!(amina.balance(&amina.wallet).await, "0.00");
}

#[apply(both_databases)]
async fn another_site_cannot_send_a_get_with_a_cookie(on: Database) {
    let app = TestApp::on(on).await;
    let query = [("query", "{ __typename }")];
    let with_cookie = app.anonymous().with_header("cookie", "session=1");
    let answer = get(&with_cookie, &query).await;
    assert_eq!((answer.status.as_u16(), code(&answer)), (400, json!("BAD_REQUEST")));
    for (name, value) in [
        ("graphql-require-preflight", "1"),
        ("apollo-require-preflight", "true"),
        ("x-apollo-operation-name", "A"),
        ("x-requested-with", "XMLHttpRequest"),
        ("content-type", "application/json"),
    ] {
        assert_eq!(get(&with_cookie.with_header(name, value), &query).await.status, 200, "{name}");
    }
    assert_eq!(get(&with_cookie.with_header("content-type", "text/plain"), &query).await.status, 400);
    assert_eq!(get(&app.anonymous(), &query).await.status, 200);
}

#[apply(both_databases)]
async fn a_query_by_get_pays_as_one_by_post_and_obeys_its_limits(on: Database) {
    let app = TestApp::with(on, |app| app.limits.request_cost_per_minute = 10).await;
    let client = app.anonymous();
    let mut left = Vec::new();
    for parameters in [&[("query", "{ __typename }")][..], &[("query", "{")], &[]] {
        left.push(get(&client, parameters).await.headers["ratelimit"].to_str().unwrap().to_owned());
    }
    for (ratelimit, expected) in left.iter().zip(["r=9", "r=8", "r=7"]) {
        assert!(ratelimit.contains(expected), "{left:?}");
    }
    let mut last = get(&client, &[("query", "{ __typename }")]).await;
    for _ in 0..8 {
        last = get(&client, &[("query", "{ __typename }")]).await;
    }
    assert_eq!((last.status.as_u16(), code(&last)), (429, json!("RATE_LIMITED")));
}
