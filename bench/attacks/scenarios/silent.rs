//! Connections that say nothing, or not enough.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpSocket,
    task::JoinSet,
    time::timeout,
};

use crate::attacks::{
    attack::{Attack, Tally},
    canary::Probe,
    stage::Stage,
    wire::{Wire, stranger},
};

/// How many connections come from one address.
const PER_ADDRESS: usize = 50;
/// When the last of them must be closed: the longest limit, for idle connections, is 60 s.
const LATEST: Duration = Duration::from_secs(75);
const HALF_HEADER: &str = "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Ty";
const HALF_BODY: &str = "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
                         Content-Length: 1000\r\n\r\n{\"query\":";
const WHOLE: &str = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
const EVERY_KIND: [(&str, &str); 4] =
    [("nothing", ""), ("half headers", HALF_HEADER), ("half bodies", HALF_BODY), ("idle", WHOLE)];

pub fn many(stage: &Stage) -> Attack {
    let health = Wire::of_canary(stage.url(), false);
    let health = Probe::new("live", Duration::from_millis(200), move || {
        let health = health.clone();
        async move { health.get("/health/live").await.map(drop) }
    });
    attack(stage, 1100, &EVERY_KIND).with_new_connections().with_probe(health)
}

pub fn half_open(stage: &Stage) -> Attack {
    attack(stage, 500, &EVERY_KIND[1..3])
}

fn attack(stage: &Stage, count: usize, kinds: &'static [(&str, &str)]) -> Attack {
    let tally = Tally::default();
    let address = stage.url().trim_start_matches("http://").parse().unwrap();
    let of_run = tally.clone();
    Attack::new(&tally, async move {
        let mut connections = JoinSet::new();
        for number in 0..count {
            let (kind, text) = kinds[number % kinds.len()];
            connections.spawn(async move { (kind, connection(address, number / PER_ADDRESS, text).await) });
        }
        let mut closed = BTreeMap::<_, Vec<f64>>::new();
        for (kind, time) in connections.join_all().await {
            match time {
                Some(time) => closed.entry(kind).or_default().push(time.as_secs_f64()),
                None => of_run.add(format!("{kind}: still open after {} s", LATEST.as_secs())),
            }
        }
        if closed.values().map(Vec::len).sum::<usize>() < count {
            of_run.reached("connections stay open".to_owned());
        }
        for (kind, mut times) in closed {
            times.sort_by(f64::total_cmp);
            let (first, last) = (times[0], times[times.len() - 1]);
            of_run.note(format!("{kind}: {} were closed, after {first:.1} to {last:.1} s", times.len()));
        }
    })
}

/// Opens a connection, says something, and waits until it is closed. `None`: it is not.
async fn connection(address: SocketAddr, stranger_number: usize, text: &str) -> Option<Duration> {
    let began = Instant::now();
    let held = async {
        let socket = TcpSocket::new_v4()?;
        socket.bind((stranger(stranger_number), 0).into())?;
        let mut stream = socket.connect(address).await?;
        stream.write_all(text.as_bytes()).await?;
        let mut read = [0; 1024];
        while stream.read(&mut read).await? > 0 {}
        Ok::<_, std::io::Error>(())
    };
    // An error is a connection that was refused or broken off.
    timeout(LATEST, held).await.ok().map(|_| began.elapsed())
}
