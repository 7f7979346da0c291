//! Imports that are written, and undone, in many transactions; runs that end early.

use serde_json::{Value, json};

use super::{id_of_import, import, imports};
use crate::harness::{Database, Storage, TestApp, User, errors, file_of, id_of};

/// More lines than are written in one transaction.
fn long(lines: usize) -> String {
    file_of(lines, |number| format!("2026-{:02}-10,-1.0{},Food,line {number}", number % 12 + 1, number % 9 + 1))
}

async fn count(user: &User) -> i64 {
    user.gql("{ transactions(first: 0) { totalCount } }", json!({})).await["transactions"]["totalCount"]
        .as_i64()
        .unwrap()
}

#[apply(both_databases)]
async fn a_large_import_is_undone_by_the_program_in_parts(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let before = amina.report("2026-11").await;
    let csv = long(5300);
    assert_eq!(app.import("amina", &csv, &[]).count("ADDED"), 5300);
    let id = imports(&amina).await.swap_remove(0);
    // What is changed is told before anything is done.
    let one =
        amina.gql("{ transactions(first: 1) { nodes { id } } }", json!({})).await["transactions"]["nodes"][0]["id"]
            .take();
    amina.update_transaction(json!({ "id": one, "amount": "9" })).await;
    let (code, told) = app.undo("amina", &id);
    assert_eq!(code, Some(2), "{told}");
    assert!(told.starts_with("--undo: The transaction of 2026-12-10 over 9.00 YEM was changed since."), "{told}");
    assert_eq!(count(&amina).await, 5300);
    let query = "query($id: ID!) { transaction(id: $id) { versions { nodes { amount { amount } } } } }";
    let was =
        amina.gql(query, json!({ "id": one })).await["transaction"]["versions"]["nodes"][0]["amount"]["amount"].take();
    amina.update_transaction(json!({ "id": one, "amount": was })).await;
    // As if it had ended early: what is left is taken back when it is run again.
    let tamperer = app.tamperer().await;
    tamperer.change("UPDATE import SET undoing_at = created_at").await;
    let query = "query($id: ID!) { import(id: $id) { isPartlyUndone undoneAt } }";
    let partly = amina.gql(query, json!({ "id": id })).await["import"].take();
    assert_eq!(partly, json!({ "isPartlyUndone": true, "undoneAt": null }));
    assert_eq!(app.undo("amina", &id), (Some(0), "undone: 5300 taken back".to_owned()));
    assert_eq!((count(&amina).await, amina.report("2026-11").await), (0, before));
    let (code, told) = app.undo("amina", &id);
    assert_eq!((code, told.contains("undone already")), (Some(2), true), "{told}");
    app.assert_journal_is_whole().await;

    let again = app.import("amina", &csv, &[]);
    assert_eq!((again.count("ADDED"), count(&amina).await), (5300, 5300));
    assert_eq!(app.import("amina", &csv, &[]).count("DUPLICATE"), 5300);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_large_import_is_undone_by_requests_until_nothing_is_left(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let before = amina.report("2026-11").await;
    assert_eq!(app.import("amina", long(5300), &[]).count("ADDED"), 5300);
    let id = imports(&amina).await.swap_remove(0);
    let input = json!({ "id": id, "idempotencyKey": "take it back" });
    assert_eq!(errors(&amina.undo_import(input).await), ["INVALID idempotencyKey"]);
    // A key that is used for something else is refused before anything is done.
    let other =
        json!({ "category": { "name": "Food" }, "amount": "1", "date": "2026-01-01", "idempotencyKey": "other" });
    let other = id_of(&amina.add_transaction(other).await, "transaction");
    assert_eq!(
        errors(&amina.undo_import(json!({ "id": id, "idempotencyKey": "other" })).await),
        ["IDEMPOTENCY_CONFLICT idempotencyKey"]
    );
    assert_eq!(count(&amina).await, 5301);
    amina.delete_transaction(json!({ "id": other })).await;

    let input = json!({ "id": id, "idempotencyKey": "undo" });
    let part = amina.undo_import(input.clone()).await;
    assert_eq!((errors(&part), &part["takenBack"], &part["kept"]), (vec![], &json!(5000), &json!(0)), "{part}");
    assert_eq!((&part["import"]["isPartlyUndone"], &part["import"]["undoneAt"]), (&json!(true), &Value::Null));
    assert_eq!(count(&amina).await, 300);
    // What is changed between the parts stays, and is told.
    let changed = amina.gql("{ transactions(first: 1) { nodes { id } } }", json!({})).await["transactions"]["nodes"][0]
        ["id"]
        .take();
    amina.update_transaction(json!({ "id": changed, "amount": "9" })).await;
    let rest = amina.undo_import(input.clone()).await;
    assert_eq!((errors(&rest), &rest["takenBack"], &rest["kept"]), (vec![], &json!(299), &json!(1)), "{rest}");
    assert!(rest["import"]["undoneAt"].is_string() && rest["import"]["isPartlyUndone"] == false, "{rest}");
    let again = amina.undo_import(input).await;
    assert_eq!((errors(&again), &again["replayed"], &again["takenBack"]), (vec![], &json!(true), &json!(0)), "{again}");
    assert_eq!(errors(&amina.undo_import(json!({ "id": id })).await), ["NOT_ALLOWED id"]);
    amina.delete_transaction(json!({ "id": changed })).await;
    assert_eq!((count(&amina).await, amina.report("2026-11").await), (0, before));
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn what_two_servers_undo_at_once_by_one_request_is_undone_once(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let before = amina.report("2026-11").await;
    assert_eq!(app.import("amina", long(40), &[]).count("ADDED"), 40);
    let id = imports(&amina).await.swap_remove(0);
    // As if it had ended early. From then on it is undone in parts.
    app.tamperer().await.change("UPDATE import SET undoing_at = created_at").await;
    let elsewhere = TestApp::over(app.url.clone(), Storage::Elsewhere, |_| {}).await;
    let there =
        User { client: elsewhere.anonymous().with_token(amina.client.token.as_ref().unwrap()), ..amina.clone() };
    let input = json!({ "id": id, "idempotencyKey": "undo" });
    let (here, there) = tokio::join!(amina.undo_import(input.clone()), there.undo_import(input));
    assert_eq!((errors(&here), errors(&there)), (vec![], vec![]), "{here} {there}");
    assert_eq!(here["takenBack"].as_i64().unwrap() + there["takenBack"].as_i64().unwrap(), 40, "{here} {there}");
    assert_eq!(here["import"]["undoneAt"], there["import"]["undoneAt"]);
    assert!(here["import"]["undoneAt"].is_string(), "{here}");
    assert_eq!((count(&amina).await, amina.report("2026-11").await), (0, before));
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_run_that_ended_early_and_went_on_is_two_imports(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let csv = long(1500);
    // The lines that were written before the end.
    let cut: String = csv.split_inclusive('\n').take(1201).collect();
    assert_eq!(app.import("amina", &cut, &["--mode", "good-lines"]).count("ADDED"), 1200);
    let rest = app.import("amina", &csv, &["--mode", "good-lines"]);
    assert_eq!((rest.count("DUPLICATE"), rest.count("ADDED")), (1200, 300));
    let ids = imports(&amina).await;
    let query = "query($id: ID!) { import(id: $id) { added activities { totalCount } } }";
    let record = amina.gql(query, json!({ "id": ids[1] })).await["import"].take();
    assert_eq!(record, json!({ "added": 1200, "activities": { "totalCount": 2 } }));
    amina.undo(&ids[1]).await;
    assert_eq!(count(&amina).await, 300);
    // The first half alone comes back.
    assert_eq!(import(&amina, &cut).await["added"], 1200);
    for id in imports(&amina).await.into_iter().filter(|id| *id != ids[1]) {
        amina.undo(&id).await;
    }
    assert_eq!(count(&amina).await, 0);
    let whole = import(&amina, &csv).await;
    assert_eq!(whole["added"], 1500);
    amina.undo(&id_of_import(&whole)).await;
    app.assert_journal_is_whole().await;
}
