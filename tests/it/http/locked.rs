//! The profile `locked`: what the server no longer shows.

use axum::{body::Body, http::Request};
use daybook::app::Profile;
use serde_json::{Value, json};

use crate::harness::{Client, Database, SECRET, Server, TestApp, fresh, program};

async fn locked(on: Database) -> TestApp {
    TestApp::with(on, |app| app.profile = Profile::Locked).await
}

async fn errors(client: &Client, query: &str) -> Value {
    client.request(query, json!({})).await.json()["errors"].clone()
}

#[apply(both_databases)]
async fn a_locked_server_takes_no_queries_by_get(on: Database) {
    let app = locked(on).await;
    let client = app.anonymous();
    for method in ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"] {
        let request = Request::builder().method(method).uri("/graphql?query={__typename}").body(Body::empty()).unwrap();
        let answer = client.send(request).await;
        assert_eq!((answer.status.as_u16(), answer.headers["allow"].to_str().unwrap()), (405, "POST"), "{method}");
    }
    assert_eq!(client.request("{ __typename }", json!({})).await.json(), json!({ "data": { "__typename": "Query" } }));
}

#[apply(both_databases)]
async fn a_locked_server_does_not_show_its_schema(on: Database) {
    let (locked, open) = (locked(on).await, TestApp::on(on).await);
    for query in [
        "{ __schema { types { name } } }",
        "{ __type(name: \"Query\") { name } }",
        "{ a: __typename ... on Query { b: __schema { description } } }",
        "{ ...F } fragment F on Query { __type(name: \"Book\") { name } }",
        "{ __typename ...F @skip(if: true) } fragment F on Query { __type(name: \"Book\") { name } }",
        "query A { __typename } query B { __schema { description } }",
    ] {
        let request = json!({ "query": query, "operationName": query.starts_with("query A").then_some("A") });
        let refused = locked.anonymous().post(&request).await.json();
        assert_eq!(refused["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED", "{query}");
        assert_eq!(refused.get("data"), None, "{query}");
        assert!(open.anonymous().post(&request).await.json()["data"].is_object(), "{query}");
    }
    let mutation = "mutation { logout { userErrors { code } __typename } }";
    assert_eq!(errors(&locked.anonymous(), mutation).await[0]["extensions"]["code"], "UNAUTHENTICATED");
}

#[apply(both_databases)]
async fn a_locked_server_suggests_nothing(on: Database) {
    let (locked, open) = (locked(on).await, TestApp::on(on).await);
    let query = "{ me }";
    let suggestion = errors(&open.anonymous(), query).await;
    assert!(suggestion[0]["message"].as_str().unwrap().contains("Did you mean"), "{suggestion}");
    for query in
        [query, "{ mee { id } }", "{ mee you }", "{ node(idd: \"a\") { id } }", "query($a: CurrencyCod) { __typename }"]
    {
        let refused = errors(&locked.anonymous(), query).await;
        assert!(refused[0]["message"].is_string(), "{query}");
        assert!(!refused.to_string().contains("Did you mean"), "{refused}");
        assert_eq!(refused.as_array().unwrap().len(), 1, "{refused}");
    }
}

#[apply(test)]
async fn the_explorer_of_a_locked_program_is_off_unless_it_is_turned_on() {
    let (url, _storage) = fresh(Database::Sqlite).await;
    for (more, status) in [(&[][..], 404), (&["--explorer", "on"], 200)] {
        let settings = ["--database-url", &url, "--jwt-secret", SECRET, "--profile", "locked"];
        let server = Server::start_with(program().args(settings).args(more));
        let client = server.client();
        assert_eq!(client.get("/").await.status, status);
        assert_eq!(client.get("/graphql?query={__typename}").await.status, 405);
        assert_eq!(errors(&client, "{ __typename }").await, Value::Null);
    }
}
