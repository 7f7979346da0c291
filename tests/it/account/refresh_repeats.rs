//! Refresh tokens that are used more than once: by two tabs at once, or again after a lost response.

use chrono::TimeDelta;
use daybook::{
    credentials::{Secret, TokenKeys},
    entity::activity::{Action, Outcome},
};
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use crate::harness::{Client, Database, SECRET, TestApp, errors, login, refresh};

const ME: &str = "{ me { username } }";
const NEW: &str = "another secret that only the tests know, just as long";
const REFUSED: [&str; 1] = ["WRONG_CREDENTIALS refreshToken"];

/// The refresh token of a payload without user errors.
fn token(payload: &Value) -> &str {
    assert_eq!(errors(payload), [""; 0]);
    payload["refreshToken"].as_str().unwrap()
}

/// Whether the access token of a payload is accepted.
async fn is_in(client: &Client, payload: &Value) -> bool {
    let answer = client.with_token(payload["accessToken"].as_str().unwrap()).request(ME, json!({})).await.json();
    answer["data"]["me"]["username"] == "amina"
}

#[apply(both_databases)]
#[threads(4)]
async fn two_who_use_a_refresh_token_at_once_on_two_servers_get_the_same_successor(on: Database) {
    let (app, owner) = TestApp::with_owner(on).await;
    let servers = [app.anonymous(), app.another(|_| {})];
    let mut current = owner.refresh_token.clone();
    for round in 0..20 {
        let uses = servers.clone().map(|client| {
            let current = current.clone();
            tokio::spawn(async move { refresh(&client, &current).await })
        });
        let [one, other] = uses;
        let (one, other) = (one.await.unwrap(), other.await.unwrap());
        assert_eq!(token(&one), token(&other), "{round}");
        assert_ne!(token(&one), current);
        assert!(is_in(&servers[0], &one).await && is_in(&servers[1], &other).await, "{round}");
        current = token(&one).to_owned();
        app.advance(TimeDelta::minutes(5));
    }
}

#[apply(both_databases)]
async fn a_used_refresh_token_returns_the_same_successor_for_thirty_seconds_and_then_ends_the_session(on: Database) {
    let (app, owner) = TestApp::with_owner(on).await;
    let client = app.anonymous();
    let first = refresh(&client, &owner.refresh_token).await;
    app.advance(TimeDelta::seconds(29));
    let again = refresh(&client, &owner.refresh_token).await;
    assert_eq!(token(&again), token(&first));
    assert!(is_in(&client, &again).await);

    app.advance(TimeDelta::seconds(1));
    assert_eq!(errors(&refresh(&client, &owner.refresh_token).await), REFUSED);
    assert!(!is_in(&client, &first).await && !is_in(&client, &again).await);
    assert_eq!(errors(&refresh(&client, token(&first)).await), REFUSED);

    let rows = daybook::entity::activity::Entity::find().all(app.app.db.read()).await.unwrap();
    let outcomes: Vec<_> =
        rows.iter().filter(|row| row.action == Action::RefreshToken).map(|row| row.outcome).collect();
    assert_eq!(outcomes, [Outcome::Done, Outcome::Replayed, Outcome::Refused, Outcome::Refused]);
}

#[apply(both_databases)]
async fn a_repeated_use_returns_the_newest_refresh_token_when_its_successor_is_used_too(on: Database) {
    let (app, owner) = TestApp::with_owner(on).await;
    let client = app.anonymous();
    let second = refresh(&client, &owner.refresh_token).await;
    let third = refresh(&client, token(&second)).await;
    assert_ne!(token(&third), token(&second));
    assert_eq!(token(&refresh(&client, &owner.refresh_token).await), token(&third));
    assert_eq!(token(&refresh(&client, token(&second)).await), token(&third));
    // The newest one is good once more after the grace period; the others are not.
    app.advance(TimeDelta::minutes(1));
    let fourth = refresh(&client, token(&third)).await;
    assert!(is_in(&client, &fourth).await);
    assert_eq!(errors(&refresh(&client, token(&second)).await), REFUSED);
    assert!(!is_in(&client, &fourth).await);
}

#[apply(both_databases)]
async fn a_repeated_use_does_not_bring_back_a_session_that_has_ended(on: Database) {
    let (app, owner) = TestApp::with_owner(on).await;
    let client = app.anonymous();
    let renewed = refresh(&client, &owner.refresh_token).await;
    let renewed = client.with_token(renewed["accessToken"].as_str().unwrap());
    renewed.gql("mutation { logout { userErrors { code } } }", json!({})).await;
    assert_eq!(errors(&refresh(&client, &owner.refresh_token).await), REFUSED);
}

#[apply(both_databases)]
async fn the_session_survives_a_repeated_use_on_servers_with_other_secrets(on: Database) {
    let (app, owner) = TestApp::with_owner(on).await;
    let secret = |id: &str, text: &str| Secret { id: Some(id.to_owned()), ..text.into() };
    let server = |secrets: Vec<Secret>| app.another(|app| app.token_keys = TokenKeys::new(secrets));
    let first = refresh(&app.anonymous(), &owner.refresh_token).await;

    // The old secret has an id now, and a new one goes before it.
    let during = server(vec![secret("2027", NEW), secret("2026", SECRET)]);
    assert_eq!(token(&refresh(&during, &owner.refresh_token).await), token(&first));
    let second = refresh(&during, token(&first)).await;
    assert_eq!(token(&refresh(&during, &owner.refresh_token).await), token(&second));
    // These cannot derive the successor: one has lost the secret, the other does not know it yet.
    let after = server(vec![secret("2027", NEW)]);
    assert_eq!(errors(&refresh(&after, &owner.refresh_token).await), REFUSED);
    assert_eq!(errors(&refresh(&app.anonymous(), token(&first)).await), REFUSED);
    assert!(is_in(&during, &second).await);
    assert!(is_in(&after, &refresh(&after, token(&second)).await).await);
}

#[apply(both_databases)]
async fn the_refresh_tokens_of_two_sessions_have_nothing_in_common(on: Database) {
    let (app, owner) = TestApp::with_owner(on).await;
    let client = app.anonymous();
    let other = login(&client, "amina", crate::harness::PASSWORD).await;
    let renewed = refresh(&client, &owner.refresh_token).await;
    let others = refresh(&client, token(&other)).await;
    assert_ne!(token(&renewed), token(&others));
    // The end of one session leaves the other alone.
    app.advance(TimeDelta::seconds(30));
    assert_eq!(errors(&refresh(&client, &owner.refresh_token).await), REFUSED);
    assert!(is_in(&client, &others).await);
}
