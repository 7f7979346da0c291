//! Transfers between wallets of one book, which came into it as an expense and an income.

mod at_once;
mod pairs;
mod refused;
mod undone;

use serde_json::{Value, json};

use crate::harness::{User, errors, named};

const CONFIRM: &str = "confirmTransfer";
const DECLINE: &str = "declineTransfer";
const UNDO: &str = "undoTransfer";

/// Input that names two transactions, and more.
fn with(halves: &[String; 2], more: &Value) -> Value {
    let mut input = named(halves);
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

/// What is decided goes through.
async fn decide(user: &User, mutation: &str, halves: &[String; 2]) -> Value {
    let payload = user.decide(mutation, named(halves)).await;
    assert_eq!((errors(&payload), &payload["replayed"]), (vec![], &json!(false)), "{mutation}");
    payload
}

/// The history of a wallet, the latest first: type, amount, direction and balance after.
async fn history(user: &User, wallet: &str) -> Vec<String> {
    let edges = user.history(wallet, Value::Null).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let edge = |edge: &Value| {
        let (node, balance) = (&edge["node"], text(&edge["balanceAfter"]["amount"]));
        format!("{} {} {} {balance}", text(&node["type"]), text(&node["amount"]["amount"]), text(&edge["direction"]))
    };
    edges.iter().map(edge).collect()
}

/// How many transactions match a filter, and their sums.
async fn listed(user: &User, filter: Value) -> String {
    let query = "query($filter: TransactionFilter) { transactions(filter: $filter) {
        totalCount nodes { id } totals { income { amount } expense { amount } } } }";
    let list = user.gql(query, json!({ "filter": filter })).await["transactions"].take();
    assert_eq!(list["totalCount"], list["nodes"].as_array().unwrap().len());
    let sum = |of: &str| list["totals"][of]["amount"].as_str().unwrap().to_owned();
    format!("{} +{} -{}", list["totalCount"], sum("income"), sum("expense"))
}

/// The reports of two months.
async fn reports(user: &User) -> [Value; 2] {
    [user.report("2026-10").await, user.report("2026-11").await]
}
