//! Whoever closes the connection before a wrong password is answered gains nothing by it.

use std::time::{Duration, Instant};

use daybook::{credentials::Passwords, entity::tally};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::json;

use crate::harness::{Client, Database, TestApp, User};

/// By then a check that goes on has ended, also on a busy machine.
const LONG_ENOUGH: Duration = Duration::from_secs(10);

/// An app on which checking a password takes much longer than all else that a guess does.
async fn slow(on: Database) -> (TestApp, Client) {
    let app = TestApp::with(on, |app| {
        app.limits.login_failures_per_identifier = 1;
        app.limits.login_failures_per_address = 0;
        (app.limits.registrations_per_address, app.limits.request_cost_per_minute) = (0, 0);
    })
    .await;
    let slow = app.another(|app| app.passwords = Passwords::new("m=65536,t=8,p=1".parse().unwrap()).unwrap());
    (app, slow)
}

async fn failures(app: &TestApp) -> u64 {
    tally::Entity::find().count(app.app.db.read()).await.unwrap()
}

/// Sends a guess and goes away while the password is checked. Gives back whether the failure was counted all the same.
async fn is_counted(app: &TestApp, client: &Client, query: &'static str, patience: usize) -> bool {
    let client = client.clone();
    let guess = tokio::spawn(async move { client.request(query, json!({})).await });
    for _ in 0..patience {
        failures(app).await;
    }
    guess.abort();
    let was_answered = guess.await.is_ok();
    let gone = Instant::now();
    while gone.elapsed() < LONG_ENOUGH {
        if failures(app).await > 0 {
            return !was_answered;
        }
    }
    false
}

async fn is_counted_in_the_end(app: &TestApp, client: &Client, query: &'static str) -> bool {
    // It may go before the check has begun, and then nothing is counted; the later, the less likely.
    for patience in [20, 40, 80, 160] {
        if is_counted(app, client, query, patience).await {
            return true;
        }
    }
    false
}

#[apply(both_databases)]
#[threads(4)]
async fn a_wrong_password_is_counted_when_its_client_goes_away(on: Database) {
    let (app, slow) = slow(on).await;
    let login = "mutation { login(input: { identifier: \"amina\", password: \"wrong\" }) { userErrors { code } } }";
    assert!(is_counted_in_the_end(&app, &slow, login).await);
}

#[apply(both_databases)]
#[threads(4)]
async fn a_wrong_current_password_is_counted_and_recorded_when_its_client_goes_away(on: Database) {
    let (app, slow) = slow(on).await;
    let amina: User = app.user("amina").await;
    let change =
        "mutation { changePassword(input: { currentPassword: \"wrong\", newPassword: \"green hills in May 27\" }) {
        userErrors { code } } }";
    assert!(is_counted_in_the_end(&app, &amina.at(&slow).client, change).await);
    let recorded = "{ activities(filter: { actions: [CHANGE_PASSWORD] }) { nodes { outcome codes } } }";
    let activity = loop {
        // The failure is counted first.
        let activity = amina.gql(recorded, json!({})).await["activities"]["nodes"].take();
        if activity != json!([]) {
            break activity;
        }
    };
    assert_eq!(activity, json!([{ "outcome": "REFUSED", "codes": ["WRONG_CREDENTIALS"] }]));
}
