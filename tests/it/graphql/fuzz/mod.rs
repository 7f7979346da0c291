//! Documents made at random: valid ones, and texts that are nearly documents. Whatever is sent, the server answers with JSON and no
//! fault.
//!
//! `FUZZ_SECONDS=60 cargo test --test it fuzz` tries for that long; without the variable there is a fixed number of documents. A
//! failure prints the smallest request that still fails.

mod grammar;

use std::{
    env,
    time::{Duration, Instant},
};

use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::{Value, json};
use tokio::{runtime::Handle, task::block_in_place};

use crate::harness::{Client, Database, TestApp};

/// How many documents are tried when no time is given.
const DOCUMENTS: u32 = 300;

/// What a request must never get.
fn fault(status: u16, answer: &str) -> Option<String> {
    let Ok(body) = serde_json::from_str::<Value>(answer) else { return Some("the answer is no JSON".to_owned()) };
    let codes = body["errors"].as_array().into_iter().flatten().map(|error| &error["extensions"]["code"]);
    let faults: Vec<_> = codes.filter(|code| code.is_null() || **code == "INTERNAL_SERVER_ERROR").collect();
    (status >= 500 || !faults.is_empty()).then(|| format!("{status} {answer}"))
}

fn check(client: &Client, (query, variables): &(String, Value)) -> Result<(), TestCaseError> {
    let body = json!({ "query": query, "variables": variables, "operationName": null });
    let answer = block_in_place(|| Handle::current().block_on(client.post(&body)));
    match fault(answer.status.as_u16(), &answer.text) {
        None => Ok(()),
        Some(fault) => Err(TestCaseError::fail(fault)),
    }
}

#[apply(both_databases)]
#[threads(2)]
async fn whatever_document_is_sent_the_answer_is_json_and_no_fault(on: Database) {
    let app = TestApp::with(on, |app| app.limits.request_cost_per_minute = 0).await;
    let owner = app.user("amina").await;
    let clients = [owner.client.clone(), app.anonymous()];
    let seconds = env::var("FUZZ_SECONDS").ok().map(|seconds| seconds.parse().unwrap());
    let (began, until) = (Instant::now(), seconds.map(Duration::from_secs));
    let mut cases = 0;
    loop {
        let config = Config { cases: DOCUMENTS, failure_persistence: None, ..Config::default() };
        let mut runner = TestRunner::new(config);
        let run =
            runner.run(&grammar::request(), |request| clients.iter().try_for_each(|client| check(client, &request)));
        cases += DOCUMENTS;
        run.unwrap_or_else(|failure| panic!("{failure}"));
        if until.is_none_or(|until| began.elapsed() >= until) {
            break;
        }
    }
    eprintln!("{cases} documents");
    app.assert_journal_is_whole().await;
}
