//! The sessions that a user sees: where they are used, and ending one from another.

use axum::{body::Body, http::Request};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::{Client, Database, PASSWORD, TestApp, User, errors, login, refresh};

const SESSIONS: &str = "{ me { sessions { id createdAt lastUsedAt address userAgent isCurrent } } }";

async fn sessions(client: &Client) -> Vec<Value> {
    let mut data = client.gql(SESSIONS, json!({})).await;
    serde_json::from_value(data["me"]["sessions"].take()).unwrap()
}

async fn revoke(client: &Client, id: &str) -> Value {
    let query =
        "mutation($id: ID!) { revokeSession(input: { id: $id }) { revokedSessionId userErrors { code path } } }";
    client.gql(query, json!({ "id": id })).await["revokeSession"].take()
}

async fn logged_in(app: &TestApp) -> Client {
    let payload = login(&app.anonymous(), "amina", PASSWORD).await;
    app.anonymous().with_token(payload["accessToken"].as_str().unwrap())
}

#[apply(both_databases)]
async fn a_session_tells_when_and_by_what_it_is_used(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let body = json!({ "query": "mutation { login(input: { identifier: \"amina\", password: \"correct horse battery\" }) {
        accessToken userErrors { code } } }" });
    let agent = format!("Shop/2.1 \u{e9}{}", "x".repeat(300));
    let request =
        Request::post("/graphql").header("Content-Type", "application/json").header("User-Agent", agent.as_bytes());
    let answer = app.anonymous().send(request.body(Body::from(body.to_string())).unwrap()).await.json();
    let token = answer["data"]["login"]["accessToken"].as_str().unwrap().to_owned();
    let shop = app.anonymous().with_token(&token);

    let seen = sessions(&shop).await;
    assert_eq!(seen.len(), 2);
    let flags: Vec<_> = seen.iter().map(|session| session["isCurrent"].as_bool().unwrap()).collect();
    assert_eq!(flags, [true, false]);
    assert_eq!(sessions(&amina.client).await[1]["isCurrent"], true);
    assert!(seen.iter().all(|session| session["createdAt"] == session["lastUsedAt"]));
    // A header that is no text is none.
    assert_eq!(seen[0]["userAgent"], Value::Null);
}

#[apply(both_databases)]
async fn the_last_use_is_kept_to_a_minute(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let other = logged_in(&app).await;
    app.advance(TimeDelta::minutes(30));
    other.gql("{ book { id } }", json!({})).await;
    // It is written down beside the request, not in its way.
    let later = loop {
        let seen = sessions(&amina.client).await;
        let other = seen.iter().find(|session| session["isCurrent"] == false).unwrap();
        if other["createdAt"] != other["lastUsedAt"] {
            break other["lastUsedAt"].as_str().unwrap().to_owned();
        }
        tokio::task::yield_now().await;
    };
    assert!(later.starts_with("2026-11-21T10:30"), "{later}");
    app.advance(TimeDelta::seconds(20));
    other.gql("{ book { id } }", json!({})).await;
    let seen = sessions(&amina.client).await;
    assert!(seen.iter().any(|session| session["lastUsedAt"] == json!(later)), "{seen:?}");
}

#[apply(both_databases)]
async fn a_revoked_session_is_over_at_once_on_its_device(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let payload = login(&app.anonymous(), "amina", PASSWORD).await;
    let lost = app.anonymous().with_token(payload["accessToken"].as_str().unwrap());
    let id = sessions(&lost).await[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(revoke(&amina.client, &id).await, json!({ "revokedSessionId": id, "userErrors": [] }));
    assert_eq!(lost.error(SESSIONS, json!({})).await, "UNAUTHENTICATED");
    let prolonged = refresh(&app.anonymous(), payload["refreshToken"].as_str().unwrap()).await;
    assert_eq!(errors(&prolonged), ["WRONG_CREDENTIALS refreshToken"]);
    let left = sessions(&amina.client).await;
    assert_eq!((left.len(), &left[0]["isCurrent"]), (1, &json!(true)));
    assert_eq!(errors(&revoke(&amina.client, &id).await), ["NOT_FOUND id"]);

    // One's own is a logout.
    let own = left[0]["id"].as_str().unwrap();
    assert_eq!(revoke(&amina.client, own).await["revokedSessionId"], own);
    assert_eq!(amina.error(SESSIONS, json!({})).await, "UNAUTHENTICATED");
}

#[apply(both_databases)]
async fn a_session_that_is_no_more_is_not_listed(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let out = logged_in(&app).await;
    out.gql("mutation { logout { userErrors { code } } }", json!({})).await;
    assert_eq!(sessions(&amina.client).await.len(), 1);
    // Prolonged, it lasts longer than its first token; the other does not.
    let _forgotten = logged_in(&app).await;
    app.advance(TimeDelta::minutes(23 * 60 + 30));
    let prolonged = refresh(&app.anonymous(), &amina.refresh_token).await;
    let amina = app.anonymous().with_token(prolonged["accessToken"].as_str().unwrap());
    assert_eq!(sessions(&amina).await.len(), 2);
    app.advance(TimeDelta::minutes(29));
    assert_eq!(sessions(&amina).await.len(), 2);
    app.advance(TimeDelta::minutes(1));
    assert_eq!(sessions(&amina).await.len(), 1);
}

#[apply(both_databases)]
async fn of_more_than_a_hundred_sessions_the_one_longest_unused_ends(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let second = logged_in(&app).await;
    for _ in 0..98 {
        app.advance(TimeDelta::seconds(1));
        logged_in(&app).await;
    }
    assert_eq!(sessions(&amina.client).await.len(), 100);
    logged_in(&app).await;
    // The oldest was just looked at.
    assert_eq!(second.error(SESSIONS, json!({})).await, "UNAUTHENTICATED");
    assert_eq!(sessions(&amina.client).await.len(), 100);
}

#[apply(both_databases)]
async fn anothers_session_and_what_is_none_cannot_be_revoked(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr: User = app.user("badr").await;
    let id = sessions(&badr.client).await[0]["id"].as_str().unwrap().to_owned();
    for id in [id.as_str(), "", "session_x", &amina.wallet, "session_01h455vb4pex5vsknk084sn02q"] {
        assert_eq!(errors(&revoke(&amina.client, id).await), ["NOT_FOUND id"], "{id}");
    }
    assert_eq!(sessions(&badr.client).await.len(), 1);
}

#[apply(both_databases)]
async fn the_payload_of_a_login_shows_the_user_as_they_see_themselves(on: Database) {
    let (app, owner) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    let shown = "user { username closingSince sessions { id isCurrent } } userErrors { code }";
    let register = format!(
        "mutation($u: String!, $p: String!) {{ made: register(input: {{ username: $u, password: $p }}) {{ {shown} }} }}"
    );
    let login = format!(
        "mutation($u: String!, $p: String!) {{ made: login(input: {{ identifier: $u, password: $p }}) {{ {shown} }} }}"
    );
    let renew = format!("mutation($t: String!) {{ made: refreshToken(input: {{ refreshToken: $t }}) {{ {shown} }} }}");
    // Whoever else is logged in by the token of the request.
    for client in [app.anonymous(), badr.client.clone()] {
        let name = if client.token.is_some() { "zahra" } else { "salim" };
        let made = client.gql(&register, json!({ "u": name, "p": PASSWORD })).await["made"]["user"].take();
        assert_eq!((&made["username"], made["sessions"].as_array().unwrap().len()), (&json!(name), 1));
        assert_eq!((&made["sessions"][0]["isCurrent"], &made["closingSince"]), (&json!(true), &json!(null)));
    }
    let made = badr.client.gql(&login, json!({ "u": "amina", "p": PASSWORD })).await["made"]["user"].take();
    let current: Vec<_> = made["sessions"].as_array().unwrap().iter().map(|session| &session["isCurrent"]).collect();
    assert_eq!((&made["username"], current.len()), (&json!("amina"), 2));
    assert_eq!(current.iter().filter(|current| ***current == json!(true)).count(), 1);
    let made = app.anonymous().gql(&renew, json!({ "t": owner.refresh_token })).await["made"]["user"].take();
    let ids = made["sessions"].as_array().unwrap().iter().filter(|session| session["isCurrent"] == true);
    let [current] = ids.collect::<Vec<_>>()[..] else { panic!("not one current session: {made}") };
    let own = owner.gql("{ me { sessions { id isCurrent } } }", json!({})).await["me"]["sessions"].take();
    assert!(own.as_array().unwrap().contains(current), "{own}");
}

#[apply(both_databases)]
async fn a_session_is_found_by_its_id_until_it_ends_and_by_its_user_alone(on: Database) {
    let (app, owner) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    let other = owner.another_session("amina").await;
    let query =
        "query($id: ID!) { node(id: $id) { id ... on Session { isCurrent userAgent } } nodes(ids: [$id]) { id } }";
    let found = owner.gql(query, json!({ "id": other })).await;
    let expected = json!({ "id": other, "isCurrent": false, "userAgent": null });
    assert_eq!((&found["node"], &found["nodes"][0]["id"]), (&expected, &json!(other)));
    let nothing = json!({ "node": null, "nodes": [null] });
    assert_eq!(badr.gql(query, json!({ "id": other })).await, nothing);
    let ended = owner
        .gql("mutation($id: ID!) { revokeSession(input: { id: $id }) { revokedSessionId } }", json!({ "id": other }))
        .await;
    assert_eq!(ended["revokeSession"]["revokedSessionId"], json!(other));
    assert_eq!(owner.gql(query, json!({ "id": other })).await, nothing);
}
