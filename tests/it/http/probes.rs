//! The questions of graphql-cop (<https://github.com/dolevf/graphql-cop>), a program that looks for endpoints that give away or
//! allow too much. No package registry has it, so they are asked here.

use axum::{
    body::Body,
    http::{Request, header},
};
use daybook::app::Profile;
use serde_json::{Value, json};

use crate::harness::{Client, Database, TestApp};

const CIRCULAR: &str = "query { __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } }";

async fn ask(client: &Client, query: &str) -> Value {
    client.request(query, json!({})).await.json()
}

/// The body of a response; null when it is not JSON.
async fn send(client: &Client, method: &str, path: &str, content_type: &str, body: &str) -> (Value, String) {
    let request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, content_type);
    let request = request.header(header::ACCEPT, "text/html, */*").body(Body::from(body.to_owned())).unwrap();
    let text = client.send(request).await.text;
    (serde_json::from_str(&text).unwrap_or_default(), text)
}

/// The names of the probes that would flag the server.
async fn flags(client: &Client) -> Vec<&'static str> {
    const FORM: &str = "application/x-www-form-urlencoded";
    const JSON: &str = "application/json";
    let aliases: Vec<_> = (0..101).map(|number| format!("alias{number}:__typename")).collect();
    let aliases = ask(client, &format!("query {{ {} }}", aliases.join(" \n"))).await;
    let batch = json!(vec![json!({ "query": "query { __typename }" }); 10]).to_string();
    let (batch, _) = send(client, "POST", "/graphql", JSON, &batch).await;
    let directives = ask(client, "query { __typename @aa@aa@aa@aa@aa@aa@aa@aa@aa@aa }").await;
    let duplicates = ask(client, &format!("query {{ {} }}", "__typename \n".repeat(500))).await;
    let circular = ask(client, CIRCULAR).await;
    let suggestions = ask(client, "query { __schema { directive } }").await;
    let (mutation, _) = send(client, "GET", "/graphql?query=mutation%20%7B__typename%7D", JSON, "").await;
    let (get, _) = send(client, "GET", "/graphql?query=query%20%7B__typename%7D", JSON, "").await;
    let introspection = ask(client, "query { __schema { types { name fields { name } } } }").await;
    let (form, _) =
        send(client, "POST", "/graphql?query=query%20%7B__typename%7D", FORM, "query=query+%7B__typename%7D").await;
    let trace = ask(client, "query { __typename }").await;
    let fault = ask(client, "qwerty cop { abc }").await;
    let mut has_explorer = false;
    for path in ["/graphiql", "/playground", "/console", "/graphql"] {
        let (_, text) = send(client, "GET", path, JSON, "").await;
        has_explorer |=
            ["graphiql", "GraphQL Playground", "GraphiQL", "graphql-playground"].iter().any(|word| text.contains(word));
    }
    let types = |answer: &Value| answer["data"]["__schema"]["types"].as_array().map_or(0, Vec::len);
    let probes = [
        ("alias overloading", aliases["data"]["alias100"].is_string()),
        ("array-based batching", batch.as_array().is_some_and(|answers| answers.len() >= 10)),
        ("directive overloading", directives["errors"].as_array().is_some_and(|errors| errors.len() == 10)),
        ("field duplication", duplicates["data"]["__typename"].is_string()),
        ("circular introspection", types(&circular) > 25),
        ("field suggestions", suggestions.to_string().contains("Did you mean")),
        ("mutation by GET", mutation["data"]["__typename"].is_string()),
        ("query by GET", get["data"]["__typename"].is_string()),
        ("explorer", has_explorer),
        ("introspection", types(&introspection) > 0),
        ("query in a form", form["data"]["__typename"].is_string()),
        (
            "trace",
            trace["extensions"]["tracing"].is_object() || trace.to_string().to_lowercase().contains("stacktrace"),
        ),
        ("unhandled error", fault["errors"][0]["extensions"].get("exception").is_some()),
    ];
    probes.into_iter().filter(|(_, is_flagged)| *is_flagged).map(|(name, _)| name).collect()
}

/// What clients need, and a server that serves only known documents can do without: tools read the schema, people want hints and
/// every error at once, and urql queries by GET.
const FOR_CLIENTS: [&str; 4] = ["directive overloading", "field suggestions", "query by GET", "introspection"];

#[apply(both_databases)]
async fn a_server_offers_nothing_but_what_clients_need(on: Database) {
    let app = TestApp::on(on).await;
    let mut flags = flags(&app.anonymous()).await;
    flags.retain(|flag| !FOR_CLIENTS.contains(flag));
    assert_eq!(flags, [""; 0]);
}

#[apply(both_databases)]
async fn a_locked_server_offers_nothing_that_a_probe_finds(on: Database) {
    let app = TestApp::with(on, |app| app.profile = Profile::Locked).await;
    assert_eq!(flags(&app.anonymous()).await, [""; 0]);
}
