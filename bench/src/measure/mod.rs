//! What is measured over HTTP, once per round.

pub(crate) mod live;

use std::time::Duration;

use crate::{
    books::{Books, Size},
    load::{Measured, Requests, drive},
    options::Options,
    program::Program,
    results::Results,
    users::{self, SUCCEEDED, User},
};

/// Two servers on one database: one as users run it, and one that does each wallet operation in a transaction of its own.
pub(crate) struct Servers {
    pub(crate) daybook: Program,
    pub(crate) plain: Program,
}

/// Something that is measured: its name, whether it is the plain server that is asked, what the clients send, and a part of each
/// answer.
type Measurement = (String, bool, Vec<Requests>, &'static [u8]);

/// Measures everything once.
pub(crate) async fn round(options: &Options, servers: &Servers, users: &[User], books: &Books, results: &mut Results) {
    for (name, is_plain, clients, expected) in all(users, books) {
        let program = if is_plain { &servers.plain } else { &servers.daybook };
        one(options, &name, program, (&clients, expected), results).await;
    }
}

/// Measures transfers of 64 clients under another name.
pub(crate) async fn transfers(options: &Options, name: &str, program: &Program, users: &[User], results: &mut Results) {
    let clients = users::of_clients(users, 64, |user, client| users::transfers(users, user, client));
    one(options, name, program, (&clients, SUCCEEDED), results).await;
}

async fn one(
    options: &Options,
    name: &str,
    program: &Program,
    (clients, expected): (&[Requests], &'static [u8]),
    results: &mut Results,
) {
    if !options.wants(name) {
        return;
    }
    let before = program.cpu();
    let mut measured = drive(program.address, clients, Duration::from_secs(options.seconds), expected).await;
    let requests = measured.times.len();
    #[expect(clippy::cast_precision_loss, reason = "a count")]
    let each = (program.cpu() - before) * 1e6 / requests as f64;
    measured.cpu = each;
    eprintln!("  {name}: {:.0} a second, {each:.0} us of processor time each", measured.rate);
    results.add(name, measured);
}

fn all(users: &[User], books: &Books) -> Vec<Measurement> {
    let transfers = |clients| users::of_clients(users, clients, |user, client| users::transfers(users, user, client));
    let hot = || users::of_clients(users, 64, |user, _| users::hot_transfers(users, user));
    let alike = |requests: Vec<Vec<u8>>| -> Vec<Requests> { vec![requests.into(); 64] };
    let mut all: Vec<Measurement> = vec![
        ("transfers, 1 client".to_owned(), false, transfers(1), SUCCEEDED),
        ("transfers, 1 client, plain".to_owned(), true, transfers(1), SUCCEEDED),
        ("transfers, 64 clients".to_owned(), false, transfers(64), SUCCEEDED),
        ("transfers, 64 clients, plain".to_owned(), true, transfers(64), SUCCEEDED),
        ("transfers, 256 clients".to_owned(), false, transfers(256), SUCCEEDED),
        ("transfers to one wallet, 64 clients".to_owned(), false, hot(), SUCCEEDED),
        ("transfers to one wallet, 64 clients, plain".to_owned(), true, hot(), SUCCEEDED),
        (
            "{ __typename }, 64 clients".to_owned(),
            false,
            users::of_clients(users, 64, |user, _| users::nothing(user)),
            b"Query",
        ),
        (
            "{ __typename } with a wrong token, 64 clients".to_owned(),
            false,
            users::of_clients(users, 64, |user, _| users::wrong(user)),
            b"UNAUTHENTICATED",
        ),
    ];
    for size in &books.sizes {
        let rows = size.rows;
        all.push((format!("history page of {rows} rows, 64 clients"), false, alike(books.page(size)), b"\"edges\":[{"));
        all.push((format!("summary of {rows} entries, 64 clients"), false, alike(books.summary(size)), b"entryCount"));
        all.push((format!("report of {rows} rows, 64 clients"), false, alike(books.report(size)), b"netSavings"));
    }
    if let Some(size) = books.sizes.last() {
        let mixed = users::of_clients(users, 64, |user, client| mixed(users, books, size, user, client));
        all.push(("70 % reads, 64 clients".to_owned(), false, mixed, b"\"data\":{"));
    }
    all
}

/// Seven reads for three transfers.
fn mixed(users: &[User], books: &Books, size: &Size, user: &User, client: usize) -> Vec<Vec<u8>> {
    let mut transfers = users::transfers(users, user, client).into_iter();
    let mut requests = Vec::new();
    while let Some(first) = transfers.next() {
        requests.push(first);
        requests.extend((0..4).flat_map(|_| books.page(size)));
        requests.extend(transfers.next());
        requests.extend([books.summary(size), books.report(size)].concat());
        requests.extend(transfers.next());
        requests.extend(books.page(size));
    }
    requests
}

impl Measured {
    /// A rate that another program has measured.
    pub(crate) fn rate(rate: f64) -> Self {
        Self { rate, ..Self::default() }
    }
}
