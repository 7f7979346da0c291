//! Books in which every list has several rows.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, any_price, errors, id_of};

/// The ids of one thing of each type.
pub type Owners = BTreeMap<&'static str, String>;

/// One thing of each type that has connections, each connection with several rows.
async fn things(user: &User) -> Owners {
    let customer = user.customer("Zaid").await;
    let buyer = user.customer("Yusuf").await;
    user.invoice(&buyer, "7", "2026-11-01").await;
    // The first receipt pays both invoices, and all receipts pay the second one.
    user.invoice(&customer, "10", "2026-11-01").await;
    let invoice = user.invoice(&customer, "100", "2026-11-02").await;
    let receipt = user.receipt(&customer, "15", "2026-11-03").await;
    let second = user.receipt(&customer, "9", "2026-11-04").await;
    let entry = user.entry(&customer, "CREDIT", "1", "2026-11-05").await;
    for payment in [&receipt, &second] {
        let named = json!({ "paymentId": payment, "charges": [{ "chargeId": entry, "amount": "0.30" }] });
        id_of(&user.set_off("allocate", named).await, "payment");
    }
    // A credit note that pays two other invoices, since its own is paid, and a debit note that two receipts pay.
    let returning = user.customer("Huda").await;
    let paid = user.invoice(&returning, "10", "2026-11-01").await;
    let receipt_of_it =
        json!({ "customerId": returning, "amount": "10", "paymentType": "CASH", "invoices": [{ "invoiceId": paid }] });
    id_of(&user.create_receipt(receipt_of_it).await, "receipt");
    for day in ["2026-11-02", "2026-11-03"] {
        user.invoice(&returning, "5", day).await;
    }
    let credit_note = user.credit_note(&paid, "10").await;
    let charged = user.customer("Eman").await;
    let debit_note = user.debit_note(&user.invoice(&charged, "5", "2026-11-01").await, "10").await;
    for amount in ["8", "4"] {
        user.receipt(&charged, amount, "2026-11-04").await;
    }
    let category = user.category("Rice", "EXPENSE").await;
    let transaction = user.spend("Rice", "1", "2026-11-06").await;
    let budget = json!({ "category": { "id": category }, "limit": "1", "currency": "USD" });
    id_of(&user.set_budget(budget).await, "budget");
    let budget = json!({ "category": { "id": category }, "limit": "1" });
    let budget = id_of(&user.set_budget(budget).await, "budget");
    let mut imports = Vec::new();
    for text in ["tea", "bread"] {
        let [import, ..] = user.doubled(text, "6").await;
        imports.push(import);
    }
    // What was refused is in its activity log, too.
    for key in ["a key", "another key"] {
        let refused = json!({ "id": imports[0], "idempotencyKey": key });
        assert_eq!(errors(&user.undo_import(refused).await), ["INVALID idempotencyKey"]);
    }
    user.fund("1").await;
    let movement = user.history(&user.wallet, Value::Null).await.swap_remove(0)["node"]["id"].take();
    let book = user.gql("{ book { id } }", json!({})).await["book"]["id"].take();
    let text = |id: Value| id.as_str().unwrap().to_owned();
    let owners = BTreeMap::from([
        ("Customer", customer),
        ("Entry", entry),
        ("Invoice", invoice),
        ("Receipt", receipt),
        ("CreditNote", credit_note),
        ("DebitNote", debit_note),
        ("Category", category),
        ("Transaction", transaction),
        ("Budget", budget),
        ("Import", imports.swap_remove(0)),
        ("ImportProfile", user.import_profile("Bank", "Number 0").await),
        ("Wallet", user.wallet.clone()),
        ("WalletTransaction", text(movement)),
        ("Book", text(book)),
    ]);
    for round in 1..3 {
        change(user, &owners, round).await;
    }
    owners
}

/// Adds a row to almost every list.
pub async fn change(user: &User, of: &Owners, round: usize) {
    let (amount, name) = ((round + 1).to_string(), format!("Number {round}"));
    user.update_entry(json!({ "id": of["Entry"], "amount": amount })).await;
    user.update_transaction(json!({ "id": of["Transaction"], "amount": amount })).await;
    user.update_customer(json!({ "id": of["Customer"], "city": name })).await;
    user.update_category(json!({ "id": of["Category"], "name": name })).await;
    user.set_budget(json!({ "category": { "id": of["Category"] }, "limit": amount })).await;
    let month = format!("2026-{round:02}");
    user.set_budget(json!({ "category": { "id": of["Category"] }, "limit": amount, "month": month })).await;
    user.import_profile("Bank", &name).await;
    let wallet = json!({ "id": of["Wallet"], "name": name });
    user.mutate("updateWallet", "UpdateWalletInput", "userErrors { code }", wallet).await;
    user.mutate("updateBook", "UpdateBookInput", "userErrors { code }", json!({ "name": name })).await;
    user.invoice(&of["Customer"], "1", "2026-11-30").await;
    // Before the other receipts, and after them.
    user.receipt(&of["Customer"], "1", "2026-11-02").await;
    user.receipt(&of["Customer"], "1", "2026-11-20").await;
    user.entry(&of["Customer"], "CREDIT", "1", "2026-11-01").await;
    user.credit_note(&of["Invoice"], "1").await;
    user.debit_note(&of["Invoice"], "1").await;
    user.spend("Food", &amount, "2026-11-01").await;
    user.halves(&format!("10{round}")).await;
    user.doubled(&name, &amount).await;
    let refused = json!({ "id": of["Import"], "idempotencyKey": "a key" });
    assert_eq!(errors(&user.undo_import(refused).await), ["INVALID idempotencyKey"]);
    // What is not active any more cannot be voided, and what was tried is on record.
    let documents = [
        ("voidInvoice", "Invoice"),
        ("voidReceipt", "Receipt"),
        ("voidCreditNote", "CreditNote"),
        ("voidDebitNote", "DebitNote"),
    ];
    for (mutation, type_) in documents {
        let id = &of[type_];
        let input_type = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let refused = json!({ "id": id, "reason": "x".repeat(5000) });
        user.mutate(mutation, &input_type, "userErrors { code }", refused).await;
    }
    let buyer = user.customer(&name).await;
    user.entry(&buyer, "CREDIT", &amount, "2026-11-01").await;
}

/// A book whose lists have several rows each, and the same of another user.
pub async fn books(on: Database) -> (TestApp, [(User, Owners); 2]) {
    let app = TestApp::with(on, any_price).await;
    let mut books = Vec::new();
    for name in ["amina", "zahra"] {
        let user = app.user(name).await;
        let owners = things(&user).await;
        books.push((user, owners));
    }
    let books = books.try_into().unwrap_or_else(|_| panic!("not two"));
    (app, books)
}
