//! Measures Daybook over HTTP against hand-written SQL, in one run, in turns: `cargo run --release -p bench`.
//!
//! A round measures each thing once, one after the other, so that a machine that becomes slower is slower for all of them. What is
//! printed are the medians of all rounds and how far apart they are.
//!
//! | module | owns |
//! |---|---|
//! | `options` | what is measured, and how long |
//! | `program` | the server, started as a user starts it |
//! | `users`, `books`, `customers` | who asks for what, and the rows that are there |
//! | `http`, `load` | the clients |
//! | `measure` | one round over HTTP |
//! | `measure::live` | transfers beside subscribers that wait |
//! | `pgbench`, `sqlite` | the same work as hand-written SQL |
//! | `statements` | how many statements an operation needs |
//! | `results`, `reach`, `report`, `machine` | the figures, and what they should be |

#![expect(clippy::expect_used, reason = "a measurement that cannot be made ends the program")]

mod books;
mod customers;
mod http;
mod load;
mod machine;
mod measure;
mod options;
#[path = "../../tests/it/harness/postgres/own_server.rs"]
#[expect(dead_code, unreachable_pub, clippy::unwrap_used, clippy::expect_used, reason = "it belongs to the tests")]
mod own_server;
mod pgbench;
mod program;
mod reach;
mod report;
mod results;
mod sqlite;
mod statements;
mod users;

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use self::{
    books::Books,
    customers::Customers,
    load::Measured,
    measure::{Servers, live::Subscribers},
    options::Options,
    own_server::OwnPostgres,
    pgbench::{Baseline, Kind},
    program::Program,
    results::Results,
    users::User,
};

const WALLETS: usize = 8;
/// The name of a figure.
const BYTES: &str = "bytes on disk per transfer";

#[tokio::main]
async fn main() {
    let options = Options::read();
    let program = options.program.clone().unwrap_or_else(program::build);
    let mut all = Vec::new();
    if options.wants_database("postgres") {
        all.push(postgres(&options, &program).await);
    }
    if options.wants_database("sqlite") {
        all.push(sqlite(&options, &program).await);
    }
    let tables: String = all.iter().map(|results| report::tables(results, &options.rows)).collect();
    println!("{tables}");
    if let Some(file) = &options.write {
        write(file, &tables, &options, &all);
    }
    println!("bench: every answer was as expected, and the books are whole");
}

fn write(file: &Path, tables: &str, options: &Options, all: &[Results]) {
    let (chart, name) = (file.with_extension("svg"), file.with_extension("svg"));
    let name = name.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let machine = format!("- {}\n", machine::describe().join("\n- "));
    let text = format!(
        "# What Daybook does in a second\n\n\
         Made by `cargo run --release -p bench -- --write bench/RESULTS.md --rounds {} --seconds {} --rows {}`, in turns, with the \
         server, the database and the clients on one machine. The numbers of a machine mean little; the ratios are what counts.\n\n\
         {machine}\n![chart]({name})\n\n{tables}",
        options.rounds,
        options.seconds,
        options.rows.iter().map(u32::to_string).collect::<Vec<_>>().join(","),
    );
    fs::write(file, text).and_then(|()| fs::write(chart, report::chart(all))).expect("the results can be written");
}

async fn postgres(options: &Options, program: &PathBuf) -> Results {
    let settings: Vec<_> = options.postgres.iter().map(String::as_str).collect();
    let server = OwnPostgres::start(&settings);
    let socket = server.url("x").split_once("host=").map(|(_, dir)| dir.to_owned()).unwrap_or_default();
    let baseline = Baseline { socket, accounts: options.users() * WALLETS };
    baseline.set_up();
    let url = server.url("postgres");
    let mut results = Results::new("PostgreSQL");
    let before = |results: &mut Results| {
        let statements = reach::PGBENCH.map(|(name, clients)| (name, Kind::Statements, clients));
        let others = [
            ("pgbench, function, 16 clients", Kind::Function, 16),
            ("pgbench, one account, 64 clients", Kind::Hot, 64),
        ];
        for (name, kind, clients) in statements.into_iter().chain(others) {
            if options.wants(name) {
                results.add(name, Measured::rate(baseline.run(kind, clients, options.seconds)));
            }
        }
    };
    let size = || baseline.size("postgres");
    for name in ["earlier", "beside"] {
        baseline.psql("postgres", &format!("CREATE DATABASE {name}"));
    }
    run(options, program, [&url, &server.url("earlier"), &server.url("beside")], &mut results, before, size).await;
    statements::note(options, program, &mut results).await;
    results
}

async fn sqlite(options: &Options, program: &PathBuf) -> Results {
    let dir = tempfile::tempdir().expect("a directory");
    let accounts = u32::try_from(options.users() * WALLETS).unwrap_or(u32::MAX);
    let mut baseline = sqlite::set_up(&dir.path().join("baseline.db"), accounts);
    let file = dir.path().join("books.db");
    let mut results = Results::new("SQLite");
    let before = |results: &mut Results| {
        if options.wants("rusqlite") {
            let rate = sqlite::run(&mut baseline, accounts, Duration::from_secs(options.seconds));
            results.add("rusqlite", Measured::rate(rate));
        }
    };
    let size = || sqlite::size(&file);
    let urls = ["books", "earlier", "beside"]
        .map(|name| format!("sqlite:{}", dir.path().join(name).with_extension("db").display()));
    run(options, program, urls.each_ref().map(String::as_str), &mut results, before, size).await;
    results
}

/// All rounds on one database, and what is known of it afterwards.
async fn run(
    options: &Options,
    program: &PathBuf,
    [url, of_earlier, beside]: [&str; 3],
    results: &mut Results,
    mut before: impl FnMut(&mut Results),
    size: impl Fn() -> u64,
) {
    let daybook = Program::start(program, url, &[]);
    let plain = Program::start(program, url, &["--writer", "off"]);
    let servers = Servers { daybook, plain };
    let names: Vec<_> = (0..options.users()).map(|number| format!("user{number}")).collect();
    let users = users::register(servers.daybook.address, &names, WALLETS).await;
    let mut compared = Vec::new();
    if let Some(earlier) = &options.earlier {
        for (name, path, url) in [(reach::EARLIER, earlier, of_earlier), (reach::BESIDE_EARLIER, program, beside)] {
            let program = Program::start(path, url, &[]);
            let users = users::register(program.address, &names, WALLETS).await;
            compared.push((name, program, users));
        }
    }
    let subscribers = Subscribers::register(options, servers.daybook.address).await;
    if !options.quick && options.wants(BYTES) {
        results.note(BYTES, bytes_per_transfer(&servers.daybook, &users, size).await);
    }
    let filled = Instant::now();
    let books = Books::fill(&servers.daybook, &users, &options.rows).await;
    let customers = Customers::fill(&servers.daybook, &users, options.quick).await;
    eprintln!("filled in {:.0} s", filled.elapsed().as_secs_f64());
    for round in 0..options.rounds {
        eprintln!("{}, round {round}", results.database);
        before(results);
        for (name, program, users) in &compared {
            measure::transfers(options, name, program, users, results).await;
        }
        // Neither of them is always first.
        compared.reverse();
        measure::round(options, &servers, &users, &books, results).await;
        subscribers.round(options, &servers.daybook, &users, results).await;
        customers.round(options, &servers.daybook, results).await;
    }
    results.note("resident memory, MB", servers.daybook.memory().to_string());
    let began = Instant::now();
    let verified = servers.daybook.run(&["verify"], None);
    let verified = verified.lines().last().unwrap_or_default().to_owned();
    results.note(&format!("`daybook verify` beside it: {verified}"), format!("{:.1} s", began.elapsed().as_secs_f64()));
}

/// How many bytes a database grows by for each transfer, its indexes and the activity log included.
async fn bytes_per_transfer(program: &Program, users: &[User], size: impl Fn() -> u64) -> String {
    const TRANSFERS: u32 = 50_000;
    let clients = users::of_clients(users, 256, |user, client| users::transfers(users, user, client));
    // The first ones fill pages that are there already.
    load::count(program.address, &clients, TRANSFERS, users::SUCCEEDED).await;
    let before = size();
    load::count(program.address, &clients, TRANSFERS, users::SUCCEEDED).await;
    ((size() - before) / u64::from(TRANSFERS)).to_string()
}
