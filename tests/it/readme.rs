//! The README's sessions work word by word.

use axum::{body::Body, http::Request};
use serde_json::{Value, json};

use crate::harness::{Client, Database, TestApp};

const README: &str = include_str!("../../README.md");
const PICTURE: &str = include_str!("../../docs/report-2026-11.svg");

/// The fenced blocks of the README in some languages, in their order.
fn blocks(languages: &[&str]) -> Vec<(&'static str, &'static str)> {
    let parts = README.split("\n```").skip(1).map(|part| part.split_once('\n').unwrap_or_default());
    parts.filter(|(language, _)| languages.contains(language)).collect()
}

/// The path of the file that the README downloads, with the id of the customer put in.
fn path_of_file(customer: &str) -> String {
    let (_, path) = README.split_once("/customers/$CUSTOMER/").unwrap();
    let (path, _) = path.split_once('"').unwrap();
    format!("/customers/{customer}/{path}")
}

/// Replaces what is another each time: ids, tokens, references and times.
fn mask(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                let names = ["id", "accessToken", "refreshToken", "reference", "createdAt", "lastUsedAt"];
                if names.contains(&name.as_str()) && value.is_string() {
                    *value = json!("masked");
                }
                mask(value);
            }
        }
        Value::Array(list) => list.iter_mut().for_each(mask),
        _ => {}
    }
}

#[apply(both_databases)]
async fn the_sessions_of_the_readme_get_the_answers_that_it_shows(on: Database) {
    let app = TestApp::on(on).await;
    let mut client: Client = app.anonymous();
    let mut variables = json!({});
    let mut blocks = blocks(&["graphql", "json", "csv"]).into_iter();
    assert!(blocks.len() >= 40, "all sessions are there");
    while let Some((language, query)) = blocks.next() {
        if language == "csv" {
            let path = path_of_file(variables["customer"].as_str().unwrap());
            assert_eq!(download(&client, &path).await.trim_end(), query);
            continue;
        }
        let Some(("json", expected)) = blocks.next() else { panic!("an operation and its answer: {query}") };
        let logs_in = query.contains("register(") || query.contains("login(");
        let client_now = if logs_in { app.anonymous() } else { client.clone() };
        let mut answer = client_now.request(query, variables.clone()).await.json();
        if let Some(token) = answer["data"]["login"]["accessToken"].as_str() {
            client = app.anonymous().with_token(token);
        }
        for (name, pointer) in [
            ("wallet", "/data/wallets/0/id"),
            ("customer", "/data/createCustomer/customer/id"),
            ("invoice", "/data/createInvoice/invoice/id"),
        ] {
            if let Some(id) = answer.pointer(pointer) {
                variables[name] = id.clone();
            }
        }
        let mut expected: Value = serde_json::from_str(expected).unwrap();
        mask(&mut answer);
        mask(&mut expected);
        assert_eq!(answer, expected, "{query}");
    }
    let picture = download(&client, "/reports/2026-11.svg").await;
    assert!(picture == PICTURE, "docs/report-2026-11.svg is not what the server draws:\n{picture}");
}

async fn download(client: &Client, path: &str) -> String {
    let token = client.token.as_deref().unwrap();
    let request = Request::get(path).header("Authorization", format!("Bearer {token}"));
    client.send(request.body(Body::empty()).unwrap()).await.text
}
