//! Undoing that is repeated, and several at once.

use futures_util::future::join_all;
use serde_json::json;

use super::{file, id_of_import, import};
use crate::harness::{Database, TestApp, errors, transactions};

#[apply(both_databases)]
async fn a_request_with_a_key_is_done_once(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    amina.fund("50").await;
    let csv = file(&amina.wallet);
    let first = id_of_import(&import(&amina, &csv).await);
    let input = json!({ "id": first, "idempotencyKey": "back" });
    let undone = amina.undo_import(input.clone()).await;
    assert_eq!((errors(&undone), &undone["replayed"]), (vec![], &json!(false)));
    let second = id_of_import(&import(&amina, &csv).await);
    let again = amina.undo_import(input).await;
    assert_eq!((&again["replayed"], &again["import"]), (&json!(true), &undone["import"]));
    assert_eq!(amina.latest().await["outcome"], "REPLAYED");
    let other = json!({ "id": second, "idempotencyKey": "back" });
    assert_eq!(errors(&amina.undo_import(other).await), ["IDEMPOTENCY_CONFLICT idempotencyKey"]);
    assert_eq!(transactions(&amina).await.len(), 6);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
#[threads(4)]
async fn an_import_is_undone_once_however_many_ask_at_once(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    amina.fund("50").await;
    let csv = file(&amina.wallet);
    let id = id_of_import(&import(&amina, &csv).await);
    let asked = (0..4).map(|_| amina.undo_import(json!({ "id": id })));
    let answers: Vec<_> = join_all(asked).await.iter().map(errors).collect();
    assert_eq!(answers.iter().filter(|errors| errors.is_empty()).count(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|errors| **errors == ["NOT_ALLOWED id"]).count(), 3, "{answers:?}");
    assert_eq!((transactions(&amina).await.len(), amina.balance(&amina.wallet).await), (0, "50.00".into()));
    // And with changes of what it made at the same moment: either all of it goes, or nothing.
    let done = import(&amina, &csv).await;
    let (id, bread) = (id_of_import(&done), super::made(&done).swap_remove(1));
    let change = amina.update_transaction(json!({ "id": bread, "description": "changed" }));
    let (undone, changed) = tokio::join!(amina.undo_import(json!({ "id": id })), change);
    match (errors(&undone).as_slice(), errors(&changed).as_slice()) {
        ([], [refused]) => assert_eq!((refused.as_str(), transactions(&amina).await.len()), ("NOT_ALLOWED id", 0)),
        ([refused], []) => assert_eq!((refused.as_str(), transactions(&amina).await.len()), ("CONFLICT id", 6)),
        other => panic!("{other:?}"),
    }
    app.assert_journal_is_whole().await;
}
