//! What each mutation with fields that may be left out is called with.
//!
//! A mutation that is not known here is a panic, never passed over: a new one must be taught.

use daybook::{app::App, credentials::Passwords};
use serde_json::{Value, json};

use super::Root;
use crate::harness::{PASSWORD, TestApp, User, errors, id_of, named};

/// Lets many register within a moment.
pub fn quick(app: &mut App) {
    app.passwords = Passwords::new("m=8,t=1,p=1".parse().unwrap()).unwrap();
    app.limits.request_cost_per_minute = 10_000_000;
}

/// Somebody who is new, with all of their names known.
pub async fn somebody(app: &TestApp, number: usize) -> User {
    let input = json!({
        "username": format!("user{number:04}"), "password": PASSWORD, "displayName": "Amina",
        "phone": format!("+96771100{number:04}"), "email": format!("user{number:04}@example.org"), "bookName": "Shop",
    });
    User::register_as(&app.anonymous(), input).await
}

async fn customer(user: &User) -> String {
    let input = json!({ "name": "Badr", "phone": "+967711234567", "email": "badr@example.org", "firmName": "Firm",
        "address": "Street", "city": "Aden", "state": "State", "gstNumber": "29ABCDE", "note": "a note" });
    id_of(&user.create_customer(input).await, "customer")
}

async fn entry(user: &User) -> String {
    let input = json!({ "customerId": customer(user).await, "type": "DEBIT", "amount": "5", "date": "2026-11-19",
        "note": "a note" });
    id_of(&user.add_entry(input).await, "entry")
}

async fn transaction(user: &User) -> String {
    user.fund("1000").await;
    user.category("Rent", "EXPENSE").await;
    let input = json!({ "amount": "5", "category": { "name": "Food" }, "date": "2026-11-19", "description": "a note",
        "walletId": user.wallet });
    id_of(&user.add_transaction(input).await, "transaction")
}

/// An invoice with lines and charges.
async fn billed(user: &User, customer: &str) -> String {
    let lines = json!([
        { "description": "Rice", "quantity": "2", "unitPrice": "5" },
        { "description": "Tea", "quantity": "1", "unitPrice": "5" } ]);
    let input = json!({ "customerId": customer, "lines": lines, "otherCharges": "4", "date": "2026-11-20" });
    id_of(&user.create_invoice(input).await, "invoice")
}

/// What a mutation is called with, in several ways: between them they leave each place open that may be. What is updated has
/// a value in each of its fields before.
pub async fn inputs(user: &User, root: &Root, number: usize) -> Vec<Value> {
    if root.name == "logout" {
        return vec![json!({}), json!({ "input": {} })];
    }
    let inputs = match of_new(user, &root.name, number).await {
        Some(inputs) => inputs,
        None => of_old(user, &root.name).await,
    };
    inputs.into_iter().map(|input| json!({ "input": input })).collect()
}

/// The inputs of mutations that make something.
async fn of_new(user: &User, mutation: &str, number: usize) -> Option<Vec<Value>> {
    let wallet = json!({ "id": user.wallet });
    Some(match mutation {
        "addEntry" | "setOpeningBalance" => {
            vec![json!({ "customerId": customer(user).await, "type": "CREDIT", "amount": "5" })]
        }
        "addTransaction" => {
            let line = json!({ "category": { "name": "Food" }, "amount": "5" });
            vec![json!({ "amount": "5", "category": { "name": "Food" } }), json!({ "amount": "5", "lines": [line] })]
        }
        "createCategory" => vec![json!({ "name": "Rent", "kind": "EXPENSE" })],
        "createCreditNote" => {
            let customer = customer(user).await;
            let invoice = user.invoice(&customer, "10", "2026-11-20").await;
            vec![
                json!({ "invoiceId": invoice, "grossAmount": "1", "reason": "back" }),
                json!({ "invoiceId": billed(user, &customer).await, "full": true, "reason": "back" }),
                json!({ "invoiceId": billed(user, &customer).await, "lines": [{ "line": 1 }], "reason": "back" }),
            ]
        }
        "createCustomer" => vec![json!({ "name": "Badr" })],
        "createDebitNote" => {
            let customer = customer(user).await;
            let invoice = user.invoice(&customer, "10", "2026-11-20").await;
            let line = |line: Value| json!([line]);
            vec![
                json!({ "invoiceId": invoice, "grossAmount": "1", "reason": "more" }),
                json!({ "invoiceId": billed(user, &customer).await, "lines": line(json!({ "line": 1, "quantity": "1" })), "reason": "more" }),
                json!({ "invoiceId": billed(user, &customer).await, "lines": line(json!({ "line": 2, "amount": "1" })), "reason": "more" }),
            ]
        }
        "createInvoice" => {
            let line = json!({ "description": "Rice", "quantity": "2", "unitPrice": "5" });
            let customer = customer(user).await;
            vec![
                json!({ "customerId": customer, "grossAmount": "10" }),
                json!({ "customerId": customer, "lines": [line] }),
            ]
        }
        "createReceipt" => {
            let customer = customer(user).await;
            let invoice = user.invoice(&customer, "10", "2026-11-20").await;
            let receipt = json!({ "customerId": customer, "amount": "5", "paymentType": "CASH" });
            let mut naming = receipt.clone();
            // All of it, so that nothing is left to pay for another.
            naming["amount"] = json!("10");
            naming["invoices"] = json!([{ "invoiceId": invoice }]);
            vec![receipt, naming]
        }
        "createWallet" => vec![json!({ "currency": "USD" })],
        "deposit" => vec![json!({ "wallet": wallet, "amount": "5" })],
        "importTransactions" => {
            let csv = "date,amount,category,description\n2026-11-20,-1,Food,rice\n";
            vec![json!({ "csv": csv }), json!({ "csv": csv, "columns": {} })]
        }
        "importEntries" => {
            customer(user).await;
            let csv = "date,type,amount,customer,note\n2026-11-20,CREDIT,1,Badr,rice\n";
            vec![json!({ "csv": csv }), json!({ "csv": csv, "columns": {} })]
        }
        "importCustomers" => {
            let csv = "name,phone\nBadr,+967711234567\n";
            vec![json!({ "csv": csv }), json!({ "csv": csv, "columns": {} })]
        }
        "register" => vec![json!({ "username": format!("new{number:04}"), "password": PASSWORD })],
        "refundCustomer" => {
            let customer = customer(user).await;
            user.receipt(&customer, "10", "2026-11-19").await;
            vec![json!({ "customerId": customer, "amount": "5" })]
        }
        "transfer" => {
            user.fund("10").await;
            vec![json!({ "from": wallet, "to": { "id": user.new_wallet("YEM").await }, "amount": "5" })]
        }
        "withdraw" => {
            user.fund("10").await;
            vec![json!({ "wallet": wallet, "amount": "5" })]
        }
        "writeOff" => {
            let customer = customer(user).await;
            let invoice = user.invoice(&customer, "10", "2026-11-20").await;
            let debt = json!({ "customerId": customer, "amount": "5", "reason": "gone" });
            let mut naming = debt.clone();
            naming["charges"] = json!([{ "chargeId": invoice }]);
            vec![debt, naming]
        }
        _ => return None,
    })
}

/// The inputs of mutations that change something.
async fn of_old(user: &User, mutation: &str) -> Vec<Value> {
    match mutation {
        "allocate" | "release" => {
            let customer = customer(user).await;
            let invoice = user.invoice(&customer, "10", "2026-11-20").await;
            let receipt = user.receipt(&customer, "5", "2026-11-20").await;
            vec![
                json!({ "paymentId": receipt, "charges": [{ "chargeId": invoice }] }),
                json!({ "paymentId": receipt, "autoAllocate": true }),
            ]
        }
        "confirmDuplicate" | "declineDuplicate" => {
            let [_, imported, entered] = user.doubled("tea", "5").await;
            vec![json!({ "importedId": imported, "enteredId": entered })]
        }
        "confirmTransfer" | "declineTransfer" => vec![named(&user.halves("5").await)],
        "deleteEntry" | "updateEntry" => vec![json!({ "id": entry(user).await })],
        "deleteTransaction" => vec![json!({ "id": transaction(user).await })],
        "setBudget" => {
            let budget = json!({ "category": { "name": "Food" }, "limit": "5" });
            let mut full = budget.clone();
            full["description"] = json!("a note");
            full["rollover"] = json!("SURPLUS");
            full["rolloverFrom"] = json!("2026-09");
            id_of(&user.set_budget(full).await, "budget");
            vec![budget]
        }
        "undoImport" => {
            let [import, ..] = user.doubled("tea", "5").await;
            vec![json!({ "id": import })]
        }
        "undoTransfer" => {
            let halves = named(&user.halves("5").await);
            assert_eq!(errors(&user.decide("confirmTransfer", halves.clone()).await), [""; 0]);
            vec![halves]
        }
        "updateBook" => {
            let shop = json!({ "shopName": "Shop", "proprietorName": "Amina", "gstNumber": "29ABCDE", "phone": "+967711234567",
                "phoneRegion": "IN", "address": "Street", "city": "Aden", "state": "State", "timeZone": "Asia/Aden",
                "invoiceNumberPattern": "I{00}", "receiptNumberPattern": "R{00}", "creditNoteNumberPattern": "C{00}",
                "debitNoteNumberPattern": "D{00}", "roundInvoiceTotals": true });
            let fields = "book { id } userErrors { code path }";
            id_of(&user.mutate("updateBook", "UpdateBookInput", fields, shop).await, "book");
            vec![json!({})]
        }
        "updateCategory" => vec![json!({ "id": user.category("Rent", "EXPENSE").await })],
        "updateCustomer" => vec![json!({ "id": customer(user).await })],
        "updateProfile" => {
            let zone = json!({ "timeZone": "Asia/Aden" });
            let fields = "user { id } userErrors { code path }";
            id_of(&user.mutate("updateProfile", "UpdateProfileInput", fields, zone).await, "user");
            vec![json!({})]
        }
        "updateTransaction" => {
            let id = transaction(user).await;
            let line = json!({ "category": { "name": "Food" }, "amount": "5" });
            vec![
                json!({ "id": id }),
                json!({ "id": id, "category": { "name": "Rent" } }),
                json!({ "id": id, "lines": [line] }),
            ]
        }
        "updateWallet" => vec![json!({ "id": user.wallet })],
        "voidCreditNote" => {
            let invoice = user.invoice(&customer(user).await, "10", "2026-11-20").await;
            vec![json!({ "id": user.credit_note(&invoice, "1").await, "reason": "wrong" })]
        }
        "voidDebitNote" => {
            let invoice = user.invoice(&customer(user).await, "10", "2026-11-20").await;
            vec![json!({ "id": user.debit_note(&invoice, "1").await, "reason": "wrong" })]
        }
        "voidInvoice" => {
            vec![json!({ "id": user.invoice(&customer(user).await, "10", "2026-11-20").await, "reason": "wrong" })]
        }
        "voidReceipt" => {
            vec![json!({ "id": user.receipt(&customer(user).await, "10", "2026-11-20").await, "reason": "wrong" })]
        }
        name => panic!("teach the test to call {name}"),
    }
}
