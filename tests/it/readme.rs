//! The README's first session works word by word.

use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::{
    Client,
    Database::{self, Postgres, Sqlite},
    TestApp,
};

/// The fenced blocks of the README in one of two languages, in their order.
fn blocks() -> Vec<(&'static str, String)> {
    let mut blocks = Vec::new();
    for part in include_str!("../../README.md").split("\n```").skip(1) {
        let (language, text) = part.split_once('\n').unwrap_or_default();
        if language == "graphql" || language == "json" {
            blocks.push((language, text.to_owned()));
        }
    }
    blocks
}

/// Replaces what is another each time: ids, tokens, references and times.
fn mask(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                let names = ["id", "accessToken", "refreshToken", "reference", "createdAt"];
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

#[rstest]
#[tokio::test]
async fn the_first_session_of_the_readme_gets_the_answers_that_it_shows(#[values(Sqlite, Postgres)] on: Database) {
    let Some(app) = TestApp::on(on).await else { return };
    let mut client: Client = app.anonymous();
    let mut variables = json!({});
    let blocks = blocks();
    assert!(blocks.len() >= 16, "the session is there");
    for pair in blocks.chunks(2) {
        let [("graphql", query), ("json", expected)] = pair else { panic!("an operation and its answer: {pair:?}") };
        let logs_in = query.contains("register(") || query.contains("login(");
        let client_now = if logs_in { app.anonymous() } else { client.clone() };
        let mut answer = client_now.request(query, variables.clone()).await.json();
        if let Some(token) = answer["data"]["login"]["accessToken"].as_str() {
            client = app.anonymous().with_token(token);
        }
        if let Some(wallet) = answer["data"]["wallets"][0]["id"].as_str() {
            variables = json!({ "wallet": wallet });
        }
        let mut expected: Value = serde_json::from_str(expected).unwrap();
        mask(&mut answer);
        mask(&mut expected);
        assert_eq!(answer, expected, "{query}");
    }
}
