//! What stands in the way of undoing an import.

use serde_json::{Value, json};

use super::{file, id_of_import, import, made};
use crate::harness::{Database, TestApp, User, errors, id_of, named, transactions};

/// The ids that the errors of a refused undoing name.
fn current(payload: &Value) -> Vec<&str> {
    let errors = payload["userErrors"].as_array().unwrap().iter();
    errors.filter_map(|error| error["current"]["id"].as_str()).collect()
}

async fn refused(user: &User, import: &str) -> Value {
    let before = transactions(user).await;
    let refused = user.undo_import(json!({ "id": import })).await;
    assert_eq!(refused["import"], Value::Null);
    assert_eq!(transactions(user).await, before);
    let act = user.latest().await;
    assert_eq!((&act["action"], &act["outcome"]), (&json!("UNDO_IMPORT"), &json!("REFUSED")));
    refused
}

#[apply(both_databases)]
async fn what_was_changed_since_is_told_and_nothing_is_taken_back(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    amina.fund("50").await;
    let done = import(&amina, &file(&amina.wallet)).await;
    let (id, lines) = (id_of_import(&done), made(&done));
    let (bread, market) = (&lines[1], &lines[3]);
    let change = json!({ "id": bread, "category": { "name": "Data" } });
    id_of(&amina.update_transaction(change).await, "transaction");
    let told = refused(&amina, &id).await;
    assert_eq!((errors(&told), current(&told)), (vec!["CONFLICT id".to_owned()], vec![bread.as_str()]));
    assert!(told["userErrors"][0]["message"].as_str().unwrap().contains("2026-11-01 over 12.50 YEM"), "{told}");
    // A note of a line is a change, too.
    let line = |category: &str, amount: &str, note: &str| json!({ "category": { "name": category }, "amount": amount, "note": note });
    let noted = json!({ "id": market, "lines": [line("Food", "20", "beans"), line("Transport", "5", "bus")] });
    id_of(&amina.update_transaction(noted).await, "transaction");
    let told = refused(&amina, &id).await;
    let mut both = current(&told);
    both.sort_unstable();
    let mut expected = [bread.as_str(), market.as_str()];
    expected.sort_unstable();
    assert_eq!(both, expected);
    // What is as it was again is no change.
    let back = json!({ "id": market, "lines": [line("Food", "20", "rice"), line("Transport", "5", "bus")] });
    id_of(&amina.update_transaction(back).await, "transaction");
    assert_eq!(current(&refused(&amina, &id).await), [bread.as_str()]);
    let back = json!({ "id": bread, "category": { "name": "Food" } });
    id_of(&amina.update_transaction(back).await, "transaction");
    amina.undo(&id).await;
    app.assert_journal_is_whole().await;

    // What was deleted by hand stays so, and so does the rest.
    let done = import(&amina, &file(&amina.wallet)).await;
    let (id, gone) = (id_of_import(&done), made(&done).swap_remove(2));
    id_of(&amina.delete_transaction(json!({ "id": gone })).await, "transaction");
    assert_eq!(current(&refused(&amina, &id).await), [gone.as_str()]);
    assert_eq!(import(&amina, &file(&amina.wallet)).await["duplicates"], 7);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_transfer_with_a_line_is_undone_first(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    amina.fund("50").await;
    let savings = amina.new_wallet("YEM").await;
    let wallet = &amina.wallet;
    let csv = format!(
        "date,amount,category,description,wallet\n2026-11-01,-30,Food,to savings,{wallet}\n2026-11-02,-1,Food,tea,{wallet}\n"
    );
    let done = import(&amina, &csv).await;
    let (id, outgoing) = (id_of_import(&done), made(&done).swap_remove(0));
    let incoming = amina.pay_from(&savings, "Salary", "30", "2026-11-02").await;
    let halves = [outgoing.clone(), incoming];
    assert_eq!(errors(&amina.decide("confirmTransfer", named(&halves)).await), [""; 0]);
    let told = refused(&amina, &id).await;
    assert_eq!((errors(&told), current(&told)), (vec!["CONFLICT id".to_owned()], vec![outgoing.as_str()]));
    assert!(told["userErrors"][0]["message"].as_str().unwrap().contains("undoTransfer"), "{told}");
    assert_eq!(errors(&amina.decide("undoTransfer", named(&halves)).await), [""; 0]);
    amina.undo(&id).await;
    assert_eq!((amina.balance(wallet).await, amina.balance(&savings).await), ("50.00".into(), "30.00".into()));
    assert_eq!(amina.proposed().await, [[""; 2]; 0]);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_wallet_that_cannot_give_the_money_back_refuses(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let wallet = amina.wallet.clone();
    let csv = format!(
        "date,amount,category,description,wallet\n2026-11-01,10,Salary,pay,{wallet}\n2026-11-02,-4,Food,tea,{wallet}\n"
    );
    let id = id_of_import(&import(&amina, &csv).await);
    let spent = amina.pay_from(&wallet, "Food", "1", "2026-11-03").await;
    let told = refused(&amina, &id).await;
    assert_eq!(errors(&told), ["INSUFFICIENT_FUNDS id"]);
    assert_eq!(told["userErrors"][0]["balance"]["amount"], "5.00");
    id_of(&amina.delete_transaction(json!({ "id": spent })).await, "transaction");
    // Of a wallet that is empty then, the expense comes back before the income goes.
    let freeze = json!({ "id": wallet });
    amina.mutate("freezeWallet", "FreezeWalletInput", "userErrors { code }", freeze.clone()).await;
    assert_eq!(errors(&refused(&amina, &id).await), ["WALLET_NOT_ACTIVE id"]);
    amina.mutate("unfreezeWallet", "UnfreezeWalletInput", "userErrors { code }", freeze).await;
    amina.undo(&id).await;
    assert_eq!(amina.balance(&wallet).await, "0.00");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn an_import_of_somebody_else_is_not_there(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    let [theirs, transaction, _] = badr.doubled("tea", "5").await;
    let customer = amina.customer("Zaid").await;
    for id in [&theirs, &transaction, &customer, "x", ""] {
        assert_eq!(errors(&amina.undo_import(json!({ "id": id })).await), ["NOT_FOUND id"], "{id}");
    }
    let query = "query($id: ID!) { import(id: $id) { id } node(id: $id) { id } imports { totalCount } }";
    let seen = amina.gql(query, json!({ "id": theirs })).await;
    assert_eq!(seen, json!({ "import": null, "node": null, "imports": { "totalCount": 0 } }));
    let (code, told) = app.undo("amina", &theirs);
    assert_eq!((code, told.as_str()), (Some(2), "--undo: You have no such import."));
    badr.undo(&theirs).await;
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn records_that_do_not_fit_what_they_made_are_found(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let [_, imported, entered] = amina.doubled("tea", "5").await;
    amina.doubled("bread", "6").await;
    assert_eq!(errors(&amina.same("confirmDuplicate", [&imported, &entered]).await), [""; 0]);
    app.assert_journal_is_whole().await;
    let tamperer = app.tamperer().await;
    for sql in [
        "UPDATE import SET made = made + 1, lines = lines + 1",
        "UPDATE \"transaction\" SET import_id = NULL WHERE same_as_id IS NULL",
        "UPDATE \"transaction\" SET same_as_id = (SELECT other.id FROM \"transaction\" other
            WHERE other.import_id IS NOT NULL AND other.same_as_id IS NULL) WHERE same_as_id IS NOT NULL",
        "UPDATE \"transaction\" SET deleted_at = NULL WHERE same_as_id IS NOT NULL",
    ] {
        let found = tamperer.differences(sql).await;
        assert!(found.iter().any(|difference| json!(difference.check) == "IMPORT"), "{sql}: {found:#?}");
    }
}
