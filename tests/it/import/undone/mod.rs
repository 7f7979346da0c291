//! Imports that are undone.

mod at_once;
mod parts;
mod refused;
mod whole;

use serde_json::{Value, json};

use crate::harness::User;

/// What came in and what was spent, some of it split and some given back, in the wallet and in cash.
fn file(wallet: &str) -> String {
    format!(
        "date,amount,category,description,wallet,note,id\n\
         2026-10-30,100,Salary,pay,{wallet},,\n\
         2026-11-01,-12.50,Food,bread,{wallet},,\n\
         2026-11-01,-12.50,Food,bread,{wallet},,\n\
         2026-11-02,-20,Food,market,{wallet},rice,a\n\
         2026-11-02,-5,Transport,market,{wallet},bus,a\n\
         2026-11-03,4,Food,brought back,{wallet},,\n\
         2026-11-04,-3,Games,dice,,,\n"
    )
}

const FIELDS: &str =
    "added duplicates refused import { id } lines { line status note transaction { id } userErrors { code path } }
    userErrors { code path message }";

/// Imports a file of transactions by a mutation: the payload.
async fn import(user: &User, csv: &str) -> Value {
    let input = json!({ "csv": csv, "createCategories": true, "fileName": "bank.csv" });
    user.mutate("importTransactions", "ImportTransactionsInput", FIELDS, input).await
}

/// The id of an import that added something.
fn id_of_import(payload: &Value) -> String {
    payload["import"]["id"].as_str().unwrap_or_else(|| panic!("{payload}")).to_owned()
}

/// The ids of the transactions of the lines.
fn made(payload: &Value) -> Vec<String> {
    let lines = payload["lines"].as_array().unwrap().iter();
    lines.map(|line| line["transaction"]["id"].as_str().unwrap().to_owned()).collect()
}

/// The ids of all imports of a book, the newest first.
async fn imports(user: &User) -> Vec<String> {
    let list = user.gql("{ imports(first: 100) { nodes { id } } }", json!({})).await["imports"]["nodes"].take();
    list.as_array().unwrap().iter().map(|import| import["id"].as_str().unwrap().to_owned()).collect()
}
