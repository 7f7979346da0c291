//! The dearest operations that are allowed, made from the schema.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Instant,
};

use chrono::{Datelike, Local};
use daybook::app::DocumentLimits;
use serde_json::{Value, json};

use super::chains::{Chain, DAY, SIZE, chains};
use crate::{
    attacks::{
        attack::{Attack, Tally},
        fixture,
        stage::Stage,
        watch::{forget_most_memory, most_memory},
        wire::Wire,
    },
    harness::{Database, TestApp, User},
};

/// The longest that such an operation may take.
const LONGEST_MILLISECONDS: u128 = 2000;
/// The most memory that it may take.
const MOST_MEGABYTES: u64 = 100;
const CUSTOMERS: usize = 200;
/// How many of the slowest and of the largest operations are printed.
const PRINTED: usize = 5;

/// The most root fields of a query.
const MOST_COPIES: usize = 20;
const LARGEST_PAGE: usize = 100;

/// What costs in other ways than by lists in lists.
fn others() -> Vec<Chain> {
    let search = |list: &str, argument: &str| {
        let field = format!(
            "{list}(first: {SIZE}, filter: {{ {argument}: \"nothing {SIZE}\" }}) {{ totalCount nodes {{ id }} }}"
        );
        Chain::new(&format!("{list} with a search"), &field)
    };
    let summaries = format!(
        "customers(first: 100) {{ nodes {{ summary(from: \"2020-01-01\", to: \"2025-01-{DAY}\") {{ entryCount totalCredit {{ amount }} }} }} }}"
    );
    let types = "type { name fields { name description args { name description defaultValue type { name ofType { name } } } } }";
    let schema = format!("__schema {{ types {{ name fields {{ name {types} }} }} }}");
    vec![
        search("transactions", "text"),
        search("entries", "text"),
        search("customers", "search"),
        Chain::new("customers.nodes.summary of other days", &summaries),
        Chain::new("the schema", &schema),
    ]
}

/// Each chain of lists in lists, with pages as large as the price allows, one after the other, and as often as it allows.
pub async fn dearest(stage: &Stage) -> Attack {
    let user = stage.user("attacker").await;
    fixture::customers(&user, CUSTOMERS).await;
    fixture::entries(stage, "attacker", CUSTOMERS, stage.rows.min(20_000));
    fixture::transactions(stage, "attacker", stage.rows.min(20_000));
    fixture::invoices(&user, 100).await;
    let given = arguments(&user.gql(IDS, json!({})).await);
    let (app, pricing) = pricing().await;
    let wire = Wire::of_stranger(stage.url(), 1).with_token(user.client.token.as_deref());
    let pid = stage.pid();
    let tally = Tally::default();
    let of_run = tally.clone();
    Attack::new(&tally, async move {
        let _app = app;
        let (mut by_time, mut by_memory) = (BTreeSet::new(), BTreeSet::new());
        for chain in chains(&given).into_iter().chain(others()) {
            let size = largest(&pricing, LARGEST_PAGE, |size| chain.query(1, size)).await;
            if size == 0 {
                of_run.add("too dear with the smallest page".to_owned());
                continue;
            }
            let copies = largest(&pricing, MOST_COPIES, |copies| chain.query(copies, size)).await;
            forget_most_memory(pid);
            let (before, _) = most_memory(pid);
            let began = Instant::now();
            let outcome = wire.weigh(&chain.query(copies, size), json!({})).await;
            let took = began.elapsed().as_millis();
            let memory = most_memory(pid).1.saturating_sub(before);
            of_run.add(outcome.clone());
            let words =
                format!("{took} ms, {memory} MB: {} {copies} times with pages of {size} ({outcome})", chain.name);
            if took > LONGEST_MILLISECONDS || memory > MOST_MEGABYTES {
                of_run.reached(words.clone());
            }
            by_time.insert((took, words.clone()));
            by_memory.insert((memory, words));
        }
        let slowest = by_time.iter().rev().take(PRINTED).map(|(_, words)| words);
        let largest = by_memory.iter().rev().take(PRINTED).map(|(_, words)| words);
        for words in slowest.chain(largest) {
            of_run.note(words.clone());
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

/// A user of a server that allows no price at all, so that it executes nothing and tells what each operation costs.
async fn pricing() -> (TestApp, User) {
    let app = TestApp::on(Database::Sqlite).await;
    let user = app.user("pricing").await;
    let without_price = app.another(|app| {
        app.limits.documents.price = 1;
        app.limits.request_cost_per_minute = 0;
    });
    let user = user.at(&without_price);
    (app, user)
}

/// The largest number up to `most` whose query is allowed, or 0.
async fn largest(pricing: &User, most: usize, query: impl Fn(usize) -> String + Send) -> usize {
    let allowed_price = u64::try_from(DocumentLimits::default().price).unwrap();
    let (mut allowed, mut refused) = (0, most + 1);
    while allowed + 1 < refused {
        let middle = if refused > most { most } else { usize::midpoint(allowed, refused) };
        let answer = pricing.client.request(&query(middle), json!({})).await.json();
        let limit = &answer["errors"][0]["extensions"];
        let is_allowed =
            limit["limit"].is_null() || limit["limit"] == "price" && limit["actual"].as_u64() <= Some(allowed_price);
        if is_allowed { allowed = middle } else { refused = middle }
    }
    allowed
}
