//! Registering.

use rstest::rstest;
use sea_orm::{ConnectionTrait, EntityTrait, Statement};
use serde_json::{Value, json};

use crate::harness::{
    Database::{self, Postgres, Sqlite},
    PASSWORD, TestApp, User, errors, register,
};

#[apply(both_databases)]
async fn a_new_user_gets_a_book_a_wallet_and_a_session(on: Database) {
    let app = TestApp::on(on).await;
    let input = json!({
        "username": "Amina.S", "password": "correct horse battery", "phone": "711 234 567", "email": "Amina@Example.org",
        "currency": "USD", "displayName": " Amina 🌼 ", "bookName": "Amina's shop",
    });
    let owner = User::register_as(&app.anonymous(), input).await;
    let query = "{ me { username displayName phone email } book { name currency }
        wallets { name currency status isDefault balance { amount currency } } }";
    let expected = json!({
        "me": {
            "username": "Amina.S", "displayName": "Amina 🌼", "phone": "+967711234567", "email": "Amina@Example.org",
        },
        "book": { "name": "Amina's shop", "currency": "USD" },
        "wallets": [{
            "name": "USD wallet", "currency": "USD", "status": "ACTIVE", "isDefault": true,
            "balance": { "amount": "0.00", "currency": "USD" },
        }],
    });
    assert_eq!(owner.gql(query, json!({})).await, expected);
}

#[apply(both_databases)]
async fn what_is_not_said_has_a_default(on: Database) {
    let (_app, owner) = TestApp::with_owner(on).await;
    let query = "{ me { displayName phone email } book { name currency } }";
    let expected = json!({
        "me": { "displayName": "amina", "phone": null, "email": null }, "book": { "name": "amina", "currency": "YEM" },
    });
    assert_eq!(owner.gql(query, json!({})).await, expected);
}

#[apply(both_databases)]
async fn taken_names_are_user_errors_on_the_right_paths_all_at_once(on: Database) {
    let app = TestApp::on(on).await;
    let first =
        json!({ "username": "amina", "password": "correct horse", "phone": "+967711234567", "email": "a@b.example" });
    User::register_as(&app.anonymous(), first).await;
    let second = json!({ "username": "AMINA", "password": "another horse", "phone": "00967 711-234-567", "email": "A@B.EXAMPLE" });
    let payload = register(&app.anonymous(), second).await;
    assert_eq!(errors(&payload), ["TAKEN username", "TAKEN phone", "TAKEN email"]);
    assert_eq!(payload["user"], Value::Null);
    assert_eq!(payload["accessToken"], Value::Null);

    let third = json!({ "username": "badr", "password": "another horse", "email": "a@b.Example" });
    assert_eq!(errors(&register(&app.anonymous(), third).await), ["TAKEN email"]);
}

#[apply(both_databases)]
async fn all_that_is_wrong_is_said_at_once(on: Database) {
    let app = TestApp::on(on).await;
    let input = json!({
        "username": "a b", "password": "short", "phone": "hello", "email": "nobody", "displayName": " ",
        "bookName": "x".repeat(101),
    });
    let payload = register(&app.anonymous(), input).await;
    let expected = [
        "INVALID username",
        "INVALID phone",
        "INVALID email",
        "INVALID displayName",
        "INVALID bookName",
        "INVALID password",
    ];
    assert_eq!(errors(&payload), expected);
}

#[rstest]
#[case::empty("")]
#[case::one_letter("a")]
#[case::too_long("abcdefghijabcdefghijabcdefghijabcdefghija")]
#[case::like_a_phone_number("967711234567")]
#[case::like_an_address("amina@example.org")]
#[case::emoji("amina🌼")]
#[case::null_character("amina\0")]
#[case::looks_like_another("аmina")]
#[test_attr(apply(test))]
async fn a_username_that_cannot_be_one_is_refused(#[case] username: &str, #[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::on(on).await;
    let payload = register(&app.anonymous(), json!({ "username": username, "password": "correct horse" })).await;
    assert_eq!(errors(&payload), ["INVALID username"]);
}

#[apply(both_databases)]
#[threads(4)]
async fn of_ten_who_want_one_username_at_once_one_gets_it(on: Database) {
    let app = TestApp::on(on).await;
    let tasks: Vec<_> = (0..10)
        .map(|number| {
            let client = app.anonymous();
            tokio::spawn(async move {
                let password = format!("horse battery {number}");
                register(&client, json!({ "username": "amina", "password": password })).await
            })
        })
        .collect();
    let mut registered = 0;
    for task in tasks {
        let payload = task.await.unwrap();
        if errors(&payload).is_empty() {
            registered += 1;
        } else {
            assert_eq!(errors(&payload), ["TAKEN username"]);
        }
    }
    assert_eq!(registered, 1);
}

#[apply(both_databases)]
async fn neither_passwords_nor_refresh_tokens_are_readable_in_the_database(on: Database) {
    let (app, owner) = TestApp::with_owner(on).await;
    let user = daybook::entity::user::Entity::find().one(app.app.db.read()).await.unwrap().unwrap();
    assert!(user.password_hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", user.password_hash);

    let mut stored = String::new();
    match on {
        Sqlite => {
            let file = app.url.trim_start_matches("sqlite:");
            for file in [file.to_owned(), format!("{file}-wal")] {
                stored += &String::from_utf8_lossy(&std::fs::read(file).unwrap());
            }
        }
        Postgres => {
            for table in ["user", "book", "member", "session", "refresh_token", "wallet", "account"] {
                let rows = format!("SELECT row::text FROM \"{table}\" AS row");
                let rows = Statement::from_string(app.app.db.backend(), rows);
                for row in app.app.db.read().query_all_raw(rows).await.unwrap() {
                    stored += &row.try_get_by_index::<String>(0).unwrap();
                }
            }
        }
    }
    assert!(stored.contains("amina"), "the dump is readable");
    for secret in [PASSWORD, &owner.refresh_token, owner.client.token.as_ref().unwrap()] {
        assert!(!stored.contains(secret), "{secret} is in the database");
    }
}
