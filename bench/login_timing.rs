//! Measures how long a refused login takes, for an existing user and for one who does not exist. If the times differed, they
//! would reveal which users exist.
//!
//! `cargo bench --bench login_timing` prints the times for each available database. It does not judge them, because other load
//! on the machine changes them.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    unreachable_pub,
    reason = "this is a measurement, with the harness of the tests"
)]

#[path = "../tests/it/harness/mod.rs"]
#[expect(dead_code, unused_imports, reason = "most of it is for the tests")]
mod harness;

use std::time::{Duration, Instant};

use daybook::{
    app::{App, Limits},
    client,
    credentials::Passwords,
    identity, server,
};

use harness::{
    ALL_PAGES, Client,
    Database::{self, Postgres, Sqlite},
    TestApp, User, postgres,
};

const TRIES: usize = 200;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    for on in [Sqlite, Postgres].into_iter().filter(|on| *on == Sqlite || postgres::is_there()) {
        for free in [0, 1] {
            names(on, free).await;
        }
        hashes_of_earlier_settings(on).await;
    }
}

/// Measures logins of an existing and an unknown user. After `free` failures the throttle makes them wait; 0 means no limit.
async fn names(on: Database, free: u32) {
    let limits = |limits: &mut Limits| {
        (limits.login_failures_per_identifier, limits.login_failures_per_address) = (free, 0);
    };
    let app = TestApp::with(on, |app| limits(&mut app.limits)).await;
    app.user("amina").await;
    let client = client::Client::new(Some("203.0.113.7".parse().unwrap()), None);
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..TRIES {
        for (times, name) in times.iter_mut().zip(["amina", "nobody"]) {
            let started = Instant::now();
            let refused = identity::login(&app.app, &client, name.to_owned(), "wrong password".to_owned()).await;
            times.push(started.elapsed());
            assert!(refused.is_err());
        }
    }
    let [known, unknown] = times.map(median);
    let percent = (unknown.as_secs_f64() / known.as_secs_f64() - 1.0) * 100.0;
    let what = if free == 0 { "passwords checked" } else { "mostly throttled" };
    println!("{on:?}, {what}: medians of {TRIES}: known {known:?}, unknown {unknown:?}: {percent:+.1} %");
}

/// Measures logins of a user with a hash of an earlier cost, of a user with a hash of the current cost, and of an unknown user.
async fn hashes_of_earlier_settings(on: Database) {
    let limits = |app: &mut App| {
        (app.limits.login_failures_per_identifier, app.limits.login_failures_per_address) = (0, 0);
    };
    let app = TestApp::with(on, limits).await;
    app.user("amina").await;
    let mut later = app.app.clone();
    let cost = "m=32768,t=3,p=1".parse().unwrap();
    later.passwords = Passwords::of_users(cost, app.app.db.read()).await.unwrap();
    User::register(&Client::to_router(server::router(later.clone(), ALL_PAGES)), "badr").await;
    let client = client::Client::new(Some("203.0.113.7".parse().unwrap()), None);
    let mut times = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..TRIES {
        for (times, name) in times.iter_mut().zip(["amina", "badr", "nobody"]) {
            let started = Instant::now();
            assert!(identity::login(&later, &client, name.to_owned(), "wrong password".to_owned()).await.is_err());
            times.push(started.elapsed());
        }
    }
    let [earlier, current, unknown] = times.map(median);
    println!(
        "{on:?}, medians of {TRIES}: of an earlier setting {earlier:?}, of the current one {current:?}, unknown {unknown:?}"
    );
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
