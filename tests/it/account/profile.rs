//! What users say of themselves.

use chrono::TimeDelta;
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
    for phone in ["+٩٦٧٧١١٢٣٤٥٦٧", "۷۱۱ ۲۳۴ ۵۶۷", "+९६७७११२३४५६७", "＋９６７－７１１２３４５６７"]
    {
        let phone = update(&amina, json!({ "phone": phone })).await;
        assert_eq!((&phone["user"], errors(&phone)), (&expected, vec![]));
    }
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
    for identifier in ["Zahra", "711234567", "+٩٦٧٧١١٢٣٤٥٦٧", "۷۱۱۲۳۴۵۶۷"] {
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
    let invalid = json!({ "username": null, "phone": "x", "email": "x", "displayName": "\u{202e}" });
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

#[apply(both_databases)]
async fn names_of_others_can_be_guessed_a_limited_number_of_times_a_day(on: Database) {
    let app = TestApp::with(on, |app| app.limits.taken_names_per_day = 4).await;
    let amina = app.user("amina").await;
    let badr = json!({ "username": "badr", "password": PASSWORD, "phone": "+967711234567", "email": "b@example.org" });
    User::register_as(&app.anonymous(), badr).await;
    for (guess, expected) in [
        (json!({ "username": "badr" }), vec!["TAKEN username"]),
        // A name that is free, and one that is none, do not count.
        (json!({ "phone": "+967711234568" }), vec![]),
        (json!({ "username": "x" }), vec!["INVALID username"]),
        // Each name that is taken counts, also beside other mistakes.
        (json!({ "phone": "+967711234567", "email": "b@example.org" }), vec!["TAKEN phone", "TAKEN email"]),
        (json!({ "username": "badr", "displayName": "" }), vec!["INVALID displayName", "TAKEN username"]),
        // Now no name is looked at any more, taken or free.
        (json!({ "username": "badr" }), vec!["TOO_MANY_ATTEMPTS"]),
        (json!({ "username": "zahra" }), vec!["TOO_MANY_ATTEMPTS"]),
        (json!({ "phone": null }), vec!["TOO_MANY_ATTEMPTS"]),
        // Everything else can be changed, and names stay what they are.
        (json!({ "displayName": "Amina", "username": "AMINA", "timeZone": "Asia/Aden" }), vec![]),
    ] {
        assert_eq!(errors(&update(&amina, guess.clone()).await), expected, "{guess}");
    }
    let query = "mutation($input: UpdateProfileInput!) { updateProfile(input: $input) { userErrors { code path ... on TooManyAttemptsError { retryAfter } } } }";
    let refused = amina.gql(query, json!({ "input": { "username": "badr" } })).await;
    let wait = refused["updateProfile"]["userErrors"][0]["retryAfter"].as_i64().unwrap();
    // The test begins at 10 in the morning; the day ends at midnight.
    assert!((13 * 3600..=14 * 3600).contains(&wait), "{wait}");

    app.advance(TimeDelta::seconds(wait));
    let token = login(&app.anonymous(), "amina", PASSWORD).await["accessToken"].take();
    let amina = User { client: app.anonymous().with_token(token.as_str().unwrap()), ..amina };
    assert_eq!(errors(&update(&amina, json!({ "username": "badr" })).await), ["TAKEN username"]);
    assert_eq!(errors(&update(&amina, json!({ "username": "zahra" })).await), [""; 0]);
}

#[apply(both_databases)]
#[threads(4)]
async fn guesses_of_names_at_once_are_counted_one_after_the_other(on: Database) {
    let app = TestApp::with(on, |app| app.limits.taken_names_per_day = 3).await;
    let amina = app.user("amina").await;
    app.user("badr").await;
    let guess = || {
        let amina = amina.clone();
        tokio::spawn(async move { errors(&update(&amina, json!({ "username": "badr" })).await) })
    };
    let guesses: Vec<_> = (0..12).map(|_| guess()).collect();
    let mut told = 0;
    for guess in guesses {
        match guess.await.unwrap().as_slice() {
            [taken] if taken == "TAKEN username" => told += 1,
            other => assert_eq!(other, ["TOO_MANY_ATTEMPTS"]),
        }
    }
    assert_eq!(told, 3);
}

#[apply(both_databases)]
async fn a_display_name_holds_nothing_that_cannot_be_seen_but_what_its_script_needs(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    for name in
        ["Ami\u{AD}na", "Amina\u{200D}", "Amina\u{E0061}\u{E007F}", "Am\u{200F}ina", "Amina\u{FE0F}", "\u{2062}Amina"]
    {
        let updated = update(&amina, json!({ "displayName": name })).await;
        assert_eq!((errors(&updated), updated["user"]["displayName"].as_str()), (vec![], Some("Amina")), "{name:?}");
    }
    assert_eq!(errors(&update(&amina, json!({ "displayName": "\u{2062}" })).await), ["INVALID displayName"]);
    for name in ["علی‌رضا", "ශ්‍රී", "สมชาย", "Amina 👩‍🌾", "🏴󠁧󠁢󠁥󠁮󠁧󠁿 Alice"]
    {
        let updated = update(&amina, json!({ "displayName": name })).await;
        assert_eq!((errors(&updated), updated["user"]["displayName"].as_str()), (vec![], Some(name)));
    }
}
