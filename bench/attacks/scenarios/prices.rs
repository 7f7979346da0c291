//! The dearest operations that are allowed, made from the schema.

use std::{collections::BTreeMap, time::Instant};

use chrono::{Datelike, Local};
use serde_json::{Value, json};

use super::chains::{Chain, chains};
use crate::attacks::{
    attack::{Attack, Tally},
    fixture,
    stage::Stage,
    wire::Wire,
};

/// The longest that such an operation may take.
const LONGEST_MILLISECONDS: u128 = 2000;
const CUSTOMERS: usize = 200;
/// How many of the slowest operations are printed.
const PRINTED: usize = 5;

/// Each chain of lists in lists, with pages as large as the price allows, one after the other.
pub async fn dearest(stage: &Stage) -> Attack {
    let user = stage.user("attacker").await;
    fixture::customers(&user, CUSTOMERS).await;
    fixture::entries(stage, "attacker", CUSTOMERS, stage.rows.min(20_000));
    fixture::transactions(stage, "attacker", stage.rows.min(20_000));
    fixture::invoices(&user, 100).await;
    let given = arguments(&user.gql(IDS, json!({})).await);
    let wire = Wire::of_stranger(stage.url(), 1).with_token(user.client.token.as_deref());
    let tally = Tally::default();
    let of_run = tally.clone();
    Attack::new(&tally, async move {
        let mut times = BTreeMap::new();
        for chain in chains(&given) {
            let Some(size) = largest_page(&wire, &chain).await else {
                of_run.add("too dear with the smallest page".to_owned());
                continue;
            };
            let began = Instant::now();
            let outcome = wire.weigh(&chain.query, json!({ "size": size })).await;
            let took = began.elapsed().as_millis();
            of_run.add(outcome.clone());
            if took > LONGEST_MILLISECONDS {
                of_run.reached(format!("{took} ms: {} with pages of {size}", chain.name));
            }
            times.insert((took, chain.name), format!("pages of {size}, {outcome}"));
        }
        for ((took, name), what) in times.iter().rev().take(PRINTED) {
            of_run.note(format!("{took} ms: {name} ({what})"));
        }
    })
}

const IDS: &str = "{ me { id } book { id } customers(first: 100) { nodes { id } } entries(first: 1) { nodes { id } }
    invoices(first: 1) { nodes { id } } receipts(first: 1) { nodes { id } } transactions(first: 1) { nodes { id } }
    categories { id } wallets { id } }";

/// The values of arguments that must be given: by the field and the argument, or by the argument alone.
fn arguments(ids: &Value) -> BTreeMap<String, String> {
    let id = |path: &str| ids.pointer(path).and_then(Value::as_str).map(|id| json!(id).to_string());
    let customers: Vec<_> = (0..100).filter_map(|row| id(&format!("/customers/nodes/{row}/id"))).collect();
    let today = Local::now();
    let month = |years: i32| format!("\"{:04}-{:02}\"", today.year() - years, today.month());
    let mut given = BTreeMap::from([
        ("nodes.ids".to_owned(), format!("[{}]", customers.join(","))),
        ("month".to_owned(), month(0)),
        ("monthlyReports.from".to_owned(), format!("\"{:04}-{:02}\"", today.year() - 3, today.month() % 12 + 1)),
        ("monthlyReports.to".to_owned(), month(i32::from(today.month() == 12))),
    ]);
    for (name, path) in [
        ("node.id", "/customers/nodes/0/id"),
        ("customer.id", "/customers/nodes/0/id"),
        ("customerId", "/customers/nodes/0/id"),
        ("entry.id", "/entries/nodes/0/id"),
        ("invoice.id", "/invoices/nodes/0/id"),
        ("receipt.id", "/receipts/nodes/0/id"),
        ("transaction.id", "/transactions/nodes/0/id"),
        ("category.id", "/categories/0/id"),
        ("wallet.id", "/wallets/0/id"),
        ("walletId", "/wallets/0/id"),
    ] {
        given.extend(id(path).map(|id| (name.to_owned(), id)));
    }
    given
}

/// The largest size of pages with which the operation is allowed.
async fn largest_page(wire: &Wire, chain: &Chain) -> Option<u32> {
    let (mut allowed, mut refused) = (0, 101);
    while allowed + 1 < refused {
        let size = if refused == 101 && allowed == 0 { 100 } else { u32::midpoint(allowed, refused) };
        match wire.ask(&chain.query, json!({ "size": size })).await {
            Err(failure) if failure.contains("QUERY_TOO_COMPLEX") => refused = size,
            _ => allowed = size,
        }
    }
    (allowed > 0).then_some(allowed)
}
