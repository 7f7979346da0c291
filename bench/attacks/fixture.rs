//! Much data for an attacker.

use std::{fmt::Write, fs, process::Stdio};

use chrono::{Days, NaiveDate};
use serde_json::json;
use tokio::task::block_in_place;

use super::stage::Stage;
use crate::harness::User;

/// The currencies of the entries.
const CURRENCIES: [&str; 30] = [
    "YEM", "USD", "EUR", "INR", "KWD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "RON", "BGN", "TRY",
    "SAR", "AED", "QAR", "OMR", "JOD", "EGP", "MAD", "TND", "KES", "NGN", "ZAR", "BRL", "MXN", "AUD",
];
/// How many customers are created with one request.
const TOGETHER: usize = 5;

/// The day of the row with this number.
fn day(row: usize) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
    first.checked_add_days(Days::new(u64::try_from(row % 2000).unwrap())).unwrap()
}

/// The lines of a file of transactions. The tag makes them other lines than those of another file.
pub fn lines_of_transactions(tag: &str, rows: usize) -> String {
    let mut csv = "date,amount,category,description\n".to_owned();
    for row in 0..rows {
        writeln!(csv, "{},{}.50,Attack,{tag} purchase number {row}", day(row), row % 900 + 1).unwrap();
    }
    csv
}

/// The name of a customer.
fn customer(number: usize) -> String {
    format!("Customer number {number:05}")
}

/// Creates so many customers.
pub async fn customers(user: &User, count: usize) {
    let fields = "customer { id } userErrors { code }";
    for first in (0..count).step_by(TOGETHER) {
        let create = |number: usize| {
            let name = json!(customer(number));
            format!("a{number}: createCustomer(input: {{ name: {name}, city: \"Taiz\" }}) {{ {fields} }}")
        };
        let all: Vec<_> = (first..count.min(first + TOGETHER)).map(create).collect();
        user.gql(&format!("mutation {{ {} }}", all.join("\n")), json!({})).await;
    }
}

/// Creates so many invoices with 20 lines each, for the customers in turn, and a receipt for each.
pub async fn invoices(user: &User, count: usize) {
    let customers = user.gql("{ customers(first: 100) { nodes { id } } }", json!({})).await;
    let line = json!({ "description": "Cloth", "quantity": "2", "unitPrice": "10" });
    for number in 0..count {
        let customer = &customers["customers"]["nodes"][number % 100]["id"];
        let invoice = json!({ "customerId": customer, "lines": vec![line.clone(); 20] });
        let fields = "invoice { id } userErrors { code message }";
        let done = user.mutate("createInvoice", "CreateInvoiceInput", fields, invoice).await;
        assert!(done["invoice"]["id"].is_string(), "{done}");
        let receipt = json!({ "customerId": customer, "amount": "100", "paymentType": "CASH" });
        let fields = "receipt { id } userErrors { code message }";
        let done = user.mutate("createReceipt", "CreateReceiptInput", fields, receipt).await;
        assert!(done["receipt"]["id"].is_string(), "{done}");
    }
}

/// Imports transactions into the book of a user.
pub fn transactions(stage: &Stage, username: &str, rows: usize) {
    let csv = lines_of_transactions("early", rows);
    import(stage, "transactions", username, &csv, &["--create-categories"]);
}

/// Imports entries into the book of a user, the same number for each of some customers.
pub fn entries(stage: &Stage, username: &str, customers: usize, rows: usize) {
    let mut csv = "date,type,amount,currency,customer,note\n".to_owned();
    for row in 0..rows {
        let (day, name) = (day(row), customer(row % customers));
        let currency = CURRENCIES[row / customers % CURRENCIES.len()];
        writeln!(csv, "{day},CREDIT,{},{currency},{name},goods of day {row}", row % 900 + 1).unwrap();
    }
    import(stage, "entries", username, &csv, &[]);
}

fn import(stage: &Stage, what: &str, username: &str, csv: &str, flags: &[&str]) {
    let path = stage.dir.path().join(format!("{what}.csv"));
    fs::write(&path, csv).unwrap();
    let mut command = stage.command("import");
    command.arg(what).arg(&path).args(["--user", username]).args(flags);
    let done = block_in_place(|| command.stdout(Stdio::null()).output().unwrap());
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}
