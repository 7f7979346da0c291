//! What users do with categories, transactions and budgets.

use serde_json::{Value, json};

use super::id_of;
use crate::harness::User;

const CATEGORY: &str = "category { id name kind archivedAt } userErrors { code path message }";

const TRANSACTION: &str =
    "transaction { id kind amount { amount currency } category { id name } date weekday description
        lines { category { id name } amount { amount } note } wallet { id } version deletedAt }
    replayed userErrors { code path message }";

const BUDGET: &str =
    "budget { id category { id name } limit { amount currency } month rollover rolloverFrom description }
    userErrors { code path message }";

const REPORT: &str = "query($month: YearMonth!, $currency: CurrencyCode) {
    monthlyReport(month: $month, currency: $currency) { month currency otherCurrencies
        totalIncome { amount currency } totalExpense { amount currency } netSavings { amount currency }
        unbudgeted { amount }
        categories { category { name } total { amount } share transactionCount previousTotal { amount } change { amount } }
        budgets { category { name } limit { amount } carriedOver { amount } spent { amount } remaining { amount }
            usedShare state } } }";

impl User {
    pub async fn create_category(&self, input: Value) -> Value {
        self.mutate("createCategory", "CreateCategoryInput", CATEGORY, input).await
    }

    pub async fn update_category(&self, input: Value) -> Value {
        self.mutate("updateCategory", "UpdateCategoryInput", CATEGORY, input).await
    }

    pub async fn delete_category(&self, id: &str) -> Value {
        let fields = format!("deletedCategoryId {CATEGORY}");
        self.mutate("deleteCategory", "DeleteCategoryInput", &fields, json!({ "id": id })).await
    }

    pub async fn restore_category(&self, id: &str) -> Value {
        self.mutate("restoreCategory", "RestoreCategoryInput", CATEGORY, json!({ "id": id })).await
    }

    /// Makes a category; its id.
    pub async fn category(&self, name: &str, kind: &str) -> String {
        id_of(&self.create_category(json!({ "name": name, "kind": kind })).await, "category")
    }

    pub async fn add_transaction(&self, input: Value) -> Value {
        self.mutate("addTransaction", "AddTransactionInput", TRANSACTION, input).await
    }

    pub async fn update_transaction(&self, input: Value) -> Value {
        self.mutate("updateTransaction", "UpdateTransactionInput", TRANSACTION, input).await
    }

    pub async fn delete_transaction(&self, input: Value) -> Value {
        self.mutate("deleteTransaction", "DeleteTransactionInput", TRANSACTION, input).await
    }

    /// Writes a transaction in cash, in a category that is named by its name; its id.
    pub async fn spend(&self, category: &str, amount: &str, date: &str) -> String {
        let input = json!({ "category": { "name": category }, "amount": amount, "date": date });
        id_of(&self.add_transaction(input).await, "transaction")
    }

    pub async fn set_budget(&self, input: Value) -> Value {
        self.mutate("setBudget", "SetBudgetInput", BUDGET, input).await
    }

    /// The report of a month in the currency of the book.
    pub async fn report(&self, month: &str) -> Value {
        self.report_in(month, Value::Null).await
    }

    pub async fn report_in(&self, month: &str, currency: Value) -> Value {
        self.gql(REPORT, json!({ "month": month, "currency": currency })).await["monthlyReport"].take()
    }
}
