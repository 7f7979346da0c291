//! Large imports at once.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use serde_json::json;

use crate::attacks::{
    attack::{Attack, Tally},
    fixture::lines_of_transactions,
    stage::Stage,
    wire::Wire,
};

const AT_ONCE: usize = 20;
const LINES: usize = 4900;
const IMPORT: &str = "mutation($input: ImportTransactionsInput!) { importTransactions(input: $input) {
    added userErrors { code } } }";

pub async fn many(stage: &Stage) -> Attack {
    let user = stage.user("attacker").await;
    let wire = Wire::of_stranger(stage.url(), 1).with_token(user.client.token.as_deref());
    let (tally, length, count) = (Tally::default(), stage.length, Arc::new(AtomicUsize::new(0)));
    let of_run = tally.clone();
    Attack::new(&tally, async move {
        let round = move |_| {
            let (wire, tag) = (wire.clone(), format!("file {}", count.fetch_add(1, Ordering::SeqCst)));
            async move {
                let csv = lines_of_transactions(&tag, LINES);
                let input = json!({ "csv": csv, "createCategories": true, "mode": "ALL_OR_NOTHING" });
                match wire.ask(IMPORT, json!({ "input": input })).await {
                    Ok(data) => format!("{} lines added", data["importTransactions"]["added"]),
                    Err(failure) => failure,
                }
            }
        };
        of_run.work(AT_ONCE, length, round).await;
    })
}
