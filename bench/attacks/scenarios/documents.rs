//! Documents that keep the database busy, or whose answer is huge.

use serde_json::json;

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

pub async fn searches(stage: &Stage) -> Attack {
    let user = stage.user("attacker").await;
    fixture::customers(&user, CUSTOMERS.min(stage.rows)).await;
    let search = |n: usize| format!("a{n}: customers(first: 1, filter: {{ search: \"zz{n}\" }}) {{ nodes {{ id }} }}");
    attack(stage, user.client.token.as_deref(), AT_ONCE, &repeated(SEARCHES, search))
}

pub async fn lists(stage: &Stage) -> Attack {
    let user = stage.user("attacker").await;
    fixture::transactions(stage, "attacker", stage.rows);
    let list = |n: usize| {
        format!("a{n}: transactions(first: 1, filter: {{ text: \"zz{n}\" }}) {{ nodes {{ id }} totalCount }}")
    };
    attack(stage, user.client.token.as_deref(), AT_ONCE, &repeated(LISTS, list))
}

pub async fn huge_answer(stage: &Stage) -> Attack {
    let user = stage.user("attacker").await;
    fixture::customers(&user, 100).await;
    fixture::entries(stage, "attacker", 100, stage.rows.min(10_000));
    let ids = repeated(ALIASES, |n| format!("a{n}: id"));
    let query = format!("{{ customers(first: 100) {{ nodes {{ entries(first: 100) {{ nodes {ids} }} }} }} }}");
    attack(stage, user.client.token.as_deref(), 1, &query)
}

fn repeated(times: usize, field: impl Fn(usize) -> String) -> String {
    format!("{{ {} }}", (0..times).map(field).collect::<Vec<_>>().join("\n"))
}

/// Sends a document, so many at once, again and again.
fn attack(stage: &Stage, token: Option<&str>, at_once: usize, query: &str) -> Attack {
    let (tally, length, query) = (Tally::default(), stage.length, query.to_owned());
    let wire = Wire::of_stranger(stage.url(), 1).with_token(token);
    let of_run = tally.clone();
    Attack::new(&tally, async move {
        let round = move |_| {
            let (wire, query) = (wire.clone(), query.clone());
            async move { wire.weigh(&query, json!({})).await }
        };
        of_run.work(at_once, length, round).await;
    })
}
