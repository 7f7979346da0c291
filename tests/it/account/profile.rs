//! What users say of themselves.

use serde_json::{Value, json};

use crate::harness::{Database, PASSWORD, TestApp, User, errors, login};

const ME: &str = "{ me { username phone email displayName timeZone createdAt } }";

async fn update(user: &User, input: Value) -> Value {
    let fields = "user { username phone email displayName timeZone } userErrors { code path message }";
    user.mutate("updateProfile", "UpdateProfileInput", fields, input).await
}

#[apply(both_databases)]
async fn a_profile_is_shown_and_changed_field_by_field(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let me = amina.gql(ME, json!({})).await["me"].take();
    assert_eq!(me["timeZone"], "UTC");
    assert!(me["createdAt"].as_str().unwrap().starts_with("2026-11-21T10:00:00"));

    let all = json!({ "username": "Amina.S", "phone": "711 234 567", "email": "amina@example.org", "displayName": "Amina 🌼",
        "timeZone": "Asia/Aden" });
    let expected = json!({ "username": "Amina.S", "phone": "+967711234567", "email": "amina@example.org",
        "displayName": "Amina 🌼", "timeZone": "Asia/Aden" });
    assert_eq!(update(&amina, all).await["user"], expected);
    // What is absent stays.
    assert_eq!(update(&amina, json!({})).await["user"], expected);
    let cleared = json!({ "phone": null, "email": null, "displayName": null, "timeZone": null });
    let expected =
        json!({ "username": "Amina.S", "phone": null, "email": null, "displayName": "Amina.S", "timeZone": "UTC" });
    assert_eq!(update(&amina, cleared).await["user"], expected);
}

#[apply(both_databases)]
async fn one_logs_in_and_is_paid_by_the_names_that_one_has_now(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    update(&amina, json!({ "username": "zahra", "phone": "+967711234567" })).await;
    assert_eq!(errors(&login(&app.anonymous(), "amina", PASSWORD).await), ["WRONG_CREDENTIALS"]);
    for identifier in ["Zahra", "711234567"] {
        assert_eq!(login(&app.anonymous(), identifier, PASSWORD).await["user"]["username"], "zahra");
    }
    // The old one is free.
    let other = app.user("amina").await;
    other.fund("5").await;
    let pay = async |to: Value| {
        other.transfer(json!({ "from": { "id": other.wallet }, "to": to, "amount": "1" })).await["transaction"].take()
    };
    assert_eq!(pay(json!({ "username": "zahra" })).await["to"]["displayName"], "amina");
    assert_eq!(amina.balance(&amina.wallet).await, "1.00");
}

#[apply(both_databases)]
async fn names_of_others_and_names_that_are_none_are_refused_together(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = json!({ "username": "badr", "password": PASSWORD, "phone": "+967711234567", "email": "b@example.org" });
    User::register_as(&app.anonymous(), badr).await;
    let taken = json!({ "username": "BADR", "phone": "00967711234567", "email": "B@example.org" });
    assert_eq!(errors(&update(&amina, taken).await), ["TAKEN username", "TAKEN phone", "TAKEN email"]);
    let invalid = json!({ "username": null, "phone": "x", "email": "x", "displayName": "\u{202e}x" });
    let expected = ["REQUIRED username", "INVALID phone", "INVALID email", "INVALID displayName"];
    assert_eq!(errors(&update(&amina, invalid).await), expected);
    for username in ["", "a", "+967711234567", "a@b", "deleted user x", "x\0y", &"x".repeat(41)] {
        assert_eq!(errors(&update(&amina, json!({ "username": username })).await), ["INVALID username"], "{username}");
    }
    assert_eq!(amina.gql(ME, json!({})).await["me"]["username"], "amina");
    // Its own names are nobody else's.
    assert_eq!(errors(&update(&amina, json!({ "username": "AMINA" })).await), [""; 0]);
}

#[apply(both_databases)]
#[threads(4)]
async fn of_two_who_want_one_name_at_once_one_gets_it(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    let wanted = |user: User| tokio::spawn(async move { update(&user, json!({ "username": "zahra" })).await });
    let (one, other) = (wanted(amina), wanted(badr));
    let mut answers = [errors(&one.await.unwrap()), errors(&other.await.unwrap())];
    answers.sort();
    assert_eq!(answers, [vec![], vec!["TAKEN username".to_owned()]]);
}
