//! Measures how long a transfer takes while fifty users log in at once.
//!
//! `cargo bench --bench login_burst` prints the times for each available database. It does not judge them, because other load
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

use harness::{
    Database::{self, Postgres, Sqlite},
    PASSWORD, SECRET, Server, User, errors, fresh, login, postgres, program,
};

const ROUNDS: usize = 8;
const IDLE: Duration = Duration::from_secs(2);

#[tokio::main]
async fn main() {
    for on in [Sqlite, Postgres].into_iter().filter(|on| *on == Sqlite || postgres::is_there()) {
        transfers_during_logins(on).await;
    }
}

/// Measures transfers by one user, first without logins and then during the logins of fifty users.
async fn transfers_during_logins(on: Database) {
    let (url, _storage) = fresh(on).await;
    let flags = ["--database-url", &url, "--jwt-secret", SECRET, "--migrate", "always"];
    let server = Server::start_with(program().args(flags));
    let (amina, badr) =
        (User::register(&server.client(), "amina").await, User::register(&server.client(), "badr").await);
    amina.fund("1000000").await;
    for number in 0..50 {
        User::register(&server.client(), &format!("user{number}")).await;
    }
    let transfer = async |times: &mut Vec<Duration>| {
        let started = Instant::now();
        let paid = amina.pay(&badr, "1").await;
        times.push(started.elapsed());
        assert_eq!(errors(&paid), [""; 0]);
    };
    let (mut warm_up, mut idle, mut busy) = (Vec::new(), Vec::new(), Vec::new());
    while warm_up.len() < 200 {
        transfer(&mut warm_up).await;
    }
    for _ in 0..ROUNDS {
        let started = Instant::now();
        while started.elapsed() < IDLE {
            transfer(&mut idle).await;
        }
        let logins = (0..50).map(|number| {
            let client = server.client();
            tokio::spawn(async move { errors(&login(&client, &format!("user{number}"), PASSWORD).await) })
        });
        let logins: Vec<_> = logins.collect();
        while !logins.iter().all(tokio::task::JoinHandle::is_finished) {
            transfer(&mut busy).await;
        }
        for login in logins {
            assert_eq!(login.await.unwrap(), [""; 0]);
        }
    }
    let [idle, busy] = [idle, busy].map(|mut times| {
        times.sort();
        let percentile = |percent: usize| times[times.len() * percent / 100];
        (times.len(), percentile(50), percentile(99))
    });
    let ratio = busy.2.as_secs_f64() / idle.2.as_secs_f64();
    println!("{on:?}: idle {} transfers, p50 {:?}, p99 {:?}", idle.0, idle.1, idle.2);
    println!(
        "{on:?}: busy {} transfers, p50 {:?}, p99 {:?}: p99 is {ratio:.2} times the idle one",
        busy.0, busy.1, busy.2
    );
}
