//! Who fails to log in too often waits longer and longer, and nobody else does.

use std::collections::HashSet;

use chrono::TimeDelta;
use daybook::{
    app::App,
    clock::Clock,
    credentials::{HashCost, Passwords},
    db::{Db, PoolSize},
    entity::{tally, user},
    error::{Code, Error},
    identity, server,
};
use futures_util::{StreamExt, stream};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use crate::harness::{
    ALL_PAGES, Client,
    Database::{self, Postgres},
    PASSWORD, TestApp, errors, register,
};

const ME: &str = "{ me { username } }";

async fn login(client: &Client, identifier: &str, password: &str) -> Value {
    let query = "mutation($input: LoginInput!) { login(input: $input) {
        accessToken userErrors { code message path ... on TooManyAttemptsError { retryAfter } } } }";
    let input = json!({ "identifier": identifier, "password": password });
    client.gql(query, json!({ "input": input })).await["login"].take()
}

/// For how long a login was told to wait; none when the password was looked at.
fn told_to_wait(payload: &Value) -> Option<i64> {
    match errors(payload).join(" ").as_str() {
        "TOO_MANY_ATTEMPTS" => Some(payload["userErrors"][0]["retryAfter"].as_i64().unwrap()),
        "" | "WRONG_CREDENTIALS" => None,
        other => panic!("{other}"),
    }
}

/// Fails to log in so often, each time as soon as that is allowed; for how long to wait in between.
async fn fail(app: &TestApp, client: &Client, identifier: &str, times: usize) -> Vec<i64> {
    let mut waits = Vec::new();
    for _ in 0..times {
        let mut answer = login(client, identifier, "wrong password").await;
        let mut waited = 0;
        while let Some(seconds) = told_to_wait(&answer) {
            waited += seconds;
            app.advance(TimeDelta::seconds(seconds));
            answer = login(client, identifier, "wrong password").await;
        }
        assert_eq!(errors(&answer), ["WRONG_CREDENTIALS"]);
        waits.push(waited);
    }
    waits
}

fn free(per_identifier: u32, per_address: u32) -> impl FnOnce(&mut App) {
    move |app| {
        app.limits.login_failures_per_identifier = per_identifier;
        app.limits.login_failures_per_address = per_address;
        (app.limits.registrations_per_address, app.limits.request_cost_per_minute) = (0, 0);
    }
}

/// The same in a moment that does not pass.
fn free_at_once(per_identifier: u32, per_address: u32) -> impl FnOnce(&mut App) {
    move |app| {
        free(per_identifier, per_address)(app);
        let now = app.clock.now();
        app.clock = Clock::new(move || now);
    }
}

#[apply(both_databases)]
async fn after_the_free_failures_each_wait_is_twice_the_last_up_to_15_minutes(on: Database) {
    let app = TestApp::with(on, free(3, 0)).await;
    let waits = fail(&app, &app.anonymous(), "nobody", 17).await;
    assert_eq!(waits, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
}

#[apply(both_databases)]
async fn while_the_wait_lasts_the_password_is_not_looked_at_and_it_does_not_grow(on: Database) {
    let app = TestApp::with(on, free(2, 0)).await;
    app.user("amina").await;
    fail(&app, &app.anonymous(), "amina", 8).await;
    for _ in 0..5 {
        let refused = login(&app.anonymous(), "amina", PASSWORD).await;
        assert_eq!((told_to_wait(&refused), &refused["accessToken"]), (Some(32), &Value::Null));
        let error = json!({
            "code": "TOO_MANY_ATTEMPTS", "message": "There were too many attempts. Try again in 32 seconds.",
            "path": [], "retryAfter": 32,
        });
        assert_eq!(refused["userErrors"], json!([error]));
    }
    app.advance(TimeDelta::seconds(31));
    assert_eq!(told_to_wait(&login(&app.anonymous(), "amina", PASSWORD).await), Some(1));
    app.advance(TimeDelta::seconds(1));
    assert!(login(&app.anonymous(), "amina", PASSWORD).await["accessToken"].is_string());
}

#[apply(both_databases)]
async fn a_right_password_clears_the_failures_of_its_user_and_not_those_of_the_address(on: Database) {
    let app = TestApp::with(on, free(3, 6)).await;
    app.user("amina").await;
    for round in 0..2 {
        assert_eq!(fail(&app, &app.anonymous(), "amina", 3).await, [0, 0, 0], "{round}");
        assert!(login(&app.anonymous(), "amina", PASSWORD).await["accessToken"].is_string(), "{round}");
    }
    assert_eq!(fail(&app, &app.anonymous(), "amina", 3).await, [0, 1, 2]);
    let elsewhere = app.anonymous().at_address("203.0.113.7");
    assert!(login(&elsewhere, "amina", PASSWORD).await["accessToken"].is_string());
}

#[apply(both_databases)]
async fn a_failure_of_a_name_is_forgotten_each_hour_and_one_of_an_address_each_minute(on: Database) {
    let app = TestApp::with(on, free(3, 0)).await;
    assert_eq!(fail(&app, &app.anonymous(), "nobody", 5).await, [0, 0, 0, 0, 1]);
    app.advance(TimeDelta::hours(2));
    // Of five failures three are left.
    assert_eq!(fail(&app, &app.anonymous(), "nobody", 2).await, [0, 1]);
    app.advance(TimeDelta::hours(5));
    assert_eq!(fail(&app, &app.anonymous(), "nobody", 5).await, [0, 0, 0, 0, 1]);
    // Ever so many failures are forgotten within so many hours as there are free ones, and 11.
    fail(&app, &app.anonymous(), "nobody", 40).await;
    app.advance(TimeDelta::hours(14));
    assert_eq!(fail(&app, &app.anonymous(), "nobody", 5).await, [0, 0, 0, 0, 1]);

    let app = TestApp::with(on, free(0, 3)).await;
    assert_eq!(fail(&app, &app.anonymous(), "nobody", 5).await, [0, 0, 0, 0, 1]);
    app.advance(TimeDelta::seconds(120));
    assert_eq!(fail(&app, &app.anonymous(), "nobody", 2).await, [0, 1]);
    // An address whose users fail a little more seldom than that never waits.
    app.advance(TimeDelta::minutes(60));
    for _ in 0..20 {
        assert_eq!(fail(&app, &app.anonymous(), "nobody", 1).await, [0]);
        app.advance(TimeDelta::seconds(60));
    }
}

#[apply(both_databases)]
async fn a_name_that_nobody_has_waits_like_one_that_somebody_has_however_it_is_written(on: Database) {
    let app = TestApp::with(on, free(4, 0)).await;
    let input =
        json!({ "username": "amina", "password": PASSWORD, "phone": "+967711234567", "email": "amina@example.org" });
    register(&app.anonymous(), input).await;
    let client = app.anonymous();
    for (known, unknown) in [
        (["amina", "AMINA", " amina ", "aMina"], ["nobody", "NOBODY", " nobody ", "noBody"]),
        (
            ["+967711234567", "711 234 567", "00967711234567", "+٩٦٧ (٧١١) ٢٣٤-٥٦٧"],
            ["+967711234568", "711 234 568", "00967711234568", "+٩٦٧ (٧١١) ٢٣٤-٥٦٨"],
        ),
        (
            ["amina@example.org", "AMINA@example.org", "amina@EXAMPLE.org", " amina@example.org"],
            ["badr@example.org", "BADR@example.org", "badr@EXAMPLE.org", " badr@example.org"],
        ),
        (["a\0", "a\0", "a\0", "a\0"], ["", "", "", ""]),
    ] {
        for way in 0..4 {
            let answers = [login(&client, known[way], "wrong").await, login(&client, unknown[way], "wrong").await];
            assert_eq!(answers[0], answers[1]);
            assert_eq!(errors(&answers[0]), ["WRONG_CREDENTIALS"], "{}", known[way]);
        }
        for names in [known, unknown] {
            assert_eq!(fail(&app, &client, names[0], 4).await, [0, 1, 2, 4], "{names:?}");
            assert_eq!(told_to_wait(&login(&client, names[1], "wrong").await), Some(8), "{names:?}");
        }
    }
}

#[apply(both_databases)]
async fn whoever_is_guessed_at_goes_on_in_a_session_that_they_have(on: Database) {
    let app = TestApp::with(on, free(2, 2)).await;
    let amina = app.user("amina").await;
    let other = login(&app.anonymous(), "amina", PASSWORD).await["accessToken"].take();
    fail(&app, &app.anonymous(), "amina", 6).await;
    assert!(told_to_wait(&login(&app.anonymous(), "amina", PASSWORD).await).is_some());
    assert_eq!(amina.gql(ME, json!({})).await["me"]["username"], "amina");
    amina.fund("5").await;
    let query =
        "mutation($input: RefreshTokenInput!) { refreshToken(input: $input) { accessToken userErrors { code } } }";
    let renewed = app.anonymous().gql(query, json!({ "input": { "refreshToken": amina.refresh_token } })).await;
    assert!(renewed["refreshToken"]["accessToken"].is_string(), "{renewed}");
    let badr = json!({ "username": "badr", "password": PASSWORD });
    assert_eq!(errors(&register(&app.anonymous(), badr).await), [""; 0]);
    // Where the password is asked for in a session, only failures in it count.
    let change = async |client: &Client, current: &str| {
        let query =
            "mutation($input: ChangePasswordInput!) { changePassword(input: $input) { userErrors { code path } } }";
        let input = json!({ "currentPassword": current, "newPassword": "seven quiet lamps 77" });
        errors(&client.gql(query, json!({ "input": input })).await["changePassword"])
    };
    let thief = &app.anonymous().with_token(renewed["refreshToken"]["accessToken"].as_str().unwrap());
    let amina = app.anonymous().with_token(other.as_str().unwrap());
    for expected in ["WRONG_CREDENTIALS", "WRONG_CREDENTIALS", "WRONG_CREDENTIALS", "TOO_MANY_ATTEMPTS"] {
        assert_eq!(change(thief, "wrong").await, [format!("{expected} currentPassword")]);
    }
    assert_eq!(change(&amina, PASSWORD).await, [""; 0]);
}

/// Tries 10,000 logins, many at once: each an address, a name and a password. How many of the passwords were looked at; none of
/// them may have been right.
async fn looked_at(app: &TestApp, guess: impl Fn(u32) -> (String, String, &'static str)) -> usize {
    let guesses = stream::iter(0..10_000).map(|number| {
        let (address, identifier, password) = guess(number);
        let address = daybook::client::Client::new(Some(address.parse().unwrap()), None);
        async move {
            loop {
                let answer = identity::login(&app.app, &address, identifier.clone(), password.to_owned()).await;
                match answer {
                    // The database was too busy, and nothing was looked at.
                    Err(Error::Refused(refusals)) if refusals[0].code == Code::TryAgain => {}
                    answer => return answer,
                }
            }
        }
    });
    let looked_at = guesses.buffer_unordered(64).map(|answer| match answer {
        Ok(_) => panic!("a right password was taken"),
        Err(Error::Refused(refusals)) => match refusals[0].code {
            Code::WrongCredentials => 1,
            Code::TooManyAttempts => 0,
            _ => panic!("{refusals:?}"),
        },
        Err(fault) => panic!("{fault:?}"),
    });
    looked_at.fold(0, async |sum, one| sum + one).await
}

/// How many passwords are hashed at once.
fn places() -> usize {
    (std::thread::available_parallelism().unwrap().get() / 2).max(1)
}

#[apply(both_databases)]
#[threads(4)]
async fn of_10_000_guesses_at_one_account_a_handful_are_looked_at(on: Database) {
    let app = TestApp::with(on, free_at_once(10, 0)).await;
    let amina = app.user("amina").await;
    let looked_at = looked_at(&app, |number| {
        let password = if number >= 200 && number.is_multiple_of(100) { PASSWORD } else { "wrong password" };
        (format!("203.0.{}.{}", number / 250, number % 250), "amina".to_owned(), password)
    })
    .await;
    assert!((11..=10 + places()).contains(&looked_at), "{looked_at} of 10,000");
    amina.fund("5").await;
}

#[apply(both_databases)]
#[threads(4)]
async fn of_10_000_guesses_at_1_000_accounts_from_one_address_a_hundred_are_looked_at(on: Database) {
    let app = TestApp::with(on, free_at_once(10, 100)).await;
    app.user("amina").await;
    let looked_at = looked_at(&app, |number| {
        let identifier = if number == 9000 { "amina".to_owned() } else { format!("user{}", number % 1000) };
        // A line has all addresses of its network.
        (format!("2001:db8:0:7::{:x}:{number:x}", number / 100), identifier, PASSWORD)
    })
    .await;
    assert!((101..=100 + places()).contains(&looked_at), "{looked_at} of 10,000");
    for elsewhere in ["2001:db8:0:8::1", "203.0.113.7"] {
        let client = app.anonymous().at_address(elsewhere);
        assert!(login(&client, "amina", PASSWORD).await["accessToken"].is_string(), "{elsewhere}");
    }
}

#[apply(both_databases)]
#[threads(4)]
async fn fifty_right_passwords_at_once_all_get_a_session(on: Database) {
    let app = TestApp::with(on, free(1, 1)).await;
    app.user("amina").await;
    let client = app.anonymous();
    let logins = stream::iter(0..50).map(|_| login(&client, "amina", PASSWORD));
    let answers: Vec<Value> = logins.buffer_unordered(50).collect().await;
    let tokens: HashSet<_> = answers.iter().map(|answer| answer["accessToken"].as_str().unwrap()).collect();
    assert_eq!(tokens.len(), 50);
}

#[apply(on_postgres)]
#[threads(4)]
async fn two_servers_on_one_database_count_together() {
    let app = TestApp::with(Postgres, free_at_once(6, 0)).await;
    app.user("amina").await;
    let mut second = app.app.clone();
    second.db = Db::connect(&app.url, PoolSize { most: 4, least: 0 }).await.unwrap();
    second.passwords = Passwords::new(HashCost::default()).unwrap();
    let clients = [app.anonymous(), Client::to_router(server::router(second, ALL_PAGES))];
    let guesses = stream::iter(0..40).map(|number| login(&clients[number % 2], "amina", "wrong password"));
    let answers: Vec<Value> = guesses.buffer_unordered(40).collect().await;
    let looked_at = answers.iter().filter(|answer| told_to_wait(answer).is_none()).count();
    assert!((7..=7 + 2 * places()).contains(&looked_at), "{looked_at}");
    for client in clients {
        assert!(told_to_wait(&login(&client, "amina", PASSWORD).await).is_some());
    }
}

#[apply(both_databases)]
async fn a_limit_of_zero_is_none(on: Database) {
    let app = TestApp::with(on, free(0, 0)).await;
    app.user("amina").await;
    assert_eq!(fail(&app, &app.anonymous(), "amina", 120).await, [0; 120]);
    assert!(login(&app.anonymous(), "amina", PASSWORD).await["accessToken"].is_string());
    assert_eq!(tallies(&app).await, 0);
}

#[apply(both_databases)]
async fn what_is_counted_names_nobody_and_is_removed_when_it_counts_no_more(on: Database) {
    let app = TestApp::with(on, free(10, 100)).await;
    for number in 0..20 {
        let client = app.anonymous().at_address(&format!("203.0.113.{number}"));
        login(&client, &format!("my-password-{number}"), "wrong").await;
    }
    let rows = tally::Entity::find().all(app.app.db.read()).await.unwrap();
    assert_eq!(rows.len(), 40);
    for row in &rows {
        assert!(row.key.len() == 43 && !row.key.contains("password") && !row.key.contains("203"), "{row:?}");
    }
    app.advance(TimeDelta::minutes(61));
    for _ in 0..20 {
        login(&app.anonymous(), "amina", "wrong").await;
    }
    assert_eq!(tallies(&app).await, 2);
}

/// How many things are counted.
async fn tallies(app: &TestApp) -> u64 {
    tally::Entity::find().count(app.app.db.read()).await.unwrap()
}

#[apply(both_databases)]
async fn only_so_many_register_from_one_address_in_a_day(on: Database) {
    let limit = |most| {
        move |app: &mut App| (app.limits.registrations_per_address, app.limits.request_cost_per_minute) = (most, 0)
    };
    let app = TestApp::with(on, limit(3)).await;
    let somebody = |name: &str| json!({ "username": name, "password": PASSWORD });
    let client = app.anonymous().at_address("203.0.113.7");
    // One that asks for a name that is taken counts too.
    for name in ["amina", "badr", "amina"] {
        let payload = register(&client, somebody(name)).await;
        assert!(matches!(errors(&payload).join(" ").as_str(), "" | "TAKEN username"), "{payload}");
    }
    let query = "mutation($input: RegisterInput!) { register(input: $input) { accessToken userErrors { code path ... on TooManyAttemptsError { retryAfter } } } }";
    let refused = client.gql(query, json!({ "input": somebody("dina") })).await;
    // It is ten in the morning.
    let error = json!({ "code": "TOO_MANY_ATTEMPTS", "path": [], "retryAfter": 14 * 3600 });
    assert_eq!(refused["register"], json!({ "accessToken": null, "userErrors": [error] }));
    assert_eq!(errors(&register(&client.at_address("203.0.113.8"), somebody("dina")).await), [""; 0]);
    app.advance(TimeDelta::hours(14));
    for name in ["elif", "farid", "gul"] {
        assert_eq!(errors(&register(&client, somebody(name)).await), [""; 0]);
    }
    assert_eq!(errors(&register(&client, somebody("hadi")).await), ["TOO_MANY_ATTEMPTS"]);

    let app = TestApp::with(on, limit(0)).await;
    app.user("amina").await;
    assert_eq!(tallies(&app).await, 0);
}

#[apply(both_databases)]
#[threads(4)]
async fn of_ten_who_register_at_once_from_one_address_no_more_than_may_do_so(on: Database) {
    let app = TestApp::with(on, |app| app.limits.registrations_per_address = 4).await;
    let client = app.anonymous();
    let registrations = stream::iter(0..10)
        .map(|number| register(&client, json!({ "username": format!("user{number}"), "password": PASSWORD })));
    let answers: Vec<Value> = registrations.buffer_unordered(10).collect().await;
    let registered = answers.iter().filter(|answer| errors(answer).is_empty()).count();
    assert_eq!(registered, 4);
    let users = user::Entity::find().count(app.app.db.read()).await.unwrap();
    assert_eq!(users, 4);
}
