//! How many statements an operation needs on PostgreSQL, as the database itself counts them.

use std::path::PathBuf;

use super::{
    books::Books,
    load::{Requests, count},
    options::Options,
    own_server::OwnPostgres,
    pgbench::Baseline,
    program::Program,
    results::Results,
    users::{self, SUCCEEDED},
};

/// How many requests are counted.
const REQUESTS: u32 = 640;

/// Counts on a server of its own, since counting makes PostgreSQL slower.
pub(crate) async fn note(options: &Options, program: &PathBuf, results: &mut Results) {
    let server = OwnPostgres::start(&["shared_preload_libraries=pg_stat_statements"]);
    let socket = server.url("x").split_once("host=").map(|(_, dir)| dir.to_owned()).unwrap_or_default();
    let database = Baseline { socket, accounts: 0 };
    database.psql("postgres", "CREATE EXTENSION pg_stat_statements");
    let daybook = Program::start(program, &server.url("postgres"), &[]);
    let names: Vec<_> = (0..options.users()).map(|number| format!("user{number}")).collect();
    let users = users::register(daybook.address, &names, 8).await;
    let books = Books::fill(&daybook, &users, &[100]).await;
    let Some(size) = books.sizes.first() else { return };
    let transfers = |clients| users::of_clients(&users, clients, |user, client| users::transfers(&users, user, client));
    let one = |requests: Vec<Vec<u8>>| -> Vec<Requests> { vec![requests.into()] };
    for (what, clients, expected) in [
        ("a transfer, 1 client", transfers(1), SUCCEEDED),
        ("a transfer, 64 clients", transfers(64), SUCCEEDED),
        ("a history page", one(books.page(size)), &b"edges"[..]),
        ("a customer summary", one(books.summary(size)), b"entryCount"),
        ("a monthly report", one(books.report(size)), b"netSavings"),
        ("{ __typename }", one(users::nothing(&users[0])), b"Query"),
    ] {
        // What is done for the first time is not counted.
        count(daybook.address, &clients, REQUESTS, expected).await;
        database.psql("postgres", "SELECT pg_stat_statements_reset()");
        count(daybook.address, &clients, REQUESTS, expected).await;
        let statements = database.psql(
            "postgres",
            "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements WHERE query NOT LIKE '%pg_stat_statements%'",
        );
        let statements: f64 = statements.trim().parse().expect("a number");
        results.note(
            &format!("statements of {what}, its session included"),
            format!("{:.2}", statements / f64::from(REQUESTS)),
        );
    }
}
