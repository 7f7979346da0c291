//! For how long changes are kept.

use chrono::TimeDelta;
use daybook::changes::prune;
use serde_json::{Value, json};

use super::socket::version;
use crate::{
    harness::{Database, TestApp},
    operations::migration::down_and_up,
};

const LIST: &str = "query($after: String) { changes(after: $after) { nodes { thingId } } }";

async fn count(user: &crate::harness::User, after: Value) -> usize {
    user.gql(LIST, json!({ "after": after })).await["changes"]["nodes"].as_array().unwrap().len()
}

#[apply(both_databases)]
async fn old_changes_are_deleted_but_for_the_latest_of_each_book(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    let of_badr = version(&badr).await;
    let kept = app.app.changes_kept;
    let mut positions = Vec::new();
    for name in ["Zaid", "Zahra", "Yusuf"] {
        amina.customer(name).await;
        positions.push(version(&amina).await);
        app.advance(TimeDelta::days(10));
    }
    assert_eq!(prune(&app.app.db, &app.app.clock, kept).await.unwrap(), 1);
    let amina = amina.at(&amina.client.with_token(
        crate::harness::login(&app.anonymous(), "amina", crate::harness::PASSWORD).await["accessToken"]
            .as_str()
            .unwrap(),
    ));
    // What came after it is still there.
    assert_eq!(count(&amina, positions[0].clone()).await, 2);
    app.advance(TimeDelta::days(25));
    prune(&app.app.db, &app.app.clock, kept).await.unwrap();
    let amina = amina.at(&amina.client.with_token(
        crate::harness::login(&app.anonymous(), "amina", crate::harness::PASSWORD).await["accessToken"]
            .as_str()
            .unwrap(),
    ));
    for gone in &positions[..2] {
        assert_eq!(amina.error(LIST, json!({ "after": gone })).await, "CURSOR_TOO_OLD");
    }
    assert_eq!(count(&amina, positions[2].clone()).await, 0);
    assert_eq!(count(&amina, Value::Null).await, 1);
    assert_eq!(version(&amina).await, positions[2]);
    // A book in which nothing happened is still where it was.
    let badr = badr.at(&badr.client.with_token(
        crate::harness::login(&app.anonymous(), "badr", crate::harness::PASSWORD).await["accessToken"]
            .as_str()
            .unwrap(),
    ));
    assert_eq!(count(&badr, of_badr).await, 0);
}

#[apply(both_databases)]
async fn a_book_that_is_older_than_changes_has_a_version(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    amina.customer("Zaid").await;
    let before = version(&amina).await;
    down_and_up(&app, "_changes", async || {}).await;
    assert_eq!(count(&amina, Value::Null).await, 1);
    let position = version(&amina).await;
    assert_eq!(amina.error(LIST, json!({ "after": before })).await, "CURSOR_TOO_OLD");
    amina.customer("Zahra").await;
    assert_eq!(count(&amina, position).await, 1);
}
