//! Secrets of access tokens that are replaced while tokens are about.

use daybook::credentials::{Secret, TokenKeys};
use serde_json::{Value, json};

use crate::harness::{Client, Database, PASSWORD, SECRET, TestApp, login};

const ME: &str = "{ me { username } }";
const NEW: &str = "another secret that only the tests know, just as long";

fn secret(id: &str, text: &str) -> Secret {
    Secret { id: Some(id.to_owned()), ..text.into() }
}

async fn token(client: &Client) -> String {
    login(client, "amina", PASSWORD).await["accessToken"].as_str().unwrap().to_owned()
}

/// A part of a token: 0 is its header, 1 its claims.
fn part(token: &str, number: usize) -> Value {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    let part = token.split('.').nth(number).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[apply(both_databases)]
async fn the_first_secret_signs_and_all_verify(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let server = |secrets: Vec<Secret>| app.another(|app| app.token_keys = TokenKeys::new(secrets));
    let unnamed = amina.client.token.clone().unwrap();
    assert_eq!(part(&unnamed, 0)["kid"], Value::Null);

    // The secret gets an id, and a new one goes before it.
    let during = server(vec![secret("2027", NEW), secret("2026", SECRET)]);
    let new = token(&during).await;
    assert_eq!(part(&new, 0)["kid"], "2027");
    let old = token(&server(vec![secret("2026", SECRET)])).await;
    for token in [&unnamed, &old, &new] {
        assert_eq!(during.with_token(token).gql(ME, json!({})).await["me"]["username"], "amina");
    }

    // The old one is gone.
    let after = server(vec![secret("2027", NEW)]);
    assert_eq!(after.with_token(&new).gql(ME, json!({})).await["me"]["username"], "amina");
    for token in [&unnamed, &old] {
        assert_eq!(after.with_token(token).error(ME, json!({})).await, "UNAUTHENTICATED");
    }
    // A server that was not told of the id yet takes what others sign with the same secret.
    let before = server(vec![SECRET.into()]);
    assert_eq!(before.with_token(&old).gql(ME, json!({})).await["me"]["username"], "amina");
    assert_eq!(before.with_token(&new).error(ME, json!({})).await, "UNAUTHENTICATED");
    // By its id only the secret of that id is tried.
    let renamed = server(vec![secret("2026", NEW), secret("2027", SECRET)]);
    for token in [&old, &new] {
        assert_eq!(renamed.with_token(token).error(ME, json!({})).await, "UNAUTHENTICATED");
    }
}
