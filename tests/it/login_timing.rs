//! How long a refused login takes, for a name that somebody has and for one that nobody has. Prints figures; to be run by hand:
//! `cargo test --release --test it -- --ignored --nocapture login_timing`.

use std::time::{Duration, Instant};

use daybook::{
    app::Limits,
    identity::{self, Client},
};
use rstest::rstest;

use crate::harness::{
    Database::{self, Postgres, Sqlite},
    TestApp,
};

const TRIES: usize = 200;

#[rstest]
#[tokio::test]
#[ignore = "it measures time, which a busy machine bends"]
async fn a_login_takes_as_long_for_a_name_that_nobody_has(
    #[values(Sqlite, Postgres)] on: Database,
    #[values(0, 1)] free: u32,
) {
    let limits = |limits: &mut Limits| {
        (limits.login_failures_per_identifier, limits.login_failures_per_address) = (free, 0);
    };
    let Some(app) = TestApp::with(on, |app| limits(&mut app.limits)).await else { return };
    app.user("amina").await;
    let client = Client::new(Some("203.0.113.7".parse().unwrap()), None);
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
    let what = if free == 0 { "looked at" } else { "mostly made to wait" };
    println!("{on:?}, {what}: medians of {TRIES}: known {known:?}, unknown {unknown:?}: {percent:+.1} %");
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
