//! How long the server takes from a body to the moment before the execution, for documents that make it work hard.
//!
//! `cargo bench --bench documents` sends each document to a server that allows no price at all, so that everything is done but the
//! execution, and prints the median and the longest time of each kind. The exit code is 1 when one took more than 50 ms.

#![expect(unreachable_pub, clippy::unwrap_used, clippy::expect_used, reason = "this is a measurement")]

#[path = "../tests/it/harness/mod.rs"]
#[expect(dead_code, unused_imports, reason = "most of it is for the tests")]
mod harness;

use std::{
    env,
    fmt::Write,
    process::ExitCode,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use self::harness::{Client, Database, INTROSPECTION, TestApp};

/// The longest that a document may take.
const LONGEST: Duration = Duration::from_millis(50);
const TIMES: usize = 15;
/// The sizes of documents that are allowed.
const BYTES: usize = 16 * 1024;
const TOKENS: usize = 2000;

struct Kind {
    what: &'static str,
    query: String,
    variables: Value,
}

fn kind(what: &'static str, query: String) -> Kind {
    Kind { what, query, variables: json!({}) }
}

/// Repeats a piece as often as fits beside the rest.
fn fill(start: &str, piece: impl Fn(usize) -> String, end: &str, tokens_of_piece: usize) -> String {
    let mut text = start.to_owned();
    for number in 0..(TOKENS - 40) / tokens_of_piece {
        let more = piece(number);
        if text.len() + more.len() + end.len() > BYTES {
            break;
        }
        text += &more;
    }
    text + end
}

/// Fragments of which each is used twice by the next, so that the fields double with each.
fn doubling(levels: usize) -> String {
    let mut text = "{ customers { nodes { ...F0 } } }".to_owned();
    for level in 0..levels {
        let next = level + 1;
        write!(text, " fragment F{level} on Customer {{ ...F{next} ...F{next} ... {{ ...F{next} }} }}").unwrap();
    }
    text + &format!(" fragment F{levels} on Customer {{ id name }}")
}

fn kinds() -> Vec<Kind> {
    let nested = |open: &str, depth: usize| open.repeat(depth);
    vec![
        kind("a small query", "{ me { id username } }".to_owned()),
        kind("introspection", INTROSPECTION.to_owned()),
        kind("the same field many times", fill("{ me { ", |_| "id ".to_owned(), "} }", 1)),
        kind(
            "many fields under one name, in conflict",
            fill("{ me { ", |at| if at % 2 == 0 { "x: id ".to_owned() } else { "x: username ".to_owned() }, "} }", 3),
        ),
        kind("the same object many times", fill("{ ", |_| "me { id } ".to_owned(), "}", 4)),
        kind(
            "objects in objects, to merge",
            fill("{ ", |_| "book { activities { nodes { thing { id } } } } ".to_owned(), "}", 10),
        ),
        kind(
            "many fragments, each used once",
            fill("{ me { id } }", |at| format!(" fragment F{at} on User {{ id }}"), "", 7),
        ),
        kind(
            "one fragment used many times",
            fill("{ me { ", |_| "...F ".to_owned(), "} } fragment F on User { id username }", 2),
        ),
        kind("fragments that double", doubling(9)),
        kind("fragments that double too often", doubling(60)),
        kind(
            "fragments that use themselves",
            fill("{ me { ...F0 } }", |at| format!(" fragment F{at} on User {{ ...F{} }}", at + 1), "", 8),
        ),
        kind("brackets in brackets", format!("{{ me {} }}", nested("{ id ", 900))),
        kind("lists in lists", format!("{{ nodes(ids: {} }}", nested("[", 1900))),
        kind(
            "inline fragments in each other",
            format!("{{ {} __typename {} }}", nested("... { ", 95), nested("} ", 95)),
        ),
        kind(
            "types of an interface",
            fill(
                "{ node(id: \"x\") { ",
                |at| format!("... on {} {{ id }} ", ["User", "Wallet", "Customer", "Invoice", "Receipt"][at % 5]),
                "} }",
                6,
            ),
        ),
        kind("many variables", fill("query(", |at| format!("$v{at}: Int "), ") { me { id } }", 4)),
        kind("many unknown fields", fill("{ me { ", |at| format!("nothing{at} "), "} }", 1)),
        kind("many unknown arguments", fill("{ customers(", |at| format!("a{at}: 1 "), ") { nodes { id } } }", 3)),
        kind("many directives", fill("{ me ", |_| "@include(if: true) ".to_owned(), "{ id } }", 6)),
        kind(
            "a long list of ids",
            fill("{ nodes(ids: [", |_| "\"customer_01h455vb4pex5vsknk084sn02q\" ".to_owned(), "]) { id } }", 1),
        ),
        kind("a long string", format!("{{ nodes(ids: [\"{}\"]) {{ id }} }}", "\\u0041".repeat(2600))),
        kind("quotes", "\"".repeat(BYTES)),
        kind("block strings", "\"\"\"\" ".repeat(3000)),
        kind("emoji", format!("{{ {} }}", "😀".repeat(4000))),
        kind("comments", "#\n".repeat(8000) + "{ me { id } }"),
        kind("only commas", ",".repeat(BYTES - 20) + "{ me { id } }"),
        Kind {
            what: "variables of 1 MB, used many times",
            query: fill("query($ids: [ID!]!) { ", |_| "nodes(ids: $ids) { id } ".to_owned(), "}", 10),
            variables: json!({ "ids": vec!["customer_01h455vb4pex5vsknk084sn02q"; 25_000] }),
        },
        Kind {
            what: "a file of 1 MB",
            query: "mutation($csv: String!) { importTransactions(input: { csv: $csv }) { added } }".to_owned(),
            variables: json!({ "csv": "2026-11-26,-1,Food,bread\n".repeat(40_000) }),
        },
        Kind {
            what: "deep variables",
            query: "query($f: CustomerFilter) { customers(filter: $f) { nodes { id } } }".to_owned(),
            variables: (0..100).fold(json!(1), |inner, _| json!({ "search": [inner] })),
        },
    ]
}

async fn measure(client: &Client, kind: &Kind) -> (Vec<Duration>, String) {
    let mut times = Vec::new();
    let mut code = String::new();
    for round in 0..TIMES {
        // A comment makes it another document, so that it is not found among those that were read before.
        let query = format!("{}#{round:02}", kind.query);
        let began = Instant::now();
        let answer = client.request(&query, kind.variables.clone()).await;
        times.push(began.elapsed());
        answer.json()["errors"][0]["extensions"]["code"].as_str().unwrap_or("executed").clone_into(&mut code);
    }
    times.sort();
    (times, code)
}

#[tokio::main]
async fn main() -> ExitCode {
    // `cargo test --benches` does not pass `--bench`. Nothing here is a test.
    if !env::args().any(|argument| argument == "--bench") {
        eprintln!("documents: run me with `cargo bench --bench documents`");
        return ExitCode::SUCCESS;
    }
    let app = TestApp::with(Database::Sqlite, |app| {
        let limits = &mut app.limits;
        limits.request_cost_per_minute = 0;
        (limits.documents.price, limits.documents.anonymous_price) = (0, 0);
    })
    .await;
    let client = app.anonymous();
    let mut slowest = Duration::ZERO;
    println!("{:<45}  {:>8}  {:>8}  answer", "document", "median", "longest");
    for kind in kinds() {
        let (times, code) = measure(&client, &kind).await;
        let [median, longest] = [times[TIMES / 2], times[TIMES - 1]];
        println!("{:<45}  {:>5.1} ms  {:>5.1} ms  {code}", kind.what, milliseconds(median), milliseconds(longest));
        slowest = slowest.max(median);
    }
    println!("the slowest: {:.1} ms", milliseconds(slowest));
    if slowest <= LONGEST { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
