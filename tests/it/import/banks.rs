//! Files as banks give them, imported as they are.

use std::{fs, path::Path};

use rstest_reuse::apply;
use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, both_databases};

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
    let made = owner.create_wallet(json!({ "currency": currency })).await;
    let id = made["wallet"]["id"].as_str().unwrap().to_owned();
    owner.deposit(&id, "1000000").await;
    id
}

/// The transactions of a wallet, the oldest first, as `date amount description` with money out below zero.
async fn in_wallet(owner: &User, wallet: &str) -> Vec<String> {
    let query = "query($w: ID!) { transactions(first: 100, filter: { walletId: $w }) {
        nodes { date kind description amount { amount } } } }";
    let mut nodes = owner.gql(query, json!({ "w": wallet })).await["transactions"]["nodes"].take();
    let mut all: Vec<_> = nodes.as_array_mut().unwrap().iter().map(|node| {
        let amount: f64 = node["amount"]["amount"].as_str().unwrap().parse().unwrap();
        let out = if node["kind"] == "EXPENSE" { -amount } else { amount };
        format!("{} {out:.2} {}", node["date"].as_str().unwrap(), node["description"].as_str().unwrap_or_default())
    }).collect();
    all.reverse();
    all
}
