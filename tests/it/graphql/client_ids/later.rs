//! What becomes of an id: with a key, after a refusal, and when its object has changed or is gone.

use serde_json::json;

use super::{CREATES, each, takes_key, totals, with};
use crate::harness::{Database, PASSWORD, TestApp, errors, id_of, new_id, somebody};

#[apply(both_databases)]
async fn what_has_been_changed_or_removed_since_is_returned_as_it_is_now(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let [customer, entry, invoice, receipt, transaction, wallet, unused, used] =
        ["customer", "entry", "invoice", "receipt", "transaction", "wallet", "category", "category"].map(new_id);
    let customer_input = json!({ "id": customer, "name": "Dalal" });
    let entry_input = json!({ "id": entry, "customerId": customer, "type": "CREDIT", "amount": "5" });
    let invoice_input = json!({ "id": invoice, "customerId": customer, "grossAmount": "5" });
    let receipt_input = json!({ "id": receipt, "customerId": customer, "amount": "5", "paymentType": "CASH" });
    let used_input = json!({ "id": used, "name": "Rent", "kind": "EXPENSE" });
    let unused_input = json!({ "id": unused, "name": "Tea", "kind": "EXPENSE" });
    let transaction_input = json!({ "id": transaction, "category": { "id": used }, "amount": "5" });
    let wallet_input = json!({ "id": wallet, "currency": "USD" });
    id_of(&amina.create_customer(customer_input.clone()).await, "customer");
    id_of(&amina.add_entry(entry_input.clone()).await, "entry");
    id_of(&amina.create_invoice(invoice_input.clone()).await, "invoice");
    id_of(&amina.create_receipt(receipt_input.clone()).await, "receipt");
    for input in [&used_input, &unused_input] {
        id_of(&amina.create_category(input.clone()).await, "category");
    }
    id_of(&amina.add_transaction(transaction_input.clone()).await, "transaction");
    CREATES[8].done(&amina, &wallet_input).await;

    amina.update_entry(json!({ "id": entry, "amount": "7" })).await;
    amina.delete_entry(json!({ "id": entry })).await;
    amina.void_receipt(json!({ "id": receipt, "reason": "wrong" })).await;
    amina.void_invoice(json!({ "id": invoice, "reason": "wrong" })).await;
    amina.delete_transaction(json!({ "id": transaction })).await;
    amina.archive(&customer).await;
    for id in [&used, &unused] {
        amina.mutate("deleteCategory", "DeleteCategoryInput", "deletedCategoryId", json!({ "id": id })).await;
    }
    amina.mutate("closeWallet", "CloseWalletInput", "wallet { id }", json!({ "id": wallet })).await;

    let archived = amina.create_customer(customer_input).await;
    assert!(archived["customer"]["archivedAt"].is_string(), "{archived}");
    let deleted = amina.add_entry(entry_input).await;
    assert!(deleted["entry"]["deletedAt"].is_string() && deleted["replayed"] == true, "{deleted}");
    assert_eq!((&deleted["entry"]["amount"]["amount"], &deleted["entry"]["version"]), (&json!("7.00"), &json!(2)));
    let void = amina.create_invoice(invoice_input).await;
    assert_eq!((&void["invoice"]["status"], &void["replayed"]), (&json!("VOID"), &json!(true)), "{void}");
    let void = amina.create_receipt(receipt_input).await;
    assert!(void["receipt"]["voidedAt"].is_string() && void["replayed"] == true, "{void}");
    let deleted = amina.add_transaction(transaction_input).await;
    assert!(deleted["transaction"]["deletedAt"].is_string() && deleted["replayed"] == true, "{deleted}");
    let archived = amina.create_category(used_input).await;
    assert!(archived["category"]["archivedAt"].is_string(), "{archived}");
    let fields = "wallet { status } replayed userErrors { code path }";
    let closed = amina.mutate("createWallet", "CreateWalletInput", fields, wallet_input).await;
    assert_eq!(closed, json!({ "wallet": { "status": "CLOSED" }, "replayed": true, "userErrors": [] }));
    // A category that was never used is gone for good, and does not come back.
    for _ in 0..2 {
        let gone = amina.create_category(unused_input.clone()).await;
        assert_eq!(errors(&gone), ["NOT_FOUND id"], "{gone}");
    }
    let other = with(&unused_input, "name", "Coffee");
    assert_eq!(errors(&amina.create_category(other).await), ["IDEMPOTENCY_CONFLICT id"]);
}

#[apply(both_databases)]
async fn an_id_and_a_key_name_the_same_request(on: Database) {
    let (app, each) = each(on).await;
    for (create, user, input) in each.into_iter().filter(|(create, ..)| takes_key(create)) {
        let what = create.mutation;
        let [a, b, c] = [(); 3].map(|()| create.new_id());
        let both = |id: &str, key: &str| with(&with(&input, "id", id), "idempotencyKey", key);
        assert_eq!(create.done(&user, &both(&a, "k")).await, (a.clone(), false), "{what}");
        let (by_id, by_key) = (with(&input, "id", a.as_str()), with(&input, "idempotencyKey", "k"));
        for again in [both(&a, "k"), by_id, by_key, both(&a, "unused")] {
            assert_eq!(create.done(&user, &again).await, (a.clone(), true), "{what} {again}");
        }
        let before = totals(&user).await;
        for (id, key, text, expected) in [
            (&b, "k", "first", "idempotencyKey"),
            (&a, "k", "second", "id"),
            (&b, "k", "second", "idempotencyKey"),
            (&a, "new", "second", "id"),
        ] {
            let refused = create.refused(&user, &with(&both(id, key), create.text, text)).await;
            assert_eq!(refused, [format!("IDEMPOTENCY_CONFLICT {expected}")], "{what} {key} {text}");
        }
        assert_eq!(totals(&user).await, before, "{what}");
        // The id was left free, and a key that came with a known id was not used up.
        assert_eq!(create.done(&user, &both(&b, "unused")).await, (b.clone(), false), "{what}");
        assert_eq!(create.refused(&user, &both(&a, "unused")).await, ["IDEMPOTENCY_CONFLICT idempotencyKey"], "{what}");
        // The key of something to which the server gave an id names no other id.
        let made = create.done(&user, &with(&input, "idempotencyKey", "made")).await;
        assert!(!made.1, "{what}");
        assert_eq!(create.refused(&user, &both(&c, "made")).await, ["IDEMPOTENCY_CONFLICT idempotencyKey"], "{what}");
        assert_eq!(create.done(&user, &with(&input, "id", c.as_str())).await, (c.clone(), false), "{what}");
    }
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn the_refusal_of_a_wallet_is_kept_for_the_key_and_leaves_the_id_free(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let [spent, paid] = ["transaction", "receipt"].map(new_id);
    let customer = amina.customer("Dalal").await;
    let spend = json!({ "id": spent, "category": { "name": "Food" }, "amount": "5", "walletId": amina.wallet });
    let pay =
        json!({ "id": paid, "customerId": customer, "amount": "5", "paymentType": "CASH", "walletId": amina.wallet });
    let freeze = async |mutation: &str| {
        let (first, rest) = mutation.split_at(1);
        let input = format!("{}{rest}Input", first.to_uppercase());
        amina.mutate(mutation, &input, "wallet { id }", json!({ "id": amina.wallet })).await
    };
    freeze("freezeWallet").await;
    for (input, replayed) in [
        (spend.clone(), false),
        (with(&spend, "idempotencyKey", "s"), false),
        (with(&spend, "idempotencyKey", "s"), true),
    ] {
        let refused = amina.add_transaction(input).await;
        assert_eq!(
            (errors(&refused), &refused["replayed"]),
            (vec!["WALLET_NOT_ACTIVE walletId".to_owned()], &json!(replayed))
        );
    }
    for (input, replayed) in
        [(pay.clone(), false), (with(&pay, "idempotencyKey", "p"), false), (with(&pay, "idempotencyKey", "p"), true)]
    {
        let refused = amina.create_receipt(input).await;
        assert_eq!(
            (errors(&refused), &refused["replayed"]),
            (vec!["WALLET_NOT_ACTIVE walletId".to_owned()], &json!(replayed))
        );
    }
    freeze("unfreezeWallet").await;
    for replayed in [false, true] {
        let done = amina.create_receipt(pay.clone()).await;
        assert_eq!((id_of(&done, "receipt"), &done["replayed"]), (paid.clone(), &json!(replayed)));
        let done = amina.add_transaction(spend.clone()).await;
        assert_eq!((id_of(&done, "transaction"), &done["replayed"]), (spent.clone(), &json!(replayed)));
    }
    let by_key = amina.add_transaction(with(&spend, "idempotencyKey", "s")).await;
    assert_eq!(errors(&by_key), ["IDEMPOTENCY_CONFLICT idempotencyKey"]);
    assert_eq!(amina.balance(&amina.wallet).await, "0.00");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn the_ids_of_a_deleted_account_stay_used(on: Database) {
    let (app, each) = each(on).await;
    let stranger = somebody(&app, 99).await;
    for (create, user, input) in each.into_iter().filter(|(create, ..)| !takes_key(create)) {
        let input = with(&input, "id", create.new_id());
        create.done(&user, &input).await;
        let delete = json!({ "password": PASSWORD });
        let payload = user.mutate("deleteAccount", "DeleteAccountInput", "userErrors { code path }", delete).await;
        assert_eq!(errors(&payload), [""; 0]);
        assert_eq!(create.refused(&stranger, &input).await, ["INVALID id"], "{}", create.mutation);
    }
}
