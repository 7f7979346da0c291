//! A server that cannot get a connection says so, and does nothing.

use daybook::db::{Db, PoolSize};
use serde_json::json;

use crate::harness::{Blocker, Database, PASSWORD, TestApp, errors};

#[apply(both_databases)]
async fn a_request_that_gets_no_connection_before_it_is_executed_is_answered_503(on: Database) {
    let (app, owner) = TestApp::with_owner(on).await;
    let db = Db::connect(&app.url, PoolSize { most: 1, least: 0 }).await.unwrap();
    let busy = app.another(|app| app.db = db.clone());
    let held = db.snapshot().await.unwrap();
    let answer = owner.at(&busy).client.request("{ me { username } }", json!({})).await;
    assert_eq!((answer.status.as_u16(), answer.headers["retry-after"].to_str().unwrap()), (503, "1"));
    let body = answer.json();
    assert_eq!(body["errors"][0]["extensions"]["code"], "TRY_AGAIN");
    assert_eq!(body.get("data"), None);
    drop(held);
    assert_eq!(owner.at(&busy).gql("{ me { username } }", json!({})).await["me"]["username"], "amina");
}

#[apply(both_databases)]
async fn a_write_that_does_not_get_its_turn_is_refused_inside_of_the_mutation(on: Database) {
    let (app, owner) = TestApp::with_owner(on).await;
    let blocker = Blocker::on(&app).await;
    let query = "mutation($w: ID!) { deposit(input: { wallet: { id: $w }, amount: 10 }) { userErrors { code path } } }";
    let refused = owner.client.request(query, json!({ "w": owner.wallet })).await.json();
    assert_eq!(errors(&refused["data"]["deposit"]), ["TRY_AGAIN"]);
    blocker.end().await;
    owner.fund("1").await;
    assert_eq!(owner.balance(&owner.wallet).await, "1.00");
}

#[apply(both_databases)]
async fn who_asks_is_found_out_while_all_others_wait_for_a_connection(on: Database) {
    let (app, owner) = TestApp::with_owner(on).await;
    let db = Db::connect(&app.url, PoolSize { most: 2, least: 0 }).await.unwrap();
    let busy = app.another(|app| app.db = db.clone());
    let _held = db.snapshot().await.unwrap();
    let stranger = app.user("badr").await;
    stranger.gql("mutation { logout { userErrors { code } } }", json!({})).await;
    let (owner, stranger) = (owner.at(&busy), stranger.at(&busy));
    let mut waiting = std::pin::pin!(owner.client.request("{ me { username } }", json!({})));
    assert!(futures_util::poll!(waiting.as_mut()).is_pending());
    assert_eq!(stranger.error("{ me { username } }", json!({})).await, "UNAUTHENTICATED");
    assert!(futures_util::poll!(waiting.as_mut()).is_pending());
}

#[apply(both_databases)]
async fn those_who_are_logged_in_do_not_wait_behind_those_who_are_not(on: Database) {
    let (app, owner) = TestApp::with_owner(on).await;
    let db = Db::connect(&app.url, PoolSize { most: 4, least: 0 }).await.unwrap();
    let busy = app.another(|app| app.db = db.clone());
    // The place that strangers have.
    let held = db.for_stranger(None).snapshot().await.unwrap();
    let input = json!({ "input": { "identifier": "amina", "password": PASSWORD } });
    let login = "mutation($input: LoginInput!) { login(input: $input) { user { username } userErrors { code } } }";
    let mut waiting: Vec<_> = (0..8).map(|_| Box::pin(busy.gql(login, input.clone()))).collect();
    for login in &mut waiting {
        assert!(futures_util::poll!(login.as_mut()).is_pending());
    }
    let owner = owner.at(&busy);
    owner.fund("1").await;
    assert_eq!(owner.balance(&owner.wallet).await, "1.00");
    for login in &mut waiting {
        assert!(futures_util::poll!(login.as_mut()).is_pending());
    }
    drop(held);
    for login in waiting {
        assert_eq!(login.await["login"]["user"]["username"], "amina");
    }
}
