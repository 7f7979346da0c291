//! The same request twice is done once.

use serde_json::{Value, json};

use crate::harness::{Database, TestApp, errors};

#[apply(both_databases)]
async fn the_same_key_and_input_give_the_first_result(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    amina.fund("10").await;
    let input = json!({
        "from": { "id": amina.wallet }, "to": { "username": "badr" }, "amount": "1.5", "idempotencyKey": "order-7",
    });
    let first = amina.transfer(input.clone()).await;
    assert_eq!((errors(&first), &first["replayed"]), (vec![], &json!(false)));
    // The same amount, written otherwise, is the same input.
    let mut rewritten = input.clone();
    rewritten["amount"] = json!("01.50");
    for input in [input, rewritten] {
        let again = amina.transfer(input).await;
        assert_eq!(again["replayed"], true);
        assert_eq!(again["transaction"], first["transaction"]);
        assert_eq!(errors(&again), [""; 0]);
    }
    assert_eq!(badr.balance(&badr.wallet).await, "1.50");

    // Also when it could not be done any more.
    badr.mutate("freezeWallet", "FreezeWalletInput", "wallet { id }", json!({ "id": badr.wallet })).await;
    let input = json!({
        "from": { "id": amina.wallet }, "to": { "username": "badr" }, "amount": "1.5", "idempotencyKey": "order-7",
    });
    assert_eq!(amina.transfer(input).await["transaction"], first["transaction"]);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn the_same_key_with_another_input_is_refused(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let input = json!({ "wallet": { "id": amina.wallet }, "amount": "10", "idempotencyKey": "k", "memo": "m" });
    amina.deposit(input.clone()).await;
    for (field, value) in
        [("amount", json!("11")), ("memo", json!("n")), ("memo", Value::Null), ("reference", json!("r"))]
    {
        let mut other = input.clone();
        other[field] = value;
        let refused = amina.deposit(other).await;
        assert_eq!(errors(&refused), ["IDEMPOTENCY_CONFLICT idempotencyKey"], "{field}");
        assert_eq!((&refused["transaction"], &refused["replayed"]), (&Value::Null, &json!(false)));
    }
    // The same fields in another mutation are another input.
    assert_eq!(errors(&amina.withdraw(input.clone()).await), ["IDEMPOTENCY_CONFLICT idempotencyKey"]);
    assert_eq!(amina.balance(&amina.wallet).await, "10.00");

    // Another book has its own keys.
    let badr = app.user("badr").await;
    let theirs = json!({ "wallet": { "id": badr.wallet }, "amount": "10", "idempotencyKey": "k", "memo": "m" });
    assert_eq!(badr.deposit(theirs).await["replayed"], false);
}

#[apply(both_databases)]
async fn a_refused_attempt_is_replayed_as_refused(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let input = json!({ "wallet": { "id": amina.wallet }, "amount": "10", "idempotencyKey": "k" });
    let first = amina.withdraw(input.clone()).await;
    assert_eq!(errors(&first), ["INSUFFICIENT_FUNDS amount"]);
    amina.fund("100").await;
    let again = amina.withdraw(input).await;
    assert_eq!((&again["replayed"], &again["transaction"]), (&json!(true), &first["transaction"]));
    assert_eq!(again["userErrors"], first["userErrors"]);
    assert_eq!(amina.balance(&amina.wallet).await, "100.00");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_key_that_cannot_be_one_is_refused(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    for key in ["", " ", "a b", "🌼", "nul\u{0}l", &"x".repeat(256)] {
        let input = json!({ "wallet": { "id": amina.wallet }, "amount": "10", "idempotencyKey": key });
        assert_eq!(errors(&amina.deposit(input).await), ["INVALID idempotencyKey"], "{key:?}");
    }
}

#[apply(both_databases)]
#[threads(4)]
async fn of_ten_clients_with_one_key_at_the_same_moment_one_moves_money(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    amina.fund("100").await;
    let input = json!({
        "from": { "id": amina.wallet }, "to": { "id": badr.wallet }, "amount": "7", "idempotencyKey": "at-once",
    });
    let tasks: Vec<_> = (0..10)
        .map(|_| {
            let (amina, input) = (amina.clone(), input.clone());
            tokio::spawn(async move { amina.transfer(input).await })
        })
        .collect();
    let mut payloads = Vec::new();
    for task in tasks {
        payloads.push(task.await.unwrap());
    }
    assert!(payloads.iter().all(|payload| errors(payload).is_empty()), "{payloads:?}");
    assert!(payloads.iter().all(|payload| payload["transaction"]["id"] == payloads[0]["transaction"]["id"]));
    assert_eq!(payloads.iter().filter(|payload| payload["replayed"] == false).count(), 1);
    assert_eq!(badr.balance(&badr.wallet).await, "7.00");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
#[threads(4)]
async fn of_ten_inputs_with_one_key_at_the_same_moment_one_moves_money(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    // Ten wallets of ten currencies, so that no lock but the key itself stands between the requests.
    let mut tasks = Vec::new();
    for currency in ["USD", "EUR", "INR", "SAR", "AED", "OMR", "KWD", "JPY", "CHF", "GBP"] {
        let wallet = amina.new_wallet(currency).await;
        let amina = amina.clone();
        let input = json!({ "wallet": { "id": wallet }, "amount": "7", "idempotencyKey": "k" });
        tasks.push((input, amina));
    }
    let tasks: Vec<_> =
        tasks.into_iter().map(|(input, amina)| tokio::spawn(async move { amina.deposit(input).await })).collect();
    let mut moved = 0;
    for task in tasks {
        let payload = task.await.unwrap();
        match errors(&payload).as_slice() {
            [] => moved += 1,
            refused => assert_eq!(refused, ["IDEMPOTENCY_CONFLICT idempotencyKey"]),
        }
    }
    assert_eq!(moved, 1);
    app.assert_journal_is_whole().await;
}
