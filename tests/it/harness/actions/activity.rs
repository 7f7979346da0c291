//! What is on record of what users did.

use serde_json::{Value, json};

use crate::harness::User;

const FIELDS: &str = "id createdAt action outcome codes actor { id displayName } sessionId address thingId
    thing { __typename id } changes { field from to }";

impl User {
    /// The activity of the book under a filter, latest first.
    pub async fn activity(&self, filter: Value) -> Vec<Value> {
        let query = format!(
            "query($filter: ActivityFilter) {{ activities(filter: $filter, first: 100) {{ nodes {{ {FIELDS} }} }} }}"
        );
        let mut data = self.gql(&query, json!({ "filter": filter })).await;
        serde_json::from_value(data["activities"]["nodes"].take()).unwrap()
    }

    /// What is on record last.
    pub async fn latest(&self) -> Value {
        self.activity(Value::Null).await.swap_remove(0)
    }

    /// How much is on record.
    pub async fn recorded(&self) -> i64 {
        self.gql("{ activities(first: 0) { totalCount } }", json!({})).await["activities"]["totalCount"]
            .as_i64()
            .unwrap()
    }

    /// What happened to a thing, latest first, in words.
    pub async fn history_of(&self, thing: &str) -> Vec<String> {
        let types = [
            "Wallet",
            "WalletTransaction",
            "Customer",
            "Entry",
            "Invoice",
            "Receipt",
            "CreditNote",
            "DebitNote",
            "Category",
            "Transaction",
            "Budget",
            "Import",
            "ImportProfile",
            "Book",
        ];
        let of = types.map(|name| format!("... on {name} {{ activities {{ nodes {{ {FIELDS} }} }} }}")).join(" ");
        let query = format!("query($id: ID!) {{ node(id: $id) {{ {of} }} }}");
        let data = self.gql(&query, json!({ "id": thing })).await;
        data["node"]["activities"]["nodes"].as_array().unwrap().iter().map(told).collect()
    }
}

/// A row in words: `ADD_ENTRY REFUSED NOT_FOUND`.
pub fn told(row: &Value) -> String {
    let words = [&row["action"], &row["outcome"]].into_iter().chain(row["codes"].as_array().unwrap());
    words.map(|word| word.as_str().unwrap()).collect::<Vec<_>>().join(" ")
}

/// What changed, in words: `amount 5.00 -> 6.00`.
pub fn changes(row: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let word =
        |change: &Value| format!("{} {} -> {}", text(&change["field"]), text(&change["from"]), text(&change["to"]));
    row["changes"].as_array().unwrap().iter().map(word).collect()
}
