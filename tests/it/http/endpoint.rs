//! The HTTP side: what the endpoint takes, how it says no, and health.

use axum::{
    body::Body,
    http::{Request, header},
};
use rstest::rstest;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::harness::{
    Answer,
    Database::{self, Sqlite},
    TestApp,
};

const GRAPHQL_RESPONSE: &str = "application/graphql-response+json";

async fn post(app: &TestApp, content_type: &str, accept: &str, body: impl Into<Body>) -> Answer {
    let request = Request::post("/graphql").header(header::CONTENT_TYPE, content_type).header(header::ACCEPT, accept);
    app.anonymous().send(request.body(body.into()).unwrap()).await
}

async fn get(app: &TestApp, path: &str) -> Answer {
    app.anonymous().send(Request::get(path).body(Body::empty()).unwrap()).await
}

fn code(answer: &Answer) -> String {
    answer.json()["errors"][0]["extensions"]["code"].as_str().unwrap().to_owned()
}

#[apply(test)]
async fn only_json_is_taken_so_that_another_site_cannot_send_it() {
    let app = TestApp::on(Sqlite).await;
    let body = json!({ "query": "{ __typename }" }).to_string();
    for taken in ["application/json", "application/json; charset=utf-8", "Application/JSON;charset=\"UTF-8\""] {
        let answer = post(&app, taken, "*/*", body.clone()).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()),
            (200, json!({ "data": { "__typename": "Query" } })),
            "{taken}"
        );
    }
    let others =
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonp"];
    for refused in others.into_iter().chain(["application/json; charset=latin1", ""]) {
        let answer = post(&app, refused, "*/*", body.clone()).await;
        assert_eq!((answer.status.as_u16(), code(&answer)), (415, "BAD_REQUEST".to_owned()), "{refused}");
    }
    let answer = app.anonymous().send(Request::post("/graphql").body(Body::from(body)).unwrap()).await;
    assert_eq!(answer.status, 415);
}

#[apply(test)]
async fn a_body_that_is_no_request_is_refused() {
    let app = TestApp::on(Sqlite).await;
    for body in [
        "",
        "{",
        "null",
        "[]",
        "[{\"query\":\"{ __typename }\"}]",
        "{}",
        "{\"query\":null}",
        "{\"query\":1}",
        "{\"query\":\"{ __typename }\",\"variables\":[]}",
        "{\"query\":\"{ __typename }\",\"variables\":\"{}\"}",
        "{\"query\":\"{ __typename }\",\"operationName\":1}",
        "{\"query\":\"{ __typename }\",\"extensions\":1}",
    ] {
        for accept in ["application/json", GRAPHQL_RESPONSE] {
            let answer = post(&app, "application/json", accept, body).await;
            assert_eq!((answer.status.as_u16(), code(&answer)), (400, "BAD_REQUEST".to_owned()), "{body}");
            assert_eq!(answer.json().get("data"), None);
        }
    }
    let nulls =
        "{\"query\":\"{ __typename }\",\"variables\":null,\"operationName\":null,\"extensions\":null,\"other\":1}";
    assert_eq!(post(&app, "application/json", "*/*", nulls).await.status, 200);
}

#[apply(test)]
async fn a_body_of_more_than_a_mebibyte_is_refused() {
    let app = TestApp::on(Sqlite).await;
    let body = |size: usize| {
        let empty = json!({ "query": "{ __typename }", "extensions": { "x": "" } }).to_string();
        empty.replace("\"x\":\"\"", &format!("\"x\":\"{}\"", "x".repeat(size - empty.len())))
    };
    assert_eq!(post(&app, "application/json", "*/*", body(1024 * 1024)).await.status, 200);
    let answer = post(&app, "application/json", "*/*", body(1024 * 1024 + 1)).await;
    assert_eq!((answer.status.as_u16(), code(&answer)), (413, "BAD_REQUEST".to_owned()));
}

#[rstest]
#[case::syntax(json!({ "query": "{" }), "GRAPHQL_PARSE_FAILED")]
#[case::empty(json!({ "query": "" }), "GRAPHQL_PARSE_FAILED")]
#[case::deep(json!({ "query": "{a".repeat(5000) }), "QUERY_TOO_COMPLEX")]
#[case::deep_list(json!({ "query": format!("{{ node(id: {}) {{ id }} }}", "[".repeat(8000)) }), "QUERY_TOO_COMPLEX")]
#[case::deep_object(json!({ "query": format!("{{ node(id: {}", "{a:".repeat(5000)) }), "QUERY_TOO_COMPLEX")]
#[case::too_long(json!({ "query": format!("{{ __typename }} #{}", "x".repeat(17_000)) }), "QUERY_TOO_COMPLEX")]
#[case::unknown_field(json!({ "query": "{ nothing }" }), "GRAPHQL_VALIDATION_FAILED")]
#[case::subscription(json!({ "query": "subscription { nothing }" }), "GRAPHQL_VALIDATION_FAILED")]
#[case::unknown_operation(json!({ "query": "query A { __typename }", "operationName": "B" }), "OPERATION_RESOLUTION_FAILURE")]
#[case::which_operation(
    json!({ "query": "query A { __typename } query B { __typename }" }),
    "OPERATION_RESOLUTION_FAILURE"
)]
#[case::circle(json!({ "query": "{ ...F } fragment F on Query { ...F ...F }" }), "GRAPHQL_VALIDATION_FAILED")]
#[case::too_many_fields(json!({ "query": format!("{{ {} }}", "__typename ".repeat(1001)) }), "QUERY_TOO_COMPLEX")]
#[case::twice(
    json!({ "query": "mutation { a: logout { __typename } b: login(input: { identifier: \"a\", password: \"b\" }) { __typename }
              c: login(input: { identifier: \"a\", password: \"b\" }) { __typename } }" }),
    "QUERY_TOO_COMPLEX"
)]
#[case::missing_variable(json!({ "query": "query($id: ID!) { wallet(id: $id) { id } }" }), "BAD_USER_INPUT")]
#[test_attr(apply(test))]
async fn a_request_that_cannot_be_executed_has_no_data(#[case] body: Value, #[case] expected: &str) {
    let app = TestApp::on(Sqlite).await;
    for (accept, status) in [("application/json", 200), (GRAPHQL_RESPONSE, 400)] {
        let answer = post(&app, "application/json", accept, body.to_string()).await;
        assert_eq!((answer.status.as_u16(), code(&answer).as_str()), (status, expected));
        assert_eq!(answer.json().get("data"), None);
        let content_type = answer.headers[header::CONTENT_TYPE].to_str().unwrap();
        assert_eq!(content_type, format!("{accept}; charset=utf-8"));
    }
}

#[apply(test)]
async fn a_request_that_is_executed_has_data_and_safe_headers() {
    let app = TestApp::on(Sqlite).await;
    for accept in ["application/json", GRAPHQL_RESPONSE] {
        let answer = post(&app, "application/json", accept, "{\"query\":\"{ me { id } }\"}").await;
        assert_eq!((answer.status.as_u16(), code(&answer)), (200, "UNAUTHENTICATED".to_owned()));
        assert_eq!(answer.json()["data"], json!({ "me": null }));
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
        assert_eq!(answer.headers[header::VARY], "Accept, Accept-Encoding");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        assert!(answer.headers.contains_key("x-request-id"));
    }
}

#[apply(test)]
async fn a_bad_token_is_401_where_the_media_type_allows_it() {
    let app = TestApp::on(Sqlite).await;
    for (accept, status) in [("application/json", 200), (GRAPHQL_RESPONSE, 401)] {
        for authorization in ["Bearer x.y.z", "Bearer", "Basic YTpi", ""] {
            let request = Request::post("/graphql")
                .header(header::CONTENT_TYPE, "application/json")
                .header(header::ACCEPT, accept)
                .header(header::AUTHORIZATION, authorization);
            let answer = app.anonymous().send(request.body("{\"query\":\"{ __typename }\"}".into()).unwrap()).await;
            assert_eq!((answer.status.as_u16(), code(&answer)), (status, "UNAUTHENTICATED".to_owned()));
        }
    }
}

#[apply(test)]
async fn other_methods_and_paths_are_refused() {
    let app = TestApp::on(Sqlite).await;
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "QUERY"] {
        let request = Request::builder().method(method).uri("/graphql?query={__typename}").body(Body::empty()).unwrap();
        let answer = app.anonymous().send(request).await;
        assert_eq!((answer.status.as_u16(), code(&answer)), (405, "BAD_REQUEST".to_owned()), "{method}");
        assert_eq!(answer.headers[header::ALLOW], "GET, POST", "{method}");
        assert_eq!(answer.headers[header::VARY], "Accept, Accept-Encoding", "{method}");
    }
    assert_eq!(get(&app, "/nothing").await.status, 404);
}

#[apply(both_databases)]
async fn a_fault_shows_nothing_but_the_name_of_the_request(on: Database) {
    let (app, owner) = TestApp::with_owner(on).await;
    let drop = "ALTER TABLE wallet RENAME TO lost";
    app.app.db.write(|tx| async move { Ok(tx.execute_unprepared(drop).await?) }).await.unwrap();
    let create = "mutation { createWallet(input: { currency: \"USD\" }) { wallet { id } } }";
    for operation in ["{ wallets { id } }", create] {
        let answer = owner.client.request(operation, json!({})).await;
        assert!(!answer.text.contains("lost") && !answer.text.contains("SQL") && !answer.text.contains("relation"));
        let error = &answer.json()["errors"][0];
        assert_eq!(error["message"], "internal error");
        assert_eq!(error["extensions"]["code"], "INTERNAL_SERVER_ERROR");
        assert_eq!(error["extensions"]["requestId"], answer.headers["x-request-id"].to_str().unwrap());
    }
}

#[apply(both_databases)]
async fn health_tells_whether_the_database_is_there_and_migrated(on: Database) {
    use migration::{Migrator, MigratorTrait};
    let app = TestApp::on(on).await;
    assert_eq!(get(&app, "/health/live").await.json(), json!({ "status": "live" }));
    app.app.db.check().await;
    assert_eq!(get(&app, "/health/ready").await.json(), json!({ "status": "ready" }));

    let connection = sea_orm::Database::connect(&app.url).await.unwrap();
    Migrator::down(&connection, Some(1)).await.unwrap();
    app.app.db.check().await;
    let answer = get(&app, "/health/ready").await;
    let reason = "1 migrations are not applied; run `daybook migrate`";
    assert_eq!((answer.status.as_u16(), &answer.json()["reason"]), (503, &json!(reason)));

    app.app.db.clone().close().await;
    app.app.db.check().await;
    let answer = get(&app, "/health/ready").await;
    assert_eq!((answer.status.as_u16(), &answer.json()["reason"]), (503, &json!("the database does not answer")));
    assert_eq!(get(&app, "/health/live").await.status, 200);
}

#[apply(test)]
async fn the_explorer_asks_nobody_else_for_anything() {
    let app = TestApp::on(Sqlite).await;
    let page = get(&app, "/").await;
    assert_eq!(page.status, 200);
    assert!(page.headers["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
    assert!(page.text.contains("<title>Daybook"));
    assert!(!page.text.contains("https://") && !page.text.contains("http://"), "a reference to elsewhere");
}

#[apply(both_databases)]
async fn a_field_that_fails_is_null_and_takes_nothing_with_it(on: Database) {
    let (app, owner) = TestApp::with_owner(on).await;
    let drop = "ALTER TABLE journal_entry RENAME TO lost";
    owner.fund("1").await;
    let category = owner.category("Books", "EXPENSE").await;
    app.app.db.write(|tx| async move { Ok(tx.execute_unprepared(drop).await?) }).await.unwrap();
    let id = &owner.wallet;
    let balance = "balanceAt(time: \"2026-01-01T00:00:00Z\") { amount }";
    let none = json!({ "balanceAt": null });
    for (query, data) in [
        (
            format!("{{ a: __typename wallet(id: \"{id}\") {{ id {balance} }} z: __typename }}"),
            json!({ "a": "Query", "wallet": { "id": id, "balanceAt": null }, "z": "Query" }),
        ),
        (
            format!("{{ nodes(ids: [\"{id}\", \"x\"]) {{ ... on Wallet {{ {balance} }} }} }}"),
            json!({ "nodes": [none, null] }),
        ),
        // In either order.
        (
            format!("{{ wallets {{ {balance} }} wallet(id: \"{id}\") {{ {balance} }} }}"),
            json!({ "wallets": [none], "wallet": none }),
        ),
        (
            format!("{{ wallet(id: \"{id}\") {{ {balance} }} wallets {{ {balance} }} }}"),
            json!({ "wallet": none, "wallets": [none] }),
        ),
        // What is read afterwards is read all the same.
        (
            format!(
                "{{ wallet(id: \"{id}\") {{ {balance} }} category(id: \"{category}\") {{ activities {{ nodes {{ actor {{ displayName }} }} }} }} }}"
            ),
            json!({ "wallet": none, "category": { "activities": { "nodes": [{ "actor": { "displayName": "amina" } }] } } }),
        ),
        (
            format!(
                "{{ walletHistory(walletId: \"{id}\") {{ totalCount edges {{ cursor }} }} book {{ __typename }} }}"
            ),
            json!({ "walletHistory": null, "book": { "__typename": "Book" } }),
        ),
    ] {
        let answer = owner.client.request(&query, json!({})).await;
        assert_eq!(answer.json()["data"], data, "{query}");
        assert_eq!(code(&answer), "INTERNAL_SERVER_ERROR", "{query}");
    }
    let answer = app.anonymous().request("{ __typename me { id } }", json!({})).await.json();
    assert_eq!(answer["data"], json!({ "__typename": "Query", "me": null }));
}
