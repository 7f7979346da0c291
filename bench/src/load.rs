//! Drives a server with many clients at once, each of which sends its next request when the last one is answered.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::task::JoinSet;

use super::http::{Connection, find};

/// The requests of one client, which are sent over and over.
pub(crate) type Requests = Arc<Vec<Vec<u8>>>;

/// What was measured.
#[derive(Clone, Debug, Default)]
pub(crate) struct Measured {
    /// Answers in a second.
    pub rate: f64,
    /// How long they took, in microseconds, in order.
    pub times: Vec<u32>,
    /// The processor time that each took the server, in microseconds.
    pub cpu: f64,
}

impl Measured {
    /// The time that this part of the answers did not exceed, in milliseconds.
    pub(crate) fn quantile(&self, part: f64) -> f64 {
        let last = self.times.len().saturating_sub(1);
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rank"
        )]
        let rank = (last as f64 * part) as usize;
        self.times.get(rank).map_or(0.0, |time| f64::from(*time) / 1000.0)
    }
}

/// Sends requests of all clients until there were so many answers. Each must contain `expected`.
pub(crate) async fn count(address: SocketAddr, clients: &[Requests], most: u32, expected: &'static [u8]) {
    let left = Arc::new(AtomicU32::new(most));
    let mut running = JoinSet::new();
    for requests in clients {
        let (requests, left) = (requests.clone(), left.clone());
        running.spawn(async move {
            let mut connection = Connection::open(address).await.expect("the server takes connections");
            for request in requests.iter().cycle() {
                if left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_err() {
                    break;
                }
                check(connection.send(request).await, expected);
            }
        });
    }
    running.join_all().await;
}

fn check(answer: io::Result<(u16, &[u8])>, expected: &[u8]) {
    let (status, body) = answer.expect("the server answers");
    assert!(find(body, expected).is_some(), "{status} {}", String::from_utf8_lossy(body));
}

/// Sends each request once, one after the other. Each answer must contain `expected`.
pub(crate) async fn once(address: SocketAddr, requests: &Requests, expected: &'static [u8]) -> Measured {
    let mut connection = Connection::open(address).await.expect("the server takes connections");
    let mut times = Vec::with_capacity(requests.len());
    for request in requests.iter() {
        let sent = Instant::now();
        let answer = connection.send(request).await;
        times.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
        check(answer, expected);
    }
    Measured::of(times)
}

/// Sends the requests of all clients for a while. Each answer must contain `expected`.
pub(crate) async fn drive(
    address: SocketAddr,
    clients: &[Requests],
    time: Duration,
    expected: &'static [u8],
) -> Measured {
    let mut running = JoinSet::new();
    let began = Instant::now();
    for requests in clients {
        let requests = requests.clone();
        running.spawn(async move {
            let mut connection = Connection::open(address).await.expect("the server takes connections");
            let mut times = Vec::new();
            for request in requests.iter().cycle() {
                if began.elapsed() > time {
                    break;
                }
                let sent = Instant::now();
                let answer = connection.send(request).await;
                times.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
                check(answer, expected);
            }
            times
        });
    }
    let mut times = running.join_all().await.concat();
    let took = began.elapsed().as_secs_f64();
    times.sort_unstable();
    #[expect(clippy::cast_precision_loss, reason = "a count")]
    let rate = times.len() as f64 / took;
    Measured { rate, times, cpu: 0.0 }
}
