//! The list of changes.

use std::{collections::BTreeSet, sync::Mutex};

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::socket::{entry_of, position_of};
use crate::harness::{Database, TestApp, User, full_book, id_of};

const LIST: &str = "query($after: String, $first: Int) { changes(after: $after, first: $first) {
    nodes { kind thingId thing { id } } edges { cursor } pageInfo { hasNextPage endCursor } } }";

/// The changes after a position, as `KIND id`.
async fn after(app: &TestApp, user: &User, after: &Value) -> Vec<String> {
    app.settle().await;
    let mut changes = user.gql(LIST, json!({ "after": after, "first": 100 })).await["changes"].take();
    assert_eq!(changes["pageInfo"]["hasNextPage"], false);
    changes["nodes"]
        .as_array_mut()
        .unwrap()
        .iter()
        .map(|change| format!("{} {}", change["kind"].as_str().unwrap(), change["thingId"].as_str().unwrap()))
        .collect()
}

#[apply(both_databases)]
async fn each_object_that_is_created_changed_or_deleted_is_in_the_list(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let mut position = position_of(&app, &amina).await;
    let mut expect = async |expected: &[String]| {
        let changes = after(&app, &amina, &position).await;
        position = position_of(&app, &amina).await;
        assert_eq!(changes, expected);
    };
    let wallet = amina.new_wallet("USD").await;
    expect(&[format!("CREATED {wallet}")]).await;
    amina.fund("100").await;
    let deposit = amina.history(&amina.wallet, Value::Null).await[0]["node"]["id"].as_str().unwrap().to_owned();
    expect(&[format!("CREATED {deposit}")]).await;
    let customer = amina.customer("Zaid").await;
    let entry = amina.entry(&customer, "CREDIT", "5", "2026-11-05").await;
    expect(&[format!("CREATED {customer}"), format!("CREATED {entry}")]).await;
    amina.update_entry(json!({ "id": entry, "note": "rice" })).await;
    amina.delete_entry(json!({ "id": entry })).await;
    amina.archive(&customer).await;
    amina.restore(&customer).await;
    let twice = format!("UPDATED {customer}");
    expect(&[format!("UPDATED {entry}"), format!("DELETED {entry}"), twice.clone(), twice]).await;
    // A receipt into a wallet is a receipt, and a transaction of the wallet.
    let paid = json!({ "customerId": customer, "amount": "7", "paymentType": "CASH", "walletId": amina.wallet });
    let receipt = id_of(&amina.create_receipt(paid).await, "receipt");
    let into = amina.history(&amina.wallet, Value::Null).await[0]["node"]["id"].as_str().unwrap().to_owned();
    let of_receipt = entry_of(&receipt);
    expect(&[&into, &receipt, &of_receipt].map(|id| format!("CREATED {id}"))).await;
    let away = amina.void_receipt(json!({ "id": receipt, "reason": "a mistake" })).await;
    assert_eq!(away["userErrors"], json!([]));
    let back = amina.history(&amina.wallet, Value::Null).await[0]["node"]["id"].as_str().unwrap().to_owned();
    expect(&[format!("CREATED {back}"), format!("UPDATED {receipt}"), format!("DELETED {of_receipt}")]).await;
    let spent = amina.spend("Food", "5", "2026-11-05").await;
    amina.update_transaction(json!({ "id": spent, "amount": "6" })).await;
    amina.delete_transaction(json!({ "id": spent })).await;
    expect(&["CREATED", "UPDATED", "DELETED"].map(|kind| format!("{kind} {spent}"))).await;
    let budget = id_of(&amina.set_budget(json!({ "category": { "name": "Food" }, "limit": "10" })).await, "budget");
    amina.set_budget(json!({ "category": { "name": "Food" }, "limit": "20" })).await;
    let deleted = json!({ "id": budget });
    amina.mutate("deleteBudget", "DeleteBudgetInput", "userErrors { code }", deleted).await;
    expect(&["CREATED", "UPDATED", "DELETED"].map(|kind| format!("{kind} {budget}"))).await;
    let category = amina.category("Tea", "EXPENSE").await;
    amina.delete_category(&category).await;
    expect(&["CREATED", "DELETED"].map(|kind| format!("{kind} {category}"))).await;
    let food = amina.gql("{ categories { id name } }", json!({})).await;
    let food = food["categories"].as_array().unwrap().iter().find(|category| category["name"] == "Food").unwrap()["id"]
        .clone();
    amina.delete_category(food.as_str().unwrap()).await;
    expect(&[format!("UPDATED {}", food.as_str().unwrap())]).await;
    let book = amina.gql("{ book { id } me { id } }", json!({})).await;
    amina.mutate("updateBook", "UpdateBookInput", "userErrors { code }", json!({ "name": "Shop" })).await;
    amina.mutate("updateProfile", "UpdateProfileInput", "userErrors { code }", json!({ "displayName": "Amina" })).await;
    expect(&[&book["book"]["id"], &book["me"]["id"]].map(|id| format!("UPDATED {}", id.as_str().unwrap()))).await;
}

/// On PostgreSQL, what is written while an older transaction runs cannot be read as changes yet.
#[apply(both_databases)]
async fn the_cursor_of_a_new_book_can_be_used_at_once(on: Database) {
    let app = TestApp::on(on).await;
    app.user("amina").await;
    let (begun, is_begun) = oneshot::channel();
    let (end, may_end) = oneshot::channel::<()>();
    let db = app.app.db.clone();
    let older = tokio::spawn(async move {
        let channels = &Mutex::new(Some((begun, may_end)));
        db.write(|tx| async move {
            let (begun, may_end) = channels.lock().unwrap().take().unwrap();
            tx.execute_unprepared("UPDATE heartbeat SET beat = beat WHERE id = 1").await?;
            begun.send(()).unwrap();
            let _ = may_end.await;
            Ok(())
        })
        .await
        .unwrap();
    });
    is_begun.await.unwrap();
    let mut end = Some(end);
    if on == Database::Sqlite {
        // Nobody else can write meanwhile.
        end.take().unwrap().send(()).unwrap();
    }
    let badr = app.user("badr").await;
    let cursor = badr.gql("{ book { cursor } }", json!({})).await["book"]["cursor"].take();
    let first = badr.gql(LIST, json!({ "after": cursor })).await["changes"].take();
    assert!(first["nodes"].as_array().unwrap().len() < 2, "{first}");
    drop(end);
    older.await.unwrap();
    let customer = badr.customer("Zaid").await;
    assert_eq!(after(&app, &badr, &cursor).await.last(), Some(&format!("CREATED {customer}")));
}

#[apply(both_databases)]
async fn what_changes_nothing_is_not_in_the_list(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let keyed = json!({ "wallet": { "id": amina.wallet }, "amount": "5", "idempotencyKey": "k" });
    amina.deposit(keyed.clone()).await;
    let position = position_of(&app, &amina).await;
    assert_eq!(amina.deposit(keyed).await["replayed"], true);
    amina.create_customer(json!({ "name": "" })).await;
    crate::harness::login(&amina.client, "amina", crate::harness::PASSWORD).await;
    crate::harness::login(&amina.client, "amina", "wrong").await;
    assert_eq!(after(&app, &amina, &position).await, [""; 0]);
    assert_eq!(position_of(&app, &amina).await, position);
    // An attempt that the wallet refuses is in its history.
    let refused = amina.withdraw(json!({ "wallet": { "id": amina.wallet }, "amount": "50" })).await;
    assert_eq!(
        after(&app, &amina, &position).await,
        [format!("CREATED {}", refused["transaction"]["id"].as_str().unwrap())]
    );
}

#[apply(both_databases)]
async fn what_an_import_adds_is_in_the_list(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let position = position_of(&app, &amina).await;
    let csv = "date,category,amount,description\n2026-11-01,Bread,5,\n2026-11-02,Bread,6,\n";
    let input = json!({ "csv": csv, "createCategories": true });
    let fields = "added import { id } userErrors { code message }";
    let imported = amina.mutate("importTransactions", "ImportTransactionsInput", fields, input).await;
    assert_eq!(imported["added"], 2, "{imported}");
    let made = ["CREATED category", "CREATED transaction", "CREATED transaction", "CREATED import"];
    assert_eq!(kinds(&after(&app, &amina, &position).await), made);
    let position = position_of(&app, &amina).await;
    amina.undo(imported["import"]["id"].as_str().unwrap()).await;
    let undone = ["DELETED transaction", "DELETED transaction", "UPDATED import"];
    assert_eq!(kinds(&after(&app, &amina, &position).await), undone);

    let position = position_of(&app, &amina).await;
    let csv = "date,type,amount,customer,note\n2026-11-01,CREDIT,5,Dalal,\n2026-11-02,DEBIT,5,Dalal,\n";
    let input = json!({ "csv": csv, "createCustomers": true });
    let imported = amina.mutate("importEntries", "ImportEntriesInput", fields, input).await;
    assert_eq!(imported["added"], 2, "{imported}");
    let made = ["CREATED customer", "CREATED entry", "CREATED entry", "CREATED import"];
    assert_eq!(kinds(&after(&app, &amina, &position).await), made);
    let position = position_of(&app, &amina).await;
    amina.undo(imported["import"]["id"].as_str().unwrap()).await;
    let undone = ["DELETED entry", "DELETED entry", "UPDATED customer", "UPDATED import"];
    assert_eq!(kinds(&after(&app, &amina, &position).await), undone);

    let position = position_of(&app, &amina).await;
    let imported = amina
        .mutate("importCustomers", "ImportCustomersInput", fields, json!({ "csv": "name,phone\nEman,\nHuda,\n" }))
        .await;
    assert_eq!(imported["added"], 2, "{imported}");
    let made = ["CREATED customer", "CREATED customer", "CREATED import"];
    assert_eq!(kinds(&after(&app, &amina, &position).await), made);
}

/// The changes without the ids.
fn kinds(changes: &[String]) -> Vec<String> {
    changes.iter().map(|change| change.rsplit_once('_').unwrap().0.to_owned()).collect()
}

#[apply(both_databases)]
async fn both_halves_of_a_transfer_and_a_duplicate_that_goes_are_in_the_list(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let [outgoing, incoming] = amina.halves("5").await;
    let [_, imported, entered] = amina.doubled("tea", "6").await;
    for decided in ["confirmTransfer", "undoTransfer"] {
        let position = position_of(&app, &amina).await;
        amina.decide(decided, json!({ "outgoingId": outgoing, "incomingId": incoming })).await;
        let mut told = after(&app, &amina, &position).await;
        told.retain(|change| !change.contains("wallet_transaction_"));
        told.sort_unstable();
        let mut halves = [&outgoing, &incoming].map(|half| format!("UPDATED {half}"));
        halves.sort_unstable();
        assert_eq!(told, halves, "{decided}");
    }
    let position = position_of(&app, &amina).await;
    amina.decide("declineTransfer", json!({ "outgoingId": outgoing, "incomingId": incoming })).await;
    assert_eq!(after(&app, &amina, &position).await, [""; 0]);
    amina.same("confirmDuplicate", [&imported, &entered]).await;
    assert_eq!(after(&app, &amina, &position).await, [format!("DELETED {imported}")]);
}

#[apply(both_databases)]
async fn what_an_erasure_overwrites_is_in_the_list(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Zaid").await;
    let invoice = amina.invoice(&customer, "7", "2026-11-01").await;
    let paid = json!({ "customerId": customer, "amount": "7", "paymentType": "CASH", "walletId": amina.wallet,
        "note": "from Zaid" });
    let receipt = id_of(&amina.create_receipt(paid).await, "receipt");
    let into = amina.history(&amina.wallet, Value::Null).await[0]["node"]["id"].as_str().unwrap().to_owned();
    // An attempt that the wallet refused has a text too, and nobody knows whose it is.
    let too_much = amina.receipt(&customer, "50", "2026-11-02").await;
    let attempt = json!({ "customerId": customer, "amount": "50", "walletId": amina.wallet, "note": "to Zaid" });
    let refused = amina.refund(attempt).await;
    assert_eq!(refused["userErrors"][0]["code"], "INSUFFICIENT_FUNDS", "{refused}");
    let back = amina.refund(json!({ "customerId": customer, "amount": "50" })).await;
    assert_eq!(back["userErrors"], json!([]));
    let attempt = amina.history(&amina.wallet, Value::Null).await[0]["node"]["id"].as_str().unwrap().to_owned();
    assert_ne!(attempt, into);
    let position = position_of(&app, &amina).await;
    let erased = amina.erase(&customer).await;
    assert_eq!(id_of(&erased, "customer"), customer);
    let told = after(&app, &amina, &position).await;
    let entries = told.iter().filter(|change| change.starts_with("UPDATED entry_")).count();
    assert_eq!((entries, told.len()), (4, 10), "{told:?}");
    for id in [&customer, &invoice, &receipt, &too_much, &into, &attempt] {
        assert!(told.contains(&format!("UPDATED {id}")), "{id}: {told:?}");
    }
}

#[apply(both_databases)]
async fn an_import_profile_is_in_the_list(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let position = position_of(&app, &amina).await;
    let profile = amina.import_profile("Bank", "Number 1").await;
    assert_eq!(amina.import_profile("Bank", "Number 1").await, profile);
    let deleted = json!({ "id": profile });
    amina.mutate("deleteImportProfile", "DeleteImportProfileInput", "userErrors { code }", deleted).await;
    let told = after(&app, &amina, &position).await;
    assert_eq!(told, ["CREATED", "UPDATED", "DELETED"].map(|kind| format!("{kind} {profile}")));
}

#[apply(both_databases)]
async fn pages_follow_each_other_and_their_objects_can_be_read(on: Database) {
    let app = TestApp::on(on).await;
    let amina = full_book(&app).await;
    app.settle().await;
    let (mut position, mut pages, mut all) = (Value::Null, 0, Vec::new());
    let (mut missing, mut deleted) = (BTreeSet::new(), BTreeSet::new());
    loop {
        let changes = amina.gql(LIST, json!({ "after": position, "first": 7 })).await["changes"].take();
        let nodes = changes["nodes"].as_array().unwrap();
        for change in nodes {
            let id = change["thingId"].as_str().unwrap().to_owned();
            match &change["thing"] {
                Value::Null => {
                    missing.insert(id.clone());
                }
                thing => assert_eq!(thing["id"], change["thingId"]),
            }
            if change["kind"] == "DELETED" {
                deleted.insert(id);
            }
            all.push(change["thingId"].clone());
        }
        pages += 1;
        if changes["pageInfo"]["hasNextPage"] == false {
            assert_eq!(changes["pageInfo"]["endCursor"], position_of(&app, &amina).await);
            break;
        }
        assert_eq!(nodes.len(), 7);
        assert_eq!(changes["pageInfo"]["endCursor"], changes["edges"][6]["cursor"]);
        position = changes["pageInfo"]["endCursor"].clone();
    }
    assert!(missing.is_subset(&deleted), "{missing:?}");
    assert!(pages > 2, "{all:?}");
    let whole = amina.gql(LIST, json!({ "first": 100 })).await["changes"].take();
    let whole: Vec<_> = whole["nodes"].as_array().unwrap().iter().map(|change| change["thingId"].clone()).collect();
    assert_eq!(whole, all[..whole.len()]);
}

#[apply(both_databases)]
async fn a_cursor_is_of_no_use_in_another_book(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    let of_amina = position_of(&app, &amina).await;
    assert_eq!(badr.error(LIST, json!({ "after": of_amina })).await, "INVALID");
    assert_eq!(badr.error(LIST, json!({ "first": 101 })).await, "INVALID");
    let own = badr.gql(LIST, json!({})).await["changes"]["nodes"].take();
    let others = amina.gql(LIST, json!({})).await["changes"]["nodes"].take();
    let ids = |changes: &Value| changes.as_array().unwrap().iter().map(|it| it["thingId"].clone()).collect::<Vec<_>>();
    assert!(ids(&own).iter().all(|id| !ids(&others).contains(id)));
}
