//! What users do with transfers between their own wallets.

use serde_json::{Value, json};

use super::id_of;
use crate::harness::User;

const HALVES: &str = "outgoing { id version counterpart { id } lines { category { name } amount { amount } note } }
    incoming { id version counterpart { id } lines { category { name } amount { amount } note } }
    replayed userErrors { code path message ... on ConflictError { current { id } } }";

impl User {
    /// Writes a transaction in a wallet, in a category that is named by its name; its id.
    pub async fn pay_from(&self, wallet: &str, category: &str, amount: &str, date: &str) -> String {
        let input = json!({ "category": { "name": category }, "amount": amount, "date": date, "walletId": wallet });
        id_of(&self.add_transaction(input).await, "transaction")
    }

    /// The two halves of a transfer to a new wallet, which are an expense and an income; their ids.
    pub async fn halves(&self, amount: &str) -> [String; 2] {
        self.fund(amount).await;
        let other = self.new_wallet("YEM").await;
        [
            self.pay_from(&self.wallet, "Food", amount, "2026-11-10").await,
            self.pay_from(&other, "Salary", amount, "2026-11-12").await,
        ]
    }

    /// Confirms, declines or undoes a transfer: the payload.
    pub async fn decide(&self, mutation: &str, input: Value) -> Value {
        let input_type = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        self.mutate(mutation, &input_type, HALVES, input).await
    }

    /// The pairs that are proposed as transfers, newest first: the ids of expense and income.
    pub async fn proposed(&self) -> Vec<[String; 2]> {
        let query = "{ proposedTransfers(first: 100) { totalCount nodes { outgoing { id } incoming { id } } } }";
        let found = self.gql(query, json!({})).await["proposedTransfers"].take();
        let id = |half: &Value| half["id"].as_str().unwrap().to_owned();
        let pair = |node: &Value| [id(&node["outgoing"]), id(&node["incoming"])];
        let pairs: Vec<_> = found["nodes"].as_array().unwrap().iter().map(pair).collect();
        assert_eq!(found["totalCount"], pairs.len());
        pairs
    }
}

/// The input that names the halves of a transfer.
pub fn named([outgoing, incoming]: &[String; 2]) -> Value {
    json!({ "outgoingId": outgoing, "incomingId": incoming })
}
