//! Receipts whose money goes into a wallet.

use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, errors, id_of};

fn into(customer: &str, wallet: &str, amount: &str) -> Value {
    json!({ "customerId": customer, "amount": amount, "paymentType": "MOBILE_MONEY", "walletId": wallet, "note": "paid" })
}

async fn set(user: &User, mutation: &str, input_type: &str, wallet: &str) {
    let done = user.mutate(mutation, input_type, "userErrors { code path }", json!({ "id": wallet })).await;
    assert_eq!(errors(&done), [""; 0]);
}

/// The latest of a wallet's history: type, status, amount, direction and balance after.
async fn latest(user: &User) -> Value {
    let edge = user.history(&user.wallet, Value::Null).await.swap_remove(0);
    let node = &edge["node"];
    json!([node["type"], node["status"], node["amount"]["amount"], edge["direction"], edge["balanceAfter"]["amount"]])
}

#[apply(both_databases)]
async fn a_wallet_rises_by_a_receipt_and_gives_it_back_when_it_is_void(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let invoice = amina.invoice(&customer, "100", "2026-11-20").await;
    let made = amina.create_receipt(into(&customer, &amina.wallet, "60")).await;
    let receipt = id_of(&made, "receipt");
    assert_eq!(made["receipt"]["wallet"]["id"], amina.wallet);
    assert_eq!((amina.balance(&amina.wallet).await, amina.owed(&customer).await), ("60.00".into(), "40.00".into()));
    assert_eq!(amina.standing(&invoice).await, "OVERDUE 60.00 40.00");
    assert_eq!(latest(&amina).await, json!(["RECEIPT", "SUCCEEDED", "60.00", "IN", "60.00"]));

    let voided = amina.void_receipt(json!({ "id": receipt, "reason": "bounced" })).await;
    assert_eq!(errors(&voided), [""; 0]);
    assert_eq!((amina.balance(&amina.wallet).await, amina.owed(&customer).await), ("0.00".into(), "100.00".into()));
    let after = latest(&amina).await;
    assert_eq!(
        (&after[0], &after[1], &after[2], &after[4]),
        (&json!("RECEIPT"), &json!("SUCCEEDED"), &json!("-60.00"), &json!("0.00"))
    );
    let query = "query($id: ID!) { walletHistory(walletId: $id) { nodes { isReversal } totalCount } }";
    let history = amina.gql(query, json!({ "id": amina.wallet })).await["walletHistory"].take();
    assert_eq!(history, json!({ "nodes": [{ "isReversal": true }, { "isReversal": false }], "totalCount": 2 }));
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_receipt_whose_money_is_spent_cannot_be_voided(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let invoice = amina.invoice(&customer, "60", "2026-11-21").await;
    let receipt = id_of(&amina.create_receipt(into(&customer, &amina.wallet, "60")).await, "receipt");
    amina.withdraw(json!({ "wallet": { "id": amina.wallet }, "amount": "0.01" })).await;
    let refused = amina.void_receipt(json!({ "id": receipt, "reason": "bounced" })).await;
    assert_eq!((errors(&refused), &refused["receipt"]), (vec!["INSUFFICIENT_FUNDS id".to_owned()], &Value::Null));
    let trace = latest(&amina).await;
    assert_eq!((&trace[1], &trace[4]), (&json!("FAILED"), &json!("59.99")));
    // Nothing else happened: it still stands and pays.
    assert_eq!((amina.balance(&amina.wallet).await, amina.owed(&customer).await), ("59.99".into(), "0.00".into()));
    assert_eq!(amina.standing(&invoice).await, "PAID 60.00 0.00");
    amina.fund("0.01").await;
    set(&amina, "freezeWallet", "FreezeWalletInput", &amina.wallet).await;
    let refused = amina.void_receipt(json!({ "id": receipt, "reason": "bounced" })).await;
    assert_eq!(errors(&refused), ["WALLET_NOT_ACTIVE id"]);
    set(&amina, "unfreezeWallet", "UnfreezeWalletInput", &amina.wallet).await;
    assert_eq!(errors(&amina.void_receipt(json!({ "id": receipt, "reason": "bounced" })).await), [""; 0]);
    assert_eq!((amina.balance(&amina.wallet).await, amina.owed(&customer).await), ("0.00".into(), "60.00".into()));
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_wallet_that_does_not_take_the_money_keeps_a_record(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let invoice = amina.invoice(&customer, "60", "2026-11-21").await;
    set(&amina, "freezeWallet", "FreezeWalletInput", &amina.wallet).await;
    let mut new = into(&customer, &amina.wallet, "60");
    new["idempotencyKey"] = json!("k");
    let refused = amina.create_receipt(new.clone()).await;
    assert_eq!((errors(&refused), &refused["receipt"]), (vec!["WALLET_NOT_ACTIVE walletId".to_owned()], &Value::Null));
    assert_eq!(latest(&amina).await, json!(["RECEIPT", "FAILED", "60.00", "IN", "0.00"]));
    let node = amina.history(&amina.wallet, Value::Null).await[0]["node"].take();
    assert_eq!((&node["failure"], &node["memo"]), (&json!("WALLET_NOT_ACTIVE"), &json!("paid")));
    let failed = amina.history(&amina.wallet, json!({ "type": "RECEIPT", "status": "FAILED" })).await;
    assert_eq!(failed.len(), 1);
    // The ledger knows nothing of it.
    let query = "{ receipts { totalCount } entries(filter: { source: RECEIPT }) { totalCount } }";
    let none = json!({ "receipts": { "totalCount": 0 }, "entries": { "totalCount": 0 } });
    assert_eq!(amina.gql(query, json!({})).await, none);
    assert_eq!(amina.standing(&invoice).await, "OPEN 0.00 60.00");

    set(&amina, "unfreezeWallet", "UnfreezeWalletInput", &amina.wallet).await;
    // The same request again has the same result; one without the key is a new one, and took no number along.
    assert_eq!(amina.create_receipt(new.clone()).await["userErrors"], refused["userErrors"]);
    new.as_object_mut().unwrap().remove("idempotencyKey");
    let made = amina.create_receipt(new).await;
    assert_eq!((errors(&made), &made["receipt"]["number"]), (vec![], &json!("RCT-0001")));

    let dollars = amina.new_wallet("USD").await;
    assert_eq!(errors(&amina.create_receipt(into(&customer, &dollars, "1")).await), ["CURRENCY_MISMATCH walletId"]);
    let mut input = into(&customer, &dollars, "1");
    input["currency"] = json!("USD");
    assert_eq!(errors(&amina.create_receipt(input).await), [""; 0]);
    assert_eq!(amina.balance(&dollars).await, "1.00");
    let closed = amina.new_wallet("YEM").await;
    set(&amina, "closeWallet", "CloseWalletInput", &closed).await;
    assert_eq!(errors(&amina.create_receipt(into(&customer, &closed, "1")).await), ["WALLET_NOT_ACTIVE walletId"]);
    let badr = app.user("badr").await;
    assert_eq!(errors(&amina.create_receipt(into(&customer, &badr.wallet, "1")).await), ["NOT_FOUND walletId"]);
    assert_eq!(badr.history(&badr.wallet, Value::Null).await, [] as [Value; 0]);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_refused_voiding_that_is_sent_again_is_refused_in_the_same_words(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    let receipt = id_of(&amina.create_receipt(into(&customer, &amina.wallet, "60")).await, "receipt");
    amina.withdraw(json!({ "wallet": { "id": amina.wallet }, "amount": "1" })).await;
    let voiding = json!({ "id": receipt, "reason": "bounced", "idempotencyKey": "k" });
    let first = amina.void_receipt(voiding.clone()).await;
    let again = amina.void_receipt(voiding).await;
    assert_eq!(errors(&first), ["INSUFFICIENT_FUNDS id"]);
    assert_eq!(again["userErrors"], first["userErrors"]);
    assert_eq!((&first["replayed"], &again["replayed"]), (&json!(false), &json!(true)));
    app.assert_journal_is_whole().await;
}
