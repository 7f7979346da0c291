//! Large books: wallets, customers and months with many rows.

use std::{fmt::Write as _, fs, path::Path};

use serde_json::json;

use super::{
    load::count,
    program::Program,
    users::{self, User},
};

/// Somebody with a wallet, a customer and a month of each size.
pub(crate) struct Books {
    owner: User,
    pub(crate) sizes: Vec<Size>,
}

/// How many rows there are in a wallet, for a customer, and in a month.
pub(crate) struct Size {
    pub(crate) rows: u32,
    wallet: String,
    customer: String,
    month: String,
}

const PAGE: &str = "query($id: ID!) { walletHistory(walletId: $id, first: 20) { edges { direction balanceAfter { amount } node { id type createdAt amount { amount } } } } }";
const SUMMARY: &str = "query($id: ID!) { customerSummary(customerId: $id) { closingBalance { amount } entryCount } }";
const REPORT: &str = "query($m: YearMonth!) { monthlyReport(month: $m) { netSavings { amount } categories { category { name } total { amount } } } }";
const CUSTOMER: &str =
    "mutation($n: String!) { createCustomer(input: { name: $n }) { customer { id } userErrors { code } } }";

impl Books {
    /// Fills books with so many rows: wallets by transfers of the users, the rest by `daybook import`.
    pub(crate) async fn fill(program: &Program, users: &[User], rows: &[u32]) -> Self {
        let owner = users::register(program.address, &["owner".to_owned()], rows.len()).await.remove(0);
        let dir = tempfile::tempdir().expect("a directory");
        let mut sizes = Vec::new();
        for (at, rows) in rows.iter().enumerate() {
            let wallet = owner.wallets[at].clone();
            let clients =
                users::of_clients(users, 256, |user, _| vec![users::transfer(user, &user.wallets[0], &wallet)]);
            // One row is the deposit that the wallet began with.
            count(program.address, &clients, *rows - 1, users::SUCCEEDED).await;
            let customer = owner.ask(program.address, CUSTOMER, &json!({ "n": format!("Customer {rows}") })).await;
            let customer = customer["createCustomer"]["customer"]["id"].as_str().expect("an id").to_owned();
            // Months that lie apart, so that each report reads one of them.
            let month = format!("2026-{:02}", 2 * at + 1);
            import(program, dir.path(), ("entries", "owner"), &entries(*rows, &month, &format!("Customer {rows}")));
            import(program, dir.path(), ("transactions", "owner"), &transactions(*rows, &month));
            sizes.push(Size { rows: *rows, wallet, customer, month });
        }
        Self { owner, sizes }
    }

    /// Asks for the first page of the wallet's history.
    pub(crate) fn page(&self, size: &Size) -> Vec<Vec<u8>> {
        vec![self.owner.request(PAGE, &json!({ "id": size.wallet }))]
    }

    /// Asks for the summary of the customer.
    pub(crate) fn summary(&self, size: &Size) -> Vec<Vec<u8>> {
        vec![self.owner.request(SUMMARY, &json!({ "id": size.customer }))]
    }

    /// Asks for the report of the month.
    pub(crate) fn report(&self, size: &Size) -> Vec<Vec<u8>> {
        vec![self.owner.request(REPORT, &json!({ "m": size.month }))]
    }
}

/// Imports the text of a file of a kind, for a user.
pub(crate) fn import(program: &Program, dir: &Path, (kind, user): (&str, &str), text: &str) {
    let file = dir.join(format!("{kind}.csv"));
    fs::write(&file, text).expect("there is room");
    program.run(&["import", kind, "--user", user], Some(&file));
}

fn entries(rows: u32, month: &str, customer: &str) -> String {
    let mut text = "date,type,amount,customer,note,id\n".to_owned();
    for row in 0..rows {
        // In the order of their dates, as a ledger is written.
        let (day, kind) = (u64::from(row) * 28 / u64::from(rows) + 1, if row % 3 == 0 { "DEBIT" } else { "CREDIT" });
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{month}-{day:02},{kind},{},{customer},,{month}-{row}", row % 90 + 10);
    }
    text
}

fn transactions(rows: u32, month: &str) -> String {
    let mut text = "date,amount,category,description,id\n".to_owned();
    for row in 0..rows {
        let (day, sign) = (row % 28 + 1, if row % 10 == 0 { "" } else { "-" });
        let category = if sign.is_empty() { "Salary" } else { ["Food", "Transport", "Data"][row as usize % 3] };
        let _ = writeln!(text, "{month}-{day:02},{sign}{},{category},row {row},{month}-{row}", row % 90 + 10);
    }
    text
}
