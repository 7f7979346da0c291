//! Attacks a running server and measures what another user notices of it.
//!
//! `cargo bench --bench attacks` runs all scenarios on both databases. Each scenario has a server of its own. Beside the attack
//! a second user, the canary, reads and writes every 50 ms. Names of scenarios select some of them; `-- --list` prints the
//! names. `--database sqlite` or `--database postgres` selects a database, `--seconds N` says how long an attack lasts,
//! `--rows N` how much data an attacker has, and `--program PATH` measures another `daybook` binary with the same attacks.
//!
//! The exit code is 1 when the canary saw an error, when its p99 was over a second, when the server's memory was not back within
//! 50 MB a minute later, or when an attack reached its aim (such as the name behind a phone number).

#![expect(unreachable_pub, clippy::unwrap_used, clippy::expect_used, reason = "this is a measurement")]

#[path = "attacks/mod.rs"]
mod attacks;
#[path = "../tests/it/harness/mod.rs"]
#[expect(dead_code, unused_imports, reason = "most of it is for the tests")]
mod harness;

use std::{env, process::ExitCode};

use tokio::signal::unix::{SignalKind, signal};

use self::attacks::{Options, Report, run};

#[tokio::main]
async fn main() -> ExitCode {
    // `cargo test --benches` does not pass `--bench`. Nothing here is a test.
    if !env::args().any(|argument| argument == "--bench") {
        eprintln!("attacks: run me with `cargo bench --bench attacks`");
        return ExitCode::SUCCESS;
    }
    let options = match Options::parse(env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => return ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("attacks: {problem}");
            return ExitCode::from(2);
        }
    };
    // When this process is told to stop, the future of the attacks is dropped, and with it the server that it started.
    let mut terminated = signal(SignalKind::terminate()).unwrap();
    tokio::select! {
        code = attack(&options) => code,
        _ = tokio::signal::ctrl_c() => ExitCode::from(130),
        _ = terminated.recv() => ExitCode::from(143),
    }
}

async fn attack(options: &Options) -> ExitCode {
    let mut reports = Vec::new();
    for scenario in &options.scenarios {
        for database in &options.databases {
            let report = run(scenario, *database, options).await;
            println!("{report}\n");
            reports.push(report);
        }
    }
    println!("{}", Report::HEAD);
    for report in &reports {
        println!("{}", report.row());
    }
    if reports.iter().all(Report::is_good) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
