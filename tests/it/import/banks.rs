//! Files as banks give them, imported as they are.

use std::{fs, path::Path};

use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User};

/// What has to be said about a file so that it can be read.
fn said(case: &Value) -> Vec<String> {
    let mut flags = vec!["--bank".to_owned()];
    for (name, value) in case["hints"].as_object().into_iter().flatten() {
        flags.push("--say".to_owned());
        flags.push(match (name.as_str(), value.as_str().unwrap()) {
            ("dates", "day first") => "dates=DAY_FIRST".to_owned(),
            ("sign", "charges are positive") => "sign=POSITIVE_OUT".to_owned(),
            other => panic!("{other:?} is not known"),
        });
    }
    flags
}

fn cases() -> Vec<(String, Value, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/bank");
    let expected: Value = serde_json::from_slice(&fs::read(folder.join("expected.json")).unwrap()).unwrap();
    let case = |(name, case): (&String, &Value)| (name.clone(), case.clone(), fs::read(folder.join(name)).unwrap());
    expected.as_object().unwrap().iter().map(case).collect()
}

async fn wallet(owner: &User, currency: &str) -> String {
    let made =
        owner.mutate("createWallet", "CreateWalletInput", "wallet { id }", json!({ "currency": currency })).await;
    let id = made["wallet"]["id"].as_str().unwrap().to_owned();
    let input = json!({ "wallet": { "id": id }, "amount": "1000000" });
    owner.mutate("deposit", "DepositInput", "transaction { status }", input).await;
    id
}

/// The transactions of a wallet, the oldest first, as `date amount description` with money out below zero.
async fn in_wallet(owner: &User, wallet: &str) -> Vec<String> {
    let query = "query($w: ID!) { transactions(first: 100, filter: { walletId: $w }) {
        nodes { date kind description amount { amount } } } }";
    let mut nodes = owner.gql(query, json!({ "w": wallet })).await["transactions"]["nodes"].take();
    let mut all: Vec<_> = nodes
        .as_array_mut()
        .unwrap()
        .iter()
        .map(|node| {
            let amount: f64 = node["amount"]["amount"].as_str().unwrap().parse().unwrap();
            let out = if node["kind"] == "EXPENSE" { -amount } else { amount };
            format!("{} {out:.2} {}", node["date"].as_str().unwrap(), node["description"].as_str().unwrap_or_default())
        })
        .collect();
    all.reverse();
    all
}

fn line(date: &str, amount: &str, description: &str) -> String {
    format!("{date} {:.2} {description}", amount.parse::<f64>().unwrap())
}

#[apply(both_databases)]
async fn files_of_banks_go_in_as_they_are_with_what_they_do_not_tell(on: Database) {
    let (app, owner) = TestApp::with_owner(on).await;
    for (category, kind) in [("Out", "EXPENSE"), ("In", "INCOME")] {
        owner
            .mutate(
                "createCategory",
                "CreateCategoryInput",
                "category { id }",
                json!({ "name": category, "kind": kind }),
            )
            .await;
    }
    for (name, case, bytes) in cases() {
        if name == "refund.csv" {
            continue;
        }
        let wallet = wallet(&owner, case["currency"].as_str().unwrap_or("EUR")).await;
        let mut flags = said(&case);
        for flag in ["--default-wallet", &wallet, "--income-category", "In", "--expense-category", "Out"] {
            flags.push(flag.to_owned());
        }
        let flags: Vec<_> = flags.iter().map(String::as_str).collect();
        let transactions = case["transactions"].as_array().unwrap();
        let done = app.import("amina", &bytes, &flags);
        assert_eq!(done.count("ADDED"), transactions.len(), "{name}: {done:?}");
        let mut expected: Vec<_> = transactions
            .iter()
            .map(|transaction| {
                let text = |field: &str| transaction[field].as_str().unwrap();
                line(text("date"), text("amount"), text("description"))
            })
            .collect();
        expected.sort_by(|one, other| one[..10].cmp(&other[..10]));
        assert_eq!(in_wallet(&owner, &wallet).await, expected, "{name}");
        assert_eq!(app.import("amina", &bytes, &flags).count("DUPLICATE"), transactions.len(), "{name}");
    }
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn what_a_file_does_not_tell_is_asked_for_and_nothing_is_imported(on: Database) {
    let (app, _) = TestApp::with_owner(on).await;
    for (name, case, bytes) in cases() {
        if case["hints"].is_object() {
            let done = app.import("amina", &bytes, &["--bank"]);
            assert!(done.code == Some(2) && done.lines.is_empty(), "{name}: {done:?}");
            let field = case["hints"].as_object().unwrap().keys().next().unwrap();
            assert!(done.sum.contains(field), "{name}: {done:?}");
        }
    }
}
