//! Passwords: which are good enough, how they are changed, and how their hashes keep up with the setting.

use daybook::{credentials::Passwords, entity::user};
use rstest::rstest;
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use crate::harness::{
    Client,
    Database::{self, Postgres, Sqlite},
    PASSWORD, TestApp, User, errors, login, refresh, register,
};

const NEW: &str = "quiet river, seven lamps";

async fn change(client: &Client, current: &str, new: &str) -> Value {
    let query = "mutation($input: ChangePasswordInput!) { changePassword(input: $input) {
        user { username } userErrors { code path message } } }";
    let input = json!({ "currentPassword": current, "newPassword": new });
    client.gql(query, json!({ "input": input })).await["changePassword"].take()
}

async fn hash_of(app: &TestApp) -> String {
    user::Entity::find().one(app.app.db.read()).await.unwrap().unwrap().password_hash
}

#[rstest]
#[case::too_short("xK9#qL2", "8 to 128 characters")]
#[case::too_long(&"xK9#qL2 ".repeat(17), "8 to 128 characters")]
#[case::common("password123", "very common password")]
#[case::with_tricks("P@ssw0rd!", "Predictable substitutions")]
#[case::a_row_of_keys("qwertyuiop", "Add another word or two")]
#[case::repeated("abcabcabcabc", "Repeats like")]
#[case::the_username("Zahra.Al-Hakimi", "must not be your username")]
#[case::the_phone_number("+967 711 234 567", "must not be your username")]
#[case::the_phone_number_as_dialled("0711-234567", "must not be your username")]
#[case::the_address("zahra@example.org", "must not be your username")]
#[test_attr(apply(test))]
async fn a_password_that_is_easy_to_guess_is_refused_with_what_would_help(
    #[case] password: &str,
    #[case] says: &str,
    #[values(Sqlite, Postgres)] on: Database,
) {
    let (app, amina) = TestApp::with_owner(on).await;
    let registration = json!({ "username": "zahra.al-hakimi", "password": password, "phone": "+967711234567",
        "email": "zahra@example.org" });
    let payload = register(&app.anonymous(), registration).await;
    assert_eq!(errors(&payload), ["INVALID password"]);
    let message = payload["userErrors"][0]["message"].as_str().unwrap();
    assert!(message.contains(says), "{message}");

    let profile = json!({ "username": "zahra.al-hakimi", "phone": "+967711234567", "email": "zahra@example.org" });
    amina.mutate("updateProfile", "UpdateProfileInput", "user { id }", profile).await;
    let payload = change(&amina.client, PASSWORD, password).await;
    assert_eq!(errors(&payload), ["INVALID newPassword"]);
    assert_eq!(payload["userErrors"][0]["message"], message);
    assert!(errors(&login(&app.anonymous(), "zahra.al-hakimi", PASSWORD).await).is_empty());
}

#[apply(both_databases)]
async fn a_password_may_be_in_any_script_and_128_characters_long(on: Database) {
    let app = TestApp::on(on).await;
    let long: String = "قهوة 🌼 x".chars().cycle().take(128).collect();
    for (username, password) in [("amina", "عود وبخور وقهوة"), ("badr", "🌼🐘🍋🛶🎻🧵🪁🌋🧭"), ("zahra", &long)]
    {
        let registration = json!({ "username": username, "password": password });
        User::register_as(&app.anonymous(), registration).await;
        assert!(errors(&login(&app.anonymous(), username, password).await).is_empty(), "{username}");
    }
}

#[apply(both_databases)]
async fn another_password_ends_the_other_sessions_and_not_this_one(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    let other = login(&app.anonymous(), "amina", PASSWORD).await;
    let payload = change(&amina.client, PASSWORD, NEW).await;
    assert_eq!(payload, json!({ "user": { "username": "amina" }, "userErrors": [] }));

    let client = app.anonymous().with_token(other["accessToken"].as_str().unwrap());
    assert_eq!(client.error("{ me { id } }", json!({})).await, "UNAUTHENTICATED");
    let prolonged = refresh(&app.anonymous(), other["refreshToken"].as_str().unwrap()).await;
    assert_eq!(errors(&prolonged), ["WRONG_CREDENTIALS refreshToken"]);
    assert!(errors(&refresh(&app.anonymous(), &amina.refresh_token).await).is_empty());
    amina.gql("{ me { id } }", json!({})).await;
    badr.gql("{ me { id } }", json!({})).await;
    assert_eq!(errors(&login(&app.anonymous(), "amina", PASSWORD).await), ["WRONG_CREDENTIALS"]);
    assert!(errors(&login(&app.anonymous(), "amina", NEW).await).is_empty());
}

#[apply(both_databases)]
async fn without_the_password_as_it_is_it_is_not_changed(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    for current in ["", "correct horse", NEW] {
        let payload = change(&amina.client, current, NEW).await;
        assert_eq!(errors(&payload), ["WRONG_CREDENTIALS currentPassword"], "{current}");
        assert_eq!(payload["user"], Value::Null);
    }
    assert!(errors(&login(&app.anonymous(), "amina", PASSWORD).await).is_empty());
}

#[apply(both_databases)]
#[threads(4)]
async fn of_two_changes_at_once_one_counts_and_no_login_by_the_old_password_stays(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let logins: Vec<_> = (0..4)
        .map(|_| {
            let client = app.anonymous();
            tokio::spawn(async move { login(&client, "amina", PASSWORD).await })
        })
        .collect();
    let changes = [NEW, "eleven blue kites over aden"].map(|new| {
        let client = amina.client.clone();
        tokio::spawn(async move { (new, change(&client, PASSWORD, new).await) })
    });
    let mut current = None;
    for answer in changes {
        let (new, payload) = answer.await.unwrap();
        match errors(&payload)[..] {
            [] => assert_eq!(current.replace(new), None, "both were let"),
            ref refused => assert_eq!(refused, ["WRONG_CREDENTIALS currentPassword"]),
        }
    }
    for answer in logins {
        let payload = answer.await.unwrap();
        if errors(&payload).is_empty() {
            let client = app.anonymous().with_token(payload["accessToken"].as_str().unwrap());
            assert_eq!(client.error("{ me { id } }", json!({})).await, "UNAUTHENTICATED");
        }
    }
    assert!(errors(&login(&app.anonymous(), "amina", current.unwrap()).await).is_empty());
}

#[apply(both_databases)]
async fn a_hash_of_another_cost_is_made_anew_at_the_next_login(on: Database) {
    let (app, _amina) = TestApp::with_owner(on).await;
    assert!(hash_of(&app).await.contains("$m=19456,t=2,p=1$"));
    let dearer = app.another(|app| app.passwords = Passwords::new("m=9216,t=4,p=1".parse().unwrap()).unwrap());
    assert_eq!(errors(&login(&dearer, "amina", "wrong").await), ["WRONG_CREDENTIALS"]);
    assert!(hash_of(&app).await.contains("$m=19456,t=2,p=1$"));
    for _ in 0..2 {
        assert!(errors(&login(&dearer, "amina", PASSWORD).await).is_empty());
        assert!(hash_of(&app).await.contains("$m=9216,t=4,p=1$"));
    }
    let upgraded = hash_of(&app).await;
    assert!(errors(&login(&dearer, "amina", PASSWORD).await).is_empty());
    assert_eq!(hash_of(&app).await, upgraded, "a hash that is current stays");
}

#[apply(both_databases)]
#[threads(4)]
async fn of_many_who_log_in_while_the_hash_is_made_anew_all_get_a_session(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let costs = ["m=9216,t=4,p=1", "m=12288,t=3,p=1"];
    let servers = costs.map(|cost| app.another(|app| app.passwords = Passwords::new(cost.parse().unwrap()).unwrap()));
    let logins = (0..10).map(|number| {
        let client = servers[number % 2].clone();
        tokio::spawn(async move { login(&client, "amina", PASSWORD).await })
    });
    // And whoever gives it for another reason.
    let changed = change(&amina.client, PASSWORD, NEW);
    let logins: Vec<_> = logins.collect();
    for answer in logins {
        assert_eq!(errors(&answer.await.unwrap()), [""; 0]);
    }
    assert_eq!(errors(&changed.await), [""; 0]);
}
