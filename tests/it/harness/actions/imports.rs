//! What users do with imports: undoing them, and saying what was written by hand before.

use serde_json::{Value, json};

use super::id_of;
use crate::harness::{User, errors};

const PAIR: &str = "imported { id deletedAt sameAs { id } } entered { id version deletedAt } replayed
    userErrors { code path message ... on ConflictError { current { id } } }";

impl User {
    /// Saves an import profile for the account `account` of a bank, and returns its id.
    pub async fn import_profile(&self, name: &str, account: &str) -> String {
        let profile = json!({ "version": 1, "encoding": "UTF-8", "separator": ";", "rows": { "header": true },
            "columns": { "date": "Day", "amount": "Sum" }, "sign": "NEGATIVE_OUT", "account": account });
        let input = json!({ "name": name, "profile": profile.to_string() });
        let fields = "importProfile { id } userErrors { code path }";
        id_of(&self.mutate("saveImportProfile", "SaveImportProfileInput", fields, input).await, "importProfile")
    }

    /// Imports a file of transactions with one line by a mutation: the ids of the import and of the transaction.
    pub async fn import_one(&self, csv: &str, more: Value) -> [String; 2] {
        let mut input = json!({ "csv": csv });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let fields =
            "added import { id } lines { transaction { id } userErrors { code path } } userErrors { code path }";
        let done = self.mutate("importTransactions", "ImportTransactionsInput", fields, input).await;
        let id = |thing: &Value| thing["id"].as_str().unwrap_or_else(|| panic!("{done}")).to_owned();
        [id(&done["import"]), id(&done["lines"][0]["transaction"])]
    }

    /// Writes an expense in cash by hand, and imports it: the ids of the import, of what was imported and of what was written.
    pub async fn doubled(&self, text: &str, amount: &str) -> [String; 3] {
        let csv = format!("date,amount,category,description\n2026-11-20,-{amount},Food,{text}\n");
        let [import, imported] = self.import_one(&csv, json!({})).await;
        [import, imported, self.spend("Food", amount, "2026-11-19").await]
    }

    /// Undoes an import: the payload.
    pub async fn undo_import(&self, input: Value) -> Value {
        let fields = "import { id undoneAt isPartlyUndone made } takenBack kept replayed
            userErrors { code path message ... on ConflictError { current { id } }
                ... on InsufficientFundsError { balance { amount } } }";
        self.mutate("undoImport", "UndoImportInput", fields, input).await
    }

    /// Undoes an import, which goes through.
    pub async fn undo(&self, import: &str) {
        let undone = self.undo_import(json!({ "id": import })).await;
        assert_eq!(errors(&undone), [""; 0], "{undone}");
        assert_eq!(id_of(&undone, "import"), import);
        assert!(undone["import"]["undoneAt"].is_string(), "{undone}");
    }

    /// Confirms or declines that two transactions are the same: the payload.
    pub async fn same(&self, mutation: &str, [imported, entered]: [&str; 2]) -> Value {
        let input_type = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        self.mutate(mutation, &input_type, PAIR, json!({ "importedId": imported, "enteredId": entered })).await
    }

    /// The pairs that are proposed as the same, newest first: the ids of what was imported and of what was written by hand.
    pub async fn proposed_duplicates(&self) -> Vec<[String; 2]> {
        let query = "{ proposedDuplicates(first: 100) { totalCount nodes { imported { id } entered { id } } } }";
        let found = self.gql(query, json!({})).await["proposedDuplicates"].take();
        let id = |one: &Value| one["id"].as_str().unwrap().to_owned();
        let pairs: Vec<_> = found["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|node| [id(&node["imported"]), id(&node["entered"])])
            .collect();
        assert_eq!(found["totalCount"], pairs.len());
        pairs
    }
}
