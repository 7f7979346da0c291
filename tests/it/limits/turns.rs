//! The turns of users, and the time limit of a request.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;

use crate::harness::{Blocker, Database, TestApp, User};

const NAME: &str = "{ me { username } }";
const DEPOSIT: &str = "mutation($w: ID!) { deposit(input: { wallet: { id: $w }, amount: 1 }) { userErrors { code } } }";

async fn name(user: &User) -> String {
    user.gql(NAME, json!({})).await["me"]["username"].as_str().unwrap().to_owned()
}

#[apply(both_databases)]
async fn an_app_that_sends_many_queries_at_once_gets_all_answers(on: Database) {
    let app = TestApp::with(on, |app| app.limits.execution.at_once_per_user = 1).await;
    let amina = app.user("amina").await;
    assert_eq!(join_all((0..16).map(|_| name(&amina))).await, ["amina"; 16]);
}

#[apply(both_databases)]
async fn who_has_many_requests_waiting_for_the_database_keeps_nobody_else_waiting(on: Database) {
    let app = TestApp::on(on).await;
    let (amina, badr) = (app.user("amina").await, app.user("badr").await);
    let blocker = Blocker::on(&app).await;
    let stuck = join_all((0..40).map(|_| amina.client.request(DEPOSIT, json!({ "w": amina.wallet }))));
    let others = async {
        for _ in 0..20 {
            assert_eq!(badr.client.request(NAME, json!({})).await.json()["data"]["me"]["username"], "badr");
        }
        blocker.end().await;
    };
    let (stuck, ()) = tokio::join!(stuck, others);
    for answer in stuck {
        assert_eq!(answer.json()["data"]["deposit"]["userErrors"], json!([]));
    }
}

#[apply(both_databases)]
async fn a_request_that_runs_out_of_time_is_stopped_and_what_it_began_is_whole(on: Database) {
    let app = TestApp::on(on).await;
    let amina = app.user("amina").await;
    let quick = app.another(|app| app.limits.execution.time = Duration::from_millis(20));
    let hurried = amina.at(&quick).client;
    let modern = hurried.with_header("accept", "application/graphql-response+json");
    let blocker = Blocker::on(&app).await;
    for (client, status) in [(&hurried, 200), (&modern, 504)] {
        let answer = client.request(DEPOSIT, json!({ "w": amina.wallet })).await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.json()["errors"][0]["extensions"]["code"], "TIMEOUT");
        assert_eq!(answer.json().get("data"), None);
    }
    blocker.end().await;
    // What had begun is finished or undone, and stops nobody.
    amina.fund("1").await;
    let balance: f64 = amina.balance(&amina.wallet).await.parse().unwrap();
    assert!([1.0, 2.0, 3.0].contains(&balance), "{balance}");
}
