//! Web pages of other origins: which may read responses, and what they are told.

use axum::{
    body::Body,
    http::{
        HeaderValue, Method, Request,
        header::{self, HeaderMap},
    },
};
use daybook::{
    app::{App, Origins},
    clock::Clock,
};
use serde_json::json;

use crate::harness::{
    Answer, Client,
    Database::{self, Sqlite},
    Server, TestApp, fresh, program,
};

const SHOP: &str = "https://shop.example";

fn listed(app: &mut App) {
    app.origins = Origins::Listed([SHOP, "http://localhost:5173"].map(HeaderValue::from_static).into());
}

async fn preflight(client: &Client, path: &str, origin: &str) -> Answer {
    let request = Request::options(path)
        .header(header::ORIGIN, origin)
        .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
        .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "authorization,content-type,x-apollo-operation-name");
    client.send(request.body(Body::empty()).unwrap()).await
}

fn allowed(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::ACCESS_CONTROL_ALLOW_ORIGIN).map(|origin| origin.to_str().unwrap())
}

/// The headers of CORS in a response.
fn told(headers: &HeaderMap) -> Vec<&str> {
    headers.keys().map(header::HeaderName::as_str).filter(|name| name.starts_with("access-control-")).collect()
}

fn varies_by_origin(headers: &HeaderMap) -> bool {
    headers[header::VARY].to_str().unwrap().split(", ").any(|name| name.eq_ignore_ascii_case("origin"))
}

#[apply(both_databases)]
async fn preflights_of_all_routes_are_answered_at_once_even_when_no_points_are_left(on: Database) {
    let app = TestApp::with(on, |app| {
        listed(app);
        app.limits.request_cost_per_minute = 1;
    })
    .await;
    let client = app.anonymous();
    client.request("{ __typename }", json!({})).await;
    assert_eq!(client.request("{ __typename }", json!({})).await.status, 429);
    let statements = app.statements();
    for path in
        ["/graphql", "/transactions.csv", "/reports/2026-11.svg", "/schema.graphql", "/health/ready", "/nothing"]
    {
        let answer = preflight(&client, path, SHOP).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str(), allowed(&answer.headers)), (200, "", Some(SHOP)));
        assert_eq!(answer.headers[header::ACCESS_CONTROL_ALLOW_METHODS], "GET,POST");
        let headers = answer.headers[header::ACCESS_CONTROL_ALLOW_HEADERS].to_str().unwrap();
        assert_eq!(headers, "authorization,content-type,x-apollo-operation-name");
        assert_eq!(answer.headers[header::ACCESS_CONTROL_MAX_AGE], "7200");
        assert!(!answer.headers.contains_key(header::ACCESS_CONTROL_ALLOW_CREDENTIALS));
        assert!(!answer.headers.contains_key("ratelimit") && varies_by_origin(&answer.headers), "{answer:?}");
    }
    assert_eq!(app.statements(), statements);
}

#[apply(both_databases)]
async fn a_page_of_an_allowed_origin_may_read_every_response(on: Database) {
    let app = TestApp::with(on, listed).await;
    let with_origin =
        |client: &Client| client.with_header("origin", SHOP).with_header("accept", "application/graphql-response+json");
    let client = with_origin(&app.anonymous());
    let poor = with_origin(&app.another(|app| app.limits.request_cost_per_minute = 1));
    poor.request("{ __typename }", json!({})).await;
    let narrow = with_origin(&app.another(|app| app.limits.bodies.largest = 1));
    let full = with_origin(&app.another(|app| app.limits.bodies.at_once = 0));
    let broken = with_origin(&app.another(|app| app.clock = Clock::new(|| panic!("the clock has stopped"))));
    let plain = Request::post("/graphql").header(header::CONTENT_TYPE, "text/plain").body(Body::empty()).unwrap();
    let delete = Request::delete("/graphql").body(Body::empty()).unwrap();
    let ask = async |client: &Client| client.request("{ __typename }", json!({})).await;
    for (status, answer) in [
        (200, ask(&client).await),
        (400, client.request("{ nothing }", json!({})).await),
        (401, ask(&client.with_token("x.y.z")).await),
        (401, client.get("/transactions.csv").await),
        (404, client.get("/nothing").await),
        (405, client.send(delete).await),
        (413, ask(&narrow).await),
        (415, client.send(plain).await),
        (429, ask(&poor).await),
        (500, ask(&broken).await),
        (503, ask(&full).await),
        (200, client.get("/health/live").await),
        (200, client.get("/schema.graphql").await),
    ] {
        assert_eq!((answer.status.as_u16(), allowed(&answer.headers)), (status, Some(SHOP)), "{answer:?}");
        assert!(varies_by_origin(&answer.headers), "{answer:?}");
        let exposed = answer.headers[header::ACCESS_CONTROL_EXPOSE_HEADERS].to_str().unwrap();
        for name in
            ["ratelimit", "ratelimit-policy", "retry-after", "x-request-id", "content-disposition", "www-authenticate"]
        {
            assert!(exposed.split(',').any(|exposed| exposed == name), "{name} is not in {exposed}");
        }
        assert_eq!(told(&answer.headers).len(), 2, "{answer:?}");
    }
}

#[apply(both_databases)]
async fn other_origins_are_told_nothing_and_served_as_before(on: Database) {
    let app = TestApp::with(on, listed).await;
    for origin in [
        "http://shop.example",
        "https://shop.example:443",
        "https://shop.example/",
        "https://shop.example:8443",
        "https://SHOP.example",
        "https://shop.example.evil.example",
        "https://www.shop.example",
        "https://shop.example https://evil.example",
        "http://localhost",
        "null",
        "*",
        "",
    ] {
        let answer = app.anonymous().with_header("origin", origin).request("{ __typename }", json!({})).await;
        assert_eq!((answer.status.as_u16(), told(&answer.headers)), (200, vec![]), "{origin}");
        assert!(varies_by_origin(&answer.headers));
        assert_eq!(told(&preflight(&app.anonymous(), "/graphql", origin).await.headers), [""; 0], "{origin}");
    }
    // A client that is no web page sends no origin.
    let answer = app.anonymous().request("{ __typename }", json!({})).await;
    assert_eq!(told(&answer.headers), [""; 0]);
    assert!(varies_by_origin(&answer.headers));
}

#[apply(test)]
async fn a_star_allows_all_origins_and_never_credentials() {
    let app = TestApp::with(Sqlite, |app| app.origins = Origins::Any).await;
    for origin in [SHOP, "null", "http://localhost:1"] {
        let answer = app.anonymous().with_header("origin", origin).request("{ __typename }", json!({})).await;
        for headers in [answer.headers, preflight(&app.anonymous(), "/graphql", origin).await.headers] {
            assert_eq!(allowed(&headers), Some("*"), "{origin}");
            assert!(!headers.contains_key(header::ACCESS_CONTROL_ALLOW_CREDENTIALS) && !varies_by_origin(&headers));
        }
    }
}

#[apply(test)]
async fn without_the_setting_there_are_no_headers_and_no_preflights() {
    let app = TestApp::on(Sqlite).await;
    let answer = app.anonymous().with_header("origin", SHOP).request("{ __typename }", json!({})).await;
    assert_eq!((answer.status.as_u16(), told(&answer.headers)), (200, vec![]));
    assert!(!varies_by_origin(&answer.headers));
    let answer = preflight(&app.anonymous(), "/graphql", SHOP).await;
    assert_eq!((answer.status.as_u16(), told(&answer.headers)), (405, vec![]));
}

#[apply(test)]
async fn the_program_allows_the_origins_that_it_is_told_of() {
    for (setting, expected) in
        [("http://localhost:5173, HTTPS://Shop.Example:443", Some(SHOP)), ("*", Some("*")), ("", None)]
    {
        let (url, _storage) = fresh(Sqlite).await;
        let server = Server::start_with(program().args(["--database-url", &url, "--cors-origins", setting]));
        for method in [Method::GET, Method::OPTIONS] {
            let request = Request::builder().method(method).uri("/health/live").header(header::ORIGIN, SHOP);
            let answer = server.client().send(request.body(Body::empty()).unwrap()).await;
            assert_eq!(allowed(&answer.headers), expected, "{setting}");
        }
    }
}
