//! The same request twice is done once.

use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, errors, id_of};

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

/// What a mutation refuses: code, path and the object that the first request made, if it made one.
async fn refusal(user: &User, mutation: &str, input: &Value) -> Value {
    let input_type = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let fields = "userErrors { code path ... on ConflictError { current { id } } }";
    user.mutate(mutation, &input_type, fields, input.clone()).await["userErrors"].take()
}

#[apply(both_databases)]
async fn a_key_is_of_one_request_whether_it_posted_something_or_not(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    let customer = amina.customer("Carim").await;
    let invoice = amina.invoice(&customer, "100", "2026-11-01").await;
    let entry = amina.entry(&customer, "CREDIT", "5", "2026-11-02").await;
    let receipt = amina.receipt(&customer, "60", "2026-11-03").await;
    let spent = amina.spend("Food", "1", "2026-11-03").await;
    amina.fund("10").await;
    let keyed = |key: &str| json!({ "paymentId": receipt, "autoAllocate": true, "idempotencyKey": key });

    // First what posts nothing, and then everything that posts.
    for (mutation, key) in [("release", "r"), ("allocate", "a")] {
        assert_eq!(errors(&amina.set_off(mutation, keyed(key)).await), [""; 0]);
    }
    let wallet = json!({ "id": amina.wallet });
    let food = json!({ "name": "Food" });
    for key in ["a", "r"] {
        for (mutation, mut input) in [
            ("deposit", json!({ "wallet": wallet, "amount": "1" })),
            ("withdraw", json!({ "wallet": wallet, "amount": "1" })),
            ("transfer", json!({ "from": wallet, "to": { "id": badr.wallet }, "amount": "1" })),
            ("addEntry", json!({ "customerId": customer, "type": "CREDIT", "amount": "1" })),
            ("updateEntry", json!({ "id": entry, "amount": "6" })),
            ("deleteEntry", json!({ "id": entry })),
            ("createInvoice", json!({ "customerId": customer, "grossAmount": "1" })),
            ("voidInvoice", json!({ "id": invoice, "reason": "wrong" })),
            ("createReceipt", json!({ "customerId": customer, "amount": "1", "paymentType": "CASH" })),
            ("voidReceipt", json!({ "id": receipt, "reason": "wrong" })),
            ("createCreditNote", json!({ "invoiceId": invoice, "full": true, "reason": "came back" })),
            ("createDebitNote", json!({ "invoiceId": invoice, "grossAmount": "1", "reason": "was too little" })),
            ("refundCustomer", json!({ "customerId": customer, "amount": "1" })),
            ("writeOff", json!({ "customerId": customer, "amount": "1", "reason": "gone" })),
            ("setOpeningBalance", json!({ "customerId": customer, "type": "CREDIT", "amount": "1" })),
            ("addTransaction", json!({ "category": food, "amount": "1", "date": "2026-11-03" })),
            ("updateTransaction", json!({ "id": spent, "amount": "2" })),
            ("deleteTransaction", json!({ "id": spent })),
            ("confirmTransfer", json!({ "outgoingId": spent, "incomingId": spent })),
            ("undoTransfer", json!({ "outgoingId": spent, "incomingId": spent })),
            ("confirmDuplicate", json!({ "importedId": spent, "enteredId": spent })),
        ] {
            input["idempotencyKey"] = json!(key);
            let expected = json!([{ "code": "IDEMPOTENCY_CONFLICT", "path": ["idempotencyKey"], "current": null }]);
            assert_eq!(refusal(&amina, mutation, &input).await, expected, "{mutation} {key}");
        }
    }
    assert_eq!((amina.owed(&customer).await, amina.balance(&amina.wallet).await), ("45.00".into(), "10.00".into()));
    for (mutation, key) in [("release", "r"), ("allocate", "a")] {
        let again = amina.set_off(mutation, keyed(key)).await;
        assert_eq!((errors(&again), &again["replayed"]), (vec![], &json!(true)));
    }

    // First what posts, or what a wallet refuses, and then what posts nothing.
    let deposit = json!({ "wallet": wallet, "amount": "1", "idempotencyKey": "deposit" });
    let deposit = amina.deposit(deposit).await["transaction"]["id"].take();
    let refused = json!({ "wallet": wallet, "amount": "99", "idempotencyKey": "refused" });
    let refused = amina.withdraw(refused).await["transaction"]["id"].take();
    let added = json!({ "customerId": customer, "type": "CREDIT", "amount": "1", "idempotencyKey": "entry" });
    let added = json!(id_of(&amina.add_entry(added).await, "entry"));
    let voiding = json!({ "id": invoice, "reason": "wrong", "idempotencyKey": "void" });
    assert_eq!(errors(&amina.void_invoice(voiding).await), [""; 0]);
    for (key, current) in [("deposit", deposit), ("refused", refused), ("entry", added), ("void", json!(invoice))] {
        let current = json!({ "id": current });
        let expected = json!([{ "code": "IDEMPOTENCY_CONFLICT", "path": ["idempotencyKey"], "current": current }]);
        for mutation in ["allocate", "release"] {
            assert_eq!(refusal(&amina, mutation, &keyed(key)).await, expected, "{mutation} {key}");
        }
    }

    // Another book has its own keys.
    let theirs = json!({ "wallet": { "id": badr.wallet }, "amount": "1", "idempotencyKey": "a" });
    assert_eq!(errors(&badr.deposit(theirs).await), [""; 0]);
    app.assert_journal_is_whole().await;
}
