//! For how long changes are kept.

use chrono::TimeDelta;
use daybook::changes::{file_all, prune};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{
    served::SOON,
    socket::{another_session, position_of},
};
use crate::{
    harness::{Database, Server, TestApp, User},
    operations::migration::down_and_up,
};

const LIST: &str = "query($after: String) { changes(after: $after) { nodes { thingId } } }";

async fn count(app: &TestApp, user: &User, after: Value) -> usize {
    app.settle().await;
    user.gql(LIST, json!({ "after": after })).await["changes"]["nodes"].as_array().unwrap().len()
}

#[apply(both_databases)]
async fn changes_are_deleted_when_those_that_follow_them_are_old(on: Database) {
    let (app, mut amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    let of_badr = position_of(&app, &badr).await;
    let mut positions = Vec::new();
    for name in ["Zaid", "Zahra", "Yusuf"] {
        amina.customer(name).await;
        positions.push(position_of(&app, &amina).await);
        app.advance(TimeDelta::days(10));
        amina = another_session(&amina, "amina").await;
    }
    let older_than = async |days| prune(&app.app.db, &app.app.clock, TimeDelta::days(days)).await.unwrap();
    // The beginning of the book. What follows the first customer is not old enough yet.
    assert_eq!(older_than(25).await, 1);
    assert_eq!(count(&app, &amina, positions[0].clone()).await, 2);
    assert_eq!(older_than(15).await, 1);
    assert_eq!(amina.error(LIST, json!({ "after": positions[0] })).await, "CURSOR_TOO_OLD");
    assert_eq!(count(&app, &amina, positions[1].clone()).await, 1);
    assert_eq!(older_than(1).await, 1);
    assert_eq!(amina.error(LIST, json!({ "after": positions[1] })).await, "CURSOR_TOO_OLD");
    assert_eq!(count(&app, &amina, positions[2].clone()).await, 0);
    assert_eq!(count(&app, &amina, Value::Null).await, 1);
    assert_eq!(position_of(&app, &amina).await, positions[2]);
    // A book in which nothing happened is still where it was.
    let badr = another_session(&badr, "badr").await;
    assert_eq!(count(&app, &badr, of_badr).await, 0);
    assert_eq!(older_than(1).await, 0);
}

#[apply(both_databases)]
async fn a_book_that_is_older_than_changes_has_a_cursor(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    amina.customer("Zaid").await;
    let before = position_of(&app, &amina).await;
    down_and_up(&app, "_changes", async || {}).await;
    assert_eq!(count(&app, &amina, Value::Null).await, 1);
    let position = position_of(&app, &amina).await;
    assert_eq!(amina.error(LIST, json!({ "after": before })).await, "CURSOR_TOO_OLD");
    amina.customer("Zahra").await;
    assert_eq!(count(&app, &amina, position).await, 1);
}

#[apply(test)]
async fn changes_are_read_in_the_same_way_before_and_after_they_are_filed() {
    let (app, amina) = TestApp::with_owner(Database::Sqlite).await;
    let badr = app.user("badr").await;
    amina.fund("100").await;
    let start = position_of(&app, &amina).await;
    let mut expected = Vec::new();
    for round in 0..4 {
        for name in ["Zaid", "Zahra"] {
            expected.push(amina.customer(name).await);
            badr.customer(name).await;
        }
        amina.pay(&badr, "1").await;
        let payment = amina.history(&amina.wallet, Value::Null).await[0]["node"]["id"].take();
        expected.push(payment.as_str().unwrap().to_owned());
        let (mut told, mut after) = (Vec::new(), start.clone());
        loop {
            // The last pages are behind what is filed, and one of them begins in the midst of it.
            let page = "query($after: String) { changes(after: $after, first: 2) {
                nodes { thingId } pageInfo { endCursor hasNextPage } } }";
            let page = amina.gql(page, json!({ "after": after })).await["changes"].take();
            told.extend(
                page["nodes"].as_array().unwrap().iter().map(|change| change["thingId"].as_str().unwrap().to_owned()),
            );
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
        assert_eq!(told, expected, "round {round}");
        let latest = position_of(&app, &amina).await;
        assert_eq!(count(&app, &amina, latest.clone()).await, 0);
        // What comes in the next round is not filed until its end.
        file_all(&app.app.db).await.unwrap();
        assert_eq!(position_of(&app, &amina).await, latest);
        assert_eq!(count(&app, &amina, start.clone()).await, expected.len());
    }
}

#[apply(test)]
async fn a_server_files_the_changes_that_follow_its_start() {
    let (app, amina) = TestApp::with_owner(Database::Sqlite).await;
    let is_filed = async || {
        let sql = "SELECT (SELECT MAX(seq) FROM change) = (SELECT seq FROM change_filed)";
        let row = app.app.db.read().query_one_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.unwrap();
        row.unwrap().try_get_by_index::<bool>(0).unwrap()
    };
    let until_filed = async || while !is_filed().await {};
    amina.customer("Zaid").await;
    assert!(!is_filed().await);
    let _server = Server::start(&app.url);
    for name in ["Zahra", "Yusuf"] {
        timeout(SOON, until_filed()).await.unwrap();
        amina.customer(name).await;
    }
    timeout(SOON, until_filed()).await.unwrap();
}
