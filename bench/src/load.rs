//! Drives a server with many clients at once, each of which sends its next request when the last one is answered.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::task::JoinSet;

use super::http::{Connection, find};

/// The requests of one client, which are sent over and over.
pub type Requests = Arc<Vec<Vec<u8>>>;

/// What was measured.
#[derive(Clone, Debug, Default)]
pub struct Measured {
    /// Answers in a second.
    pub rate: f64,
    /// How long they took, in microseconds, in order.
    pub times: Vec<u32>,
}

impl Measured {
    /// The time that this part of the answers did not exceed, in milliseconds.
    pub fn quantile(&self, part: f64) -> f64 {
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

/// Sends the requests of all clients for a while. Each answer must contain `expected`.
pub async fn drive(address: SocketAddr, clients: &[Requests], time: Duration, expected: &'static [u8]) -> Measured {
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
                let (status, body) = connection.send(request).await.expect("the server answers");
                times.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
                let text = || String::from_utf8_lossy(body).into_owned();
                assert!(find(body, expected).is_some(), "{status} {}", text());
            }
            times
        });
    }
    let mut times = running.join_all().await.concat();
    let took = began.elapsed().as_secs_f64();
    times.sort_unstable();
    #[expect(clippy::cast_precision_loss, reason = "a count")]
    let rate = times.len() as f64 / took;
    Measured { rate, times }
}
