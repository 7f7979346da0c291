//! Kills servers, databases and connections under load, and then checks that every acknowledged write is still there.
//!
//! `cargo bench --bench chaos` runs all scenarios on both databases. `-- --short` runs the short form that the tests use. Names
//! of scenarios (`server`, `backends`, `postgresql`, `full-disk`, `gone`) and of databases (`sqlite`, `postgres`) select some
//! of them. The exit code is 1 when a write was lost or done twice, or when the books are inconsistent.

#![expect(unreachable_pub, clippy::unwrap_used, clippy::expect_used, reason = "this is a test")]
#![expect(dead_code, unused_imports, reason = "the harness is that of the tests")]

#[path = "../tests/it/chaos/mod.rs"]
mod chaos;
#[path = "../tests/it/harness/mod.rs"]
mod harness;

use std::{env, process::ExitCode};

use self::{
    chaos::{Form, Report, SHORT, Scenario, run},
    harness::{Database, postgres},
};

/// The long form: enough repetitions to be convincing.
const LONG: Form = Form { kills: 20, fills: 5, gone: 50_000, clients: 32, users: 8, between: 200 };
const SCENARIOS: [Scenario; 6] =
    [Scenario::Server, Scenario::Servers, Scenario::Backends, Scenario::Postgresql, Scenario::FullDisk, Scenario::Gone];

#[tokio::main]
async fn main() -> ExitCode {
    let (mut scenarios, mut databases) = (Vec::new(), Vec::new());
    // `cargo test --benches` does not pass `--bench`, and runs the short form.
    let mut form = if env::args().any(|argument| argument == "--bench") { LONG } else { SHORT };
    for argument in env::args().skip(1) {
        let scenario = SCENARIOS.into_iter().find(|scenario| scenario.name() == argument);
        match (argument.as_str(), scenario) {
            (_, Some(scenario)) => scenarios.push(scenario),
            ("sqlite", _) => databases.push(Database::Sqlite),
            ("postgres", _) => databases.push(Database::Postgres),
            ("--short", _) => form = SHORT,
            ("--bench", _) => {}
            _ => {
                let names = SCENARIOS.map(Scenario::name).join(", ");
                eprintln!("chaos: {argument} is none of --short, sqlite, postgres, {names}");
                return ExitCode::from(2);
            }
        }
    }
    if scenarios.is_empty() {
        scenarios = SCENARIOS.to_vec();
    }
    if databases.is_empty() {
        databases = vec![Database::Sqlite, Database::Postgres];
    }
    if databases.contains(&Database::Postgres) && !postgres::is_installed() {
        eprintln!("chaos: PostgreSQL is not installed, so nothing is tried on it");
        databases.retain(|database| *database == Database::Sqlite);
    }
    println!("{}", Report::HEAD);
    let mut is_clean = true;
    for scenario in scenarios {
        for database in databases.iter().filter(|database| scenario.is_on(**database)) {
            let report = run(scenario, *database, form).await;
            println!("{report}");
            is_clean &= report.is_clean();
        }
    }
    if is_clean { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
