//! Measures Daybook over HTTP against hand-written SQL, in one run, in turns: `cargo run --release -p bench`.
//!
//! A round measures each thing once, one after the other, so that a machine that becomes slower is slower for all of them. What is
//! printed are the medians of all rounds and how far apart they are.

#![expect(clippy::expect_used, reason = "a measurement that cannot be made ends the program")]

mod http;
mod load;
#[path = "../../tests/it/harness/postgres/own_server.rs"]
#[expect(dead_code, unreachable_pub, clippy::unwrap_used, clippy::expect_used, reason = "it belongs to the tests")]
mod own_server;
mod pgbench;
mod program;
mod sqlite;
mod users;

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use clap::Parser;

use self::{
    load::{Measured, Requests, drive},
    own_server::OwnPostgres,
    pgbench::{Baseline, Kind},
    program::Program,
    users::{SUCCEEDED, User},
};

/// Measures Daybook over HTTP against hand-written SQL.
#[derive(Parser)]
struct Options {
    /// How many times each thing is measured
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// How long each measurement takes, in seconds
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Only this database
    #[arg(long)]
    database: Option<String>,
    /// A program that is built already
    #[arg(long)]
    program: Option<PathBuf>,
    /// Only what has this in its name
    #[arg(long, default_value = "")]
    only: String,
}

const USERS: usize = 128;
const WALLETS: usize = 8;

/// What was measured under a name, in each round.
#[derive(Default)]
struct Results(BTreeMap<String, Vec<Measured>>);

#[tokio::main]
async fn main() {
    let options = Options::parse();
    let program = options.program.clone().unwrap_or_else(program::build);
    if options.database.as_deref() != Some("sqlite") {
        postgres(&options, &program).await;
    }
    if options.database.as_deref() != Some("postgres") {
        sqlite(&options, &program).await;
    }
}

async fn postgres(options: &Options, program: &PathBuf) {
    let server = OwnPostgres::start(&[]);
    let socket = server.url("x").split_once("host=").map(|(_, dir)| dir.to_owned()).unwrap_or_default();
    let baseline = Baseline { socket, accounts: USERS * WALLETS };
    baseline.set_up();
    let url = server.url("postgres");
    let daybook = Program::start(program, &url, &[]);
    let plain = Program::start(program, &url, &["--writer", "off"]);
    let users = users::register(daybook.address, USERS, WALLETS).await;
    let mut results = Results::default();
    for round in 0..options.rounds {
        eprintln!("round {round}");
        for (name, kind, clients) in [
            ("pgbench: statements", Kind::Statements, 16),
            ("pgbench: function", Kind::Function, 16),
            ("pgbench: hot", Kind::Hot, 16),
        ] {
            if name.contains(&options.only) {
                results.add(name, Measured { rate: baseline.run(kind, clients, options.seconds), times: Vec::new() });
            }
        }
        measure(options, &users, &daybook, &plain, &mut results).await;
    }
    results.print("PostgreSQL", &daybook);
}

async fn sqlite(options: &Options, program: &PathBuf) {
    let dir = tempfile::tempdir().expect("a directory");
    let accounts = u32::try_from(USERS * WALLETS).unwrap_or(u32::MAX);
    let mut baseline = sqlite::set_up(&dir.path().join("baseline.db"), accounts);
    let url = format!("sqlite:{}", dir.path().join("books.db").display());
    let daybook = Program::start(program, &url, &[]);
    let plain = Program::start(program, &url, &["--writer", "off"]);
    let users = users::register(daybook.address, USERS, WALLETS).await;
    let mut results = Results::default();
    for round in 0..options.rounds {
        eprintln!("round {round}");
        if "rusqlite".contains(&options.only) {
            let rate = sqlite::run(&mut baseline, accounts, Duration::from_secs(options.seconds));
            results.add("rusqlite", Measured { rate, times: Vec::new() });
        }
        measure(options, &users, &daybook, &plain, &mut results).await;
    }
    results.print("SQLite", &daybook);
}

/// Measures everything once over HTTP.
async fn measure(options: &Options, users: &[User], daybook: &Program, plain: &Program, results: &mut Results) {
    let time = Duration::from_secs(options.seconds);
    let transfers = |clients| users::of_clients(users, clients, |user, client| users::transfers(users, user, client));
    let hot = users::of_clients(users, 64, |user, _| users::hot_transfers(users, user));
    let histories = users::of_clients(users, 64, |user, _| users::histories(user));
    let nothing = users::of_clients(users, 64, |user, _| users::nothing(user));
    let things: [(&str, &Program, Vec<Requests>, &'static [u8]); 9] = [
        ("transfers, 1 client", daybook, transfers(1), SUCCEEDED),
        ("transfers, 64 clients", daybook, transfers(64), SUCCEEDED),
        ("transfers, 256 clients", daybook, transfers(256), SUCCEEDED),
        ("transfers, 1 client, plain", plain, transfers(1), SUCCEEDED),
        ("transfers, 64 clients, plain", plain, transfers(64), SUCCEEDED),
        ("hot transfers, 64 clients", daybook, hot.clone(), SUCCEEDED),
        ("hot transfers, 64 clients, plain", plain, hot, SUCCEEDED),
        ("history pages, 64 clients", daybook, histories, b"\"edges\":[{"),
        ("__typename, 64 clients", daybook, nothing, b"Query"),
    ];
    for (name, program, clients, expected) in things {
        if name.contains(&options.only) {
            let cpu = program.cpu();
            let measured = drive(program.address, &clients, time, expected).await;
            let each = (program.cpu() - cpu) * 1e6 / (measured.rate * time.as_secs_f64());
            eprintln!("  {name}: {:.0}/s, {each:.0} us of processor time each", measured.rate);
            results.add(name, measured);
        }
    }
}

impl Results {
    fn add(&mut self, name: &str, measured: Measured) {
        self.0.entry(name.to_owned()).or_default().push(measured);
    }

    fn print(&self, database: &str, program: &Program) {
        println!("{database}, {} MB at the end", program.memory());
        println!("{:36} {:>9} {:>17} {:>8} {:>8} {:>8}", "", "a second", "from to", "p50 ms", "p99 ms", "p99.9 ms");
        for (name, rounds) in &self.0 {
            let mut rounds: Vec<_> = rounds.iter().collect();
            rounds.sort_by(|a, b| a.rate.total_cmp(&b.rate));
            let (Some(least), Some(median), Some(most)) = (rounds.first(), rounds.get(rounds.len() / 2), rounds.last())
            else {
                continue;
            };
            let [p50, p99, p999] = [0.5, 0.99, 0.999].map(|part| median.quantile(part));
            let range = format!("{:.0} {:.0}", least.rate, most.rate);
            println!("{name:36} {:>9.0} {range:>17} {p50:>8.2} {p99:>8.2} {p999:>8.2}", median.rate);
        }
    }
}
