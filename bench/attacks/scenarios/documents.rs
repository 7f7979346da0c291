//! Documents that keep the database busy, or whose answer is huge.

use serde_json::{Value, json};

use crate::attacks::{
    attack::{Attack, Tally},
    fixture,
    stage::Stage,
    wire::Wire,
};

/// How many documents one user sends at once.
const AT_ONCE: usize = 16;
const CUSTOMERS: usize = 5000;
const SEARCHES: usize = 300;
const LISTS: usize = 250;
const ALIASES: usize = 900;
/// How many users attack together, and how many documents each of them sends at once.
const USERS: usize = 6;
const EACH: usize = 4;

pub async fn searches(stage: &Stage) -> Attack {
    let user = stage.user("attacker").await;
    fixture::customers(&user, CUSTOMERS.min(stage.rows)).await;
    let fields = repeated(SEARCHES, "customers(first:1,filter:$filter){...Page}");
    let query = format!("query($filter:CustomerFilter){fields}fragment Page on CustomerConnection{{nodes{{id}}}}");
    attack(stage, user.client.token.as_deref(), AT_ONCE, &query, json!({ "filter": { "search": "zz" } }))
}

pub async fn lists(stage: &Stage) -> Attack {
    let user = stage.user("attacker").await;
    fixture::transactions(stage, "attacker", stage.rows);
    let fields = repeated(LISTS, "transactions(first:1,filter:$filter){...Page}");
    let page = "fragment Page on TransactionConnection{nodes{id}}";
    let query = format!("query($filter:TransactionFilter){fields}{page}");
    attack(stage, user.client.token.as_deref(), AT_ONCE, &query, json!({ "filter": { "text": "zz" } }))
}

/// Several users, so that the turns between users are what keeps others going.
pub async fn users(stage: &Stage) -> Attack {
    let names: Vec<_> = (0..USERS).map(|number| format!("attacker{number}")).collect();
    let mut tokens = Vec::new();
    for name in &names {
        tokens.extend(stage.user(name).await.client.token);
        fixture::transactions(stage, name, stage.rows / USERS);
    }
    let fields = repeated(LISTS, "transactions(first:1,filter:$filter){...Page}");
    let query =
        format!("query($filter:TransactionFilter){fields}fragment Page on TransactionConnection{{nodes{{id}}}}");
    let wires = tokens.iter().map(|token| Wire::of_stranger(stage.url(), 1).with_token(Some(token))).collect();
    attack_over(stage, wires, USERS * EACH, &query, json!({ "filter": { "text": "zz" } }))
}

pub async fn huge_answer(stage: &Stage) -> Attack {
    let user = stage.user("attacker").await;
    fixture::customers(&user, 100).await;
    fixture::entries(stage, "attacker", 100, stage.rows.min(10_000));
    let ids = repeated(ALIASES, "id");
    let query = format!("{{ customers(first: 100) {{ nodes {{ entries(first: 100) {{ nodes {ids} }} }} }} }}");
    attack(stage, user.client.token.as_deref(), 1, &query, json!({}))
}

/// The same field under many aliases. A document has at most 16 KB, so nothing in it may be long.
fn repeated(times: usize, field: &str) -> String {
    let all: Vec<_> = (0..times).map(|number| format!("a{number}:{field}")).collect();
    format!("{{{}}}", all.join(" "))
}

/// Sends a document, so many at once, again and again.
fn attack(stage: &Stage, token: Option<&str>, at_once: usize, query: &str, variables: Value) -> Attack {
    attack_over(stage, vec![Wire::of_stranger(stage.url(), 1).with_token(token)], at_once, query, variables)
}

/// The same over several connections in turn.
fn attack_over(stage: &Stage, wires: Vec<Wire>, at_once: usize, query: &str, variables: Value) -> Attack {
    let (tally, length, query) = (Tally::default(), stage.length, query.to_owned());
    let of_run = tally.clone();
    Attack::new(&tally, async move {
        let round = move |worker: usize| {
            let (wire, query, variables) = (wires[worker % wires.len()].clone(), query.clone(), variables.clone());
            async move { wire.weigh(&query, variables).await }
        };
        of_run.work(at_once, length, round).await;
    })
}
