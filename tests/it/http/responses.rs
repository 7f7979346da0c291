//! What every response has: its headers, also on errors; and what the paths without GraphQL return.

use axum::{
    body::Body,
    http::{HeaderMap, Request, header},
};
use daybook::{clock::Clock, server};
use serde_json::json;

use crate::harness::{
    Answer, Client,
    Database::{self, Sqlite},
    TestApp,
};

const DATA_ONLY: &str = "default-src 'none'; frame-ancestors 'none'";

async fn send(client: &Client, method: &str, path: &str) -> Answer {
    client.send(Request::builder().method(method).uri(path).body(Body::empty()).unwrap()).await
}

fn assert_safe(what: &str, headers: &HeaderMap, cache: &str, policy: &str) {
    for (name, value) in [
        ("cache-control", cache),
        ("content-security-policy", policy),
        ("cross-origin-resource-policy", "same-origin"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
    ] {
        let values: Vec<_> = headers.get_all(name).iter().collect();
        assert_eq!(values, [value], "{name} of {what}");
    }
    assert!(headers.contains_key("x-request-id") && !headers.contains_key("strict-transport-security"), "{what}");
    let vary: Vec<_> = headers.get_all(header::VARY).iter().map(|line| line.to_str().unwrap()).collect();
    let [vary] = vary[..] else { panic!("{what} varies by {vary:?}") };
    assert_eq!(vary.to_lowercase().matches("accept-encoding").count(), 1, "{what} varies by {vary}");
}

#[apply(both_databases)]
async fn every_response_has_the_headers_that_make_it_safe(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let token = amina.client.token.clone().unwrap();
    let broken = app.another(|app| app.clock = Clock::new(|| panic!("the clock has stopped")));
    let bearer = |path: &str| {
        let request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
        amina.client.send(request.body(Body::empty()).unwrap())
    };
    let client = app.anonymous();
    for (status, what, answer) in [
        (200, "an answer", client.request("{ __typename }", json!({})).await),
        (200, "an error", client.request("{ nothing }", json!({})).await),
        (500, "a panic", amina.at(&broken).client.request("{ me { id } }", json!({})).await),
        (200, "a list", bearer("/transactions.csv").await),
        (401, "a list without a login", client.get("/transactions.csv").await),
        (404, "no path", client.get("/nothing").await),
        (405, "no method", send(&client, "DELETE", "/graphql").await),
        (405, "no preflight", send(&client, "OPTIONS", "/graphql").await),
        (200, "health", client.get("/health/live").await),
        // The tests do not watch their databases.
        (503, "no health", client.get("/health/ready").await),
    ] {
        assert_eq!(answer.status, status, "{what}: {answer:?}");
        assert_safe(what, &answer.headers, "no-store", DATA_ONLY);
    }
    let picture = bearer("/reports/2026-11.svg").await;
    assert_safe("a picture", &picture.headers, "no-store", "default-src 'none'; frame-ancestors 'none'; sandbox");
    assert_safe("the schema", &client.get("/schema.graphql").await.headers, "no-cache", DATA_ONLY);
}

#[apply(test)]
async fn the_explorer_runs_no_script_but_its_own_file() {
    let app = TestApp::on(Sqlite).await;
    let page = app.anonymous().get("/").await;
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert_safe("the explorer", &page.headers, "no-cache", policy);
    let parts: Vec<_> = policy.split("; ").collect();
    for part in
        ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"]
    {
        assert!(parts.contains(&part), "{part} is not in {policy}");
    }
    assert!(!policy.contains("unsafe-eval"), "{policy}");
    // The one script has a source and no text; no attribute is a handler of an event.
    assert_eq!(page.text.matches("<script").count(), 1);
    assert!(page.text.contains("src=\"./explorer/explorer.js\"></script>"), "{}", page.text);
    assert!(
        !page.text.contains("javascript:")
            && !page.text.split_whitespace().any(|word| word.starts_with("on") && word.contains('='))
    );
    for (file, content_type) in [
        ("explorer.js", "text/javascript"),
        ("editor.worker.js", "text/javascript"),
        ("graphql.worker.js", "text/javascript"),
        ("json.worker.js", "text/javascript"),
        ("explorer.css", "text/css"),
    ] {
        let path = format!("/explorer/{file}");
        let answer = app.anonymous().get(&path).await;
        let expected = format!("{content_type}; charset=utf-8");
        assert_eq!((answer.status.as_u16(), answer.headers[header::CONTENT_TYPE].to_str().unwrap()), (200, &*expected));
        assert!(answer.text.len() > 1000, "{file} is whole");
        // A worker has the policy of its own file.
        assert_safe(&path, &answer.headers, "no-cache", policy);
    }
    assert_eq!(app.anonymous().get("/explorer/other.js").await.status, 404);
}

#[apply(both_databases)]
async fn the_schema_can_be_downloaded_as_text_by_anybody_for_one_point(on: Database) {
    let app = TestApp::with(on, |app| app.limits.request_cost_per_minute = 3).await;
    let client = app.anonymous();
    let schema = client.get("/schema.graphql").await;
    assert_eq!((schema.status.as_u16(), schema.text.as_str()), (200, daybook::graphql::sdl().as_str()));
    assert_eq!(schema.headers[header::CONTENT_TYPE], "application/graphql; charset=utf-8");
    assert_eq!(schema.headers["ratelimit"].to_str().unwrap().split(';').nth(1), Some("r=2"));
    let etag = schema.headers[header::ETAG].to_str().unwrap();
    let rich = app.another(|app| app.limits.request_cost_per_minute = 0);
    for given in [etag, etag.trim_start_matches("W/"), &format!("\"other\", {etag}"), "*"] {
        let again = rich.with_header("if-none-match", given).get("/schema.graphql").await;
        assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""), "{given}");
        assert_eq!(again.headers[header::ETAG], etag);
        assert!(!again.headers.contains_key(header::CONTENT_TYPE));
    }
    let other = client.with_header("if-none-match", "\"other\", W/\"another\"").get("/schema.graphql").await;
    assert_eq!((other.status.as_u16(), other.text.len()), (200, schema.text.len()));
    let head = send(&client, "HEAD", "/schema.graphql").await;
    assert_eq!((head.status.as_u16(), head.text.as_str()), (200, ""));
    assert_eq!(head.headers[header::CONTENT_LENGTH], schema.text.len().to_string());
    assert_eq!(head.headers[header::ETAG], etag);
    let refused = client.get("/schema.graphql").await;
    assert_eq!(
        (refused.status.as_u16(), &refused.json()["errors"][0]["extensions"]["code"]),
        (429, &json!("RATE_LIMITED"))
    );
    assert!(refused.headers.contains_key("retry-after"));
}

#[apply(test)]
async fn a_server_may_leave_out_the_explorer_and_the_schema() {
    let app = TestApp::on(Sqlite).await;
    let none = server::Pages { explorer: false, schema: false };
    let client = Client::to_router(server::router(app.app.clone(), none));
    for path in ["/", "/explorer/explorer.js", "/schema.graphql"] {
        assert_eq!(client.get(path).await.status, 404, "{path}");
        assert_eq!(app.anonymous().get(path).await.status, 200, "{path}");
    }
    assert_eq!(client.gql("{ __typename }", json!({})).await["__typename"], "Query");
}

#[apply(test)]
async fn unknown_paths_and_methods_are_refused_in_json() {
    let app = TestApp::on(Sqlite).await;
    let client = app.anonymous();
    for (method, path, status, allow) in [
        ("GET", "/nothing", 404, None),
        ("POST", "/nothing", 404, None),
        ("GET", "/graphql/", 404, None),
        ("DELETE", "/", 405, Some("GET,HEAD")),
        ("PUT", "/graphql", 405, Some("GET, POST")),
        ("POST", "/transactions.csv", 405, Some("GET,HEAD")),
        ("PATCH", "/reports/2026-11.svg", 405, Some("GET,HEAD")),
        ("POST", "/schema.graphql", 405, Some("GET,HEAD")),
        ("POST", "/health/ready", 405, Some("GET,HEAD")),
        ("OPTIONS", "/health/live", 405, Some("GET,HEAD")),
    ] {
        let answer = send(&client, method, path).await;
        assert_eq!(answer.status, status, "{method} {path}");
        assert_eq!(answer.headers.get(header::ALLOW).map(|allow| allow.to_str().unwrap()), allow, "{method} {path}");
        assert!(answer.headers[header::CONTENT_TYPE].as_bytes().starts_with(b"application/json"));
        let error = &answer.json()["errors"][0];
        assert!(error["message"].is_string() && error["extensions"] == json!({ "code": "BAD_REQUEST" }), "{error}");
    }
}
