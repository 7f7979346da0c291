//! A book in which everything was done once.

use serde_json::json;

use super::id_of;
use crate::harness::{TestApp, User};

/// A book in which there is one of everything, and a second one.
pub async fn full_book(app: &TestApp) -> User {
    let (amina, badr) = (app.user("amina").await, app.user("badr").await);
    amina.fund("500").await;
    amina.fund("100").await;
    badr.fund("50").await;
    let savings = amina.new_wallet("YEM").await;
    let own = json!({ "from": { "id": amina.wallet }, "to": { "id": savings }, "amount": "40" });
    amina.transfer(own).await;
    amina.pay(&badr, "60").await;
    badr.pay(&amina, "5").await;
    amina.pay(&badr, "10000").await;
    amina.withdraw(json!({ "wallet": { "id": amina.wallet }, "amount": "20", "idempotencyKey": "w" })).await;
    let closed = amina.new_wallet("USD").await;
    let fields = "wallet { status } userErrors { code }";
    amina.mutate("closeWallet", "CloseWalletInput", fields, json!({ "id": closed })).await;
    credit(&amina).await;
    spending(&amina, &savings).await;
    badr.customer("Zaid").await;
    badr.spend("Food", "3", "2026-11-19").await;
    amina
}

async fn credit(amina: &User) {
    let (dalal, eman) = (amina.customer("Dalal").await, amina.customer("Eman").await);
    amina.entry(&dalal, "CREDIT", "30", "2026-10-02").await;
    amina.entry(&dalal, "DEBIT", "10", "2026-11-02").await;
    amina.entry(&eman, "CREDIT", "1", "2026-11-03").await;
    let changed = amina.entry(&eman, "CREDIT", "7", "2026-11-03").await;
    amina.update_entry(json!({ "id": changed, "amount": "8", "note": "more", "date": "2026-11-04" })).await;
    amina.update_entry(json!({ "id": changed, "type": "DEBIT" })).await;
    let deleted = amina.entry(&eman, "DEBIT", "2", "2026-11-05").await;
    amina.delete_entry(json!({ "id": deleted })).await;
    let lines = json!([
        { "description": "tea", "quantity": "2.5", "unitPrice": "10", "rate": "18" },
        { "description": "rice", "quantity": "1", "unitPrice": "25.55", "rate": "5" } ]);
    let taxed = json!({ "customerId": dalal, "lines": lines, "date": "2026-11-06" });
    let taxed = id_of(&amina.create_invoice(taxed).await, "invoice");
    let far = json!({ "customerId": eman, "grossAmount": "100", "gstRate": "12.5", "interState": true, "otherCharges": "4",
        "number": "Bill 7" });
    id_of(&amina.create_invoice(far).await, "invoice");
    amina.invoice(&dalal, "20", "2026-11-07").await;
    // The next number is given out by hand, with other letters and digits.
    let by_hand = json!({ "customerId": eman, "grossAmount": "3", "number": "inv-0003", "date": "2026-11-08" });
    id_of(&amina.create_invoice(by_hand).await, "invoice");
    let void = amina.invoice(&eman, "11", "2026-11-08").await;
    amina.receipt(&eman, "15", "2026-11-08").await;
    amina.void_invoice(json!({ "id": void, "reason": "wrong" })).await;
    let pattern = json!({ "invoiceNumberPattern": "INV-{000000}", "receiptNumberPattern": "{YYYY}/{0}" });
    amina.mutate("updateBook", "UpdateBookInput", "userErrors { code }", pattern).await;
    amina.invoice(&eman, "12", "2026-11-09").await;
    amina.receipt(&dalal, "25", "2026-11-10").await;
    let named = json!({ "customerId": dalal, "amount": "6", "paymentType": "UPI", "walletId": amina.wallet,
        "invoices": [{ "invoiceId": taxed, "amount": "5" }] });
    id_of(&amina.create_receipt(named).await, "receipt");
    let void = amina.receipt(&dalal, "9", "2026-11-11").await;
    amina.void_receipt(json!({ "id": void, "reason": "bounced" })).await;
}

async fn spending(amina: &User, savings: &str) {
    let limit = json!({ "category": { "name": "Food" }, "limit": "100", "month": "2026-11" });
    id_of(&amina.set_budget(limit).await, "budget");
    amina.spend("Salary", "900", "2026-11-01").await;
    let split = json!({ "amount": "12", "date": "2026-11-12", "walletId": savings, "description": "market",
        "lines": [{ "category": { "name": "Food" }, "amount": "9" }, { "category": { "name": "Transport" }, "amount": "3" }] });
    let split = id_of(&amina.add_transaction(split).await, "transaction");
    amina.update_transaction(json!({ "id": split, "date": "2026-10-31" })).await;
    let refused = json!({ "amount": "5000", "category": { "name": "Food" }, "walletId": savings });
    amina.add_transaction(refused).await;
    let income = json!({ "amount": "30", "category": { "name": "Other income" }, "walletId": savings });
    let income = id_of(&amina.add_transaction(income).await, "transaction");
    amina.delete_transaction(json!({ "id": income })).await;
}
