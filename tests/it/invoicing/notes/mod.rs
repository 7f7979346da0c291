//! Credit notes and debit notes on invoices.

mod amounts;
mod books;
mod debit;
mod files;
mod lifecycle;
mod lists;
mod older;
mod refused;
mod verified;

use daybook::entity::account::{self, AccountKind};
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use crate::harness::{TestApp, User, errors, id_of};

/// Creates an invoice for a customer, with these fields more; its id.
async fn billed(user: &User, customer: &str, fields: Value) -> String {
    let mut input = fields;
    input["customerId"] = json!(customer);
    id_of(&user.create_invoice(input).await, "invoice")
}

/// Creates a credit note on an invoice, with these fields more.
async fn credit(user: &User, invoice: &str, fields: Value) -> Value {
    user.create_credit_note(note(invoice, fields)).await
}

/// Creates a debit note on an invoice, with these fields more.
async fn debit(user: &User, invoice: &str, fields: Value) -> Value {
    user.create_debit_note(note(invoice, fields)).await
}

fn note(invoice: &str, fields: Value) -> Value {
    let mut input = fields;
    input["invoiceId"] = json!(invoice);
    if input["reason"].is_null() {
        input["reason"] = json!("came back");
    }
    input
}

/// Amounts of an object, in one text.
fn amounts(object: &Value, fields: &[&str]) -> String {
    let amount = |field: &&str| object[field]["amount"].as_str().unwrap_or("-").to_owned();
    fields.iter().map(amount).collect::<Vec<_>>().join(" ")
}

/// The sums of a new note: goods, CGST, IGST, charges, round-off and total.
fn sums(payload: &Value) -> String {
    assert_eq!(errors(payload), [""; 0], "{payload}");
    let noun = if payload["creditNote"].is_object() { "creditNote" } else { "debitNote" };
    let note = &payload[noun];
    assert_eq!(note["cgst"], note["sgst"]);
    amounts(note, &["grossAmount", "cgst", "igst", "otherCharges", "roundOff", "totalAmount"])
}

/// What an invoice says of its notes: what they take back and what they add.
async fn noted(user: &User, invoice: &str) -> String {
    let query = "query($id: ID!) { invoice(id: $id) { credited { amount } debited { amount } } }";
    let data = user.gql(query, json!({ "id": invoice })).await;
    amounts(&data["invoice"], &["credited", "debited"])
}

/// The balances of the accounts that invoices post to, in minor units; the normal side of all but `RECEIVABLE` is credit.
/// Accounts whose balance is zero are left out.
async fn posted(app: &TestApp) -> Vec<(AccountKind, i64)> {
    let accounts = account::Entity::find().all(app.app.db.read()).await.unwrap();
    let balance = |account: &account::Model| match account.kind {
        AccountKind::Receivable => account.debits - account.credits,
        _ => account.credits - account.debits,
    };
    let mut balances: Vec<_> = accounts.iter().map(|account| (account.kind, balance(account))).collect();
    balances.retain(|(_, balance)| *balance != 0);
    balances.sort_unstable();
    balances
}

/// Changes the settings of the book.
async fn set_book(user: &User, settings: Value) {
    let fields = "book { id } userErrors { code path message }";
    id_of(&user.mutate("updateBook", "UpdateBookInput", fields, settings).await, "book");
}
