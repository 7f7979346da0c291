//! One thing of each kind that has an id, and which kind an argument names.

use std::collections::BTreeMap;

use serde_json::json;

use super::{Position, Root};
use crate::harness::{User, id_of};

/// The kinds of things that a position may name, in the words of the schema.
const KINDS: [&str; 13] = [
    "customer",
    "entry",
    "invoice",
    "receipt",
    "creditnote",
    "debitnote",
    "wallet",
    "category",
    "transaction",
    "budget",
    "importprofile",
    "session",
    "import",
];

/// One thing of each kind that has an id.
pub async fn things(user: &User, mark: &str, amount: &str) -> BTreeMap<&'static str, String> {
    let customer = json!({
        "name": mark, "firmName": mark, "address": mark, "city": mark, "state": mark, "gstNumber": mark, "note": mark,
        "email": format!("{mark}@example.org"),
    });
    let customer = id_of(&user.create_customer(customer).await, "customer");
    let number = format!("{mark} {}", &customer[customer.len() - 10..]);
    let entry = json!({ "customerId": customer, "type": "CREDIT", "amount": amount, "note": mark });
    let entry = id_of(&user.add_entry(entry).await, "entry");
    let invoice = json!({
        "customerId": customer, "grossAmount": amount, "note": mark, "number": number,
    });
    let invoice = id_of(&user.create_invoice(invoice).await, "invoice");
    // Notes on another invoice, so that the first can be voided.
    let lines = json!([{ "description": mark, "quantity": "2", "unitPrice": amount }]);
    let billed = json!({ "customerId": customer, "lines": lines });
    let billed = id_of(&user.create_invoice(billed).await, "invoice");
    let note =
        json!({ "invoiceId": billed, "lines": [{ "line": 1, "quantity": "1" }], "reason": mark, "number": number });
    let credit_note = id_of(&user.create_credit_note(note.clone()).await, "creditNote");
    let debit_note = id_of(&user.create_debit_note(note).await, "debitNote");
    let fields = "wallet { id } userErrors { code path }";
    let wallet = json!({ "currency": "YEM", "name": mark });
    let wallet = id_of(&user.mutate("createWallet", "CreateWalletInput", fields, wallet).await, "wallet");
    let deposit = json!({ "wallet": { "id": wallet }, "amount": amount, "memo": mark });
    let movement = id_of(&user.deposit(deposit.clone()).await, "transaction");
    id_of(&user.deposit(deposit).await, "transaction");
    // A part of the invoice only, so that another receipt may name it; and a part of the receipt, so that more can be allocated.
    let receipt = json!({
        "customerId": customer, "amount": "4.44", "paymentType": "CASH", "note": mark, "walletId": wallet,
        "number": number, "invoices": [{ "invoiceId": invoice, "amount": "2.22" }],
    });
    let receipt = id_of(&user.create_receipt(receipt).await, "receipt");
    let category = user.category(&number, "EXPENSE").await;
    let income = user.category(&format!("{number} income"), "INCOME").await;
    let lines = json!([{ "category": { "id": category }, "amount": amount, "note": mark }]);
    let transaction = json!({ "lines": lines, "amount": amount, "description": mark, "walletId": wallet });
    let transaction = id_of(&user.add_transaction(transaction).await, "transaction");
    let budget = json!({ "category": { "id": category }, "limit": amount, "description": mark });
    let budget = id_of(&user.set_budget(budget).await, "budget");
    let profile = user.import_profile(mark, mark).await;
    let csv = format!("date,amount,category,description\n2026-11-20,-{amount},{number},{mark}\n");
    let [import, imported] = user.import_one(&csv, json!({ "fileName": mark })).await;
    let entered =
        json!({ "category": { "id": category }, "amount": amount, "date": "2026-11-20", "description": mark });
    let entered = id_of(&user.add_transaction(entered).await, "transaction");
    let own = user.gql("{ me { id username } book { id } }", json!({})).await;
    let session = user.another_session(own["me"]["username"].as_str().unwrap()).await;
    let [me, book] = ["me", "book"].map(|noun| own[noun]["id"].as_str().unwrap().to_owned());
    BTreeMap::from([
        ("customer", customer),
        ("entry", entry),
        ("invoice", invoice),
        ("receipt", receipt),
        ("creditnote", credit_note),
        ("debitnote", debit_note),
        ("wallet", wallet),
        ("movement", movement),
        ("category", category),
        ("income", income),
        ("transaction", transaction),
        ("budget", budget),
        ("importprofile", profile),
        ("session", session),
        ("import", import),
        ("imported", imported),
        ("entered", entered),
        ("user", me),
        ("book", book),
    ])
}

/// Of which kind the thing is that a position names: its own name says it, or the input that it is in, or the root field.
pub fn kind(position: &Position, owner: &str, root: &Root) -> &'static str {
    if position.iter().any(|name| name == "incomeCategory") {
        return "income";
    }
    if position.iter().any(|name| name == "actorId") {
        return "user";
    }
    let name = position.iter().rfind(|name| *name != "0").unwrap();
    match name.as_str() {
        "paymentId" => return "receipt",
        "chargeId" => return "invoice",
        "outgoingId" | "incomingId" => return "transaction",
        "importedId" => return "imported",
        "enteredId" => return "entered",
        _ => {}
    }
    for text in [name.as_str(), owner, &root.name] {
        let kinds: Vec<_> = KINDS.into_iter().filter(|kind| text.to_lowercase().contains(kind)).collect();
        match kinds[..] {
            [] => {}
            [kind] | [kind @ "importprofile", "import"] => return kind,
            _ => panic!("teach the test what {position:?} of {} names: {kinds:?}", root.name),
        }
    }
    if ["node", "nodes", "activities"].contains(&root.name.as_str()) {
        return "customer";
    }
    panic!("teach the test what {position:?} of {} names", root.name)
}
