//! Connections that do nothing are closed, and never keep others out.

use std::{sync::Arc, time::Duration};

use daybook::{app::ConnectionLimits, server};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    time::timeout,
};

use crate::harness::{ALL_PAGES, Database::Sqlite, TestApp};

/// How long the server may take for what it does at once, on a busy machine.
const SOON: Duration = Duration::from_mins(1);
/// A time limit that is reached at once, and one that is not reached.
const SHORT: Duration = Duration::from_millis(20);
const LONG: Duration = Duration::from_hours(1);

/// A server of its own in this process, for as long as this exists.
struct Served {
    address: String,
    _app: TestApp,
    _stop: oneshot::Sender<()>,
}

async fn serve(limits: ConnectionLimits) -> Served {
    let app = TestApp::on(Sqlite).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (stop, stopped) = oneshot::channel::<()>();
    let router = server::router(app.app.clone(), ALL_PAGES);
    let stopped = async move {
        let _ = stopped.await;
    };
    tokio::spawn(server::serve(listener, router, limits, Arc::default(), stopped));
    Served { address, _app: app, _stop: stop }
}

impl Served {
    async fn connect(&self, bytes: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        stream.write_all(bytes.as_bytes()).await.unwrap();
        stream
    }
}

/// Waits until the server has closed a connection. Says whether it did so without an answer.
async fn is_closed(mut stream: TcpStream) -> bool {
    let mut bytes = Vec::new();
    // The connection may be broken off instead of closed.
    let _ = timeout(SOON, stream.read_to_end(&mut bytes)).await.expect("the server closes the connection");
    !bytes.starts_with(b"HTTP/1.1")
}

const HEALTH: &str = "GET /health/live HTTP/1.1\r\nHost: shop\r\n\r\n";

/// The status line of the answer.
async fn answered(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"}") {
        let mut more = [0; 1024];
        let length = timeout(SOON, stream.read(&mut more)).await.unwrap().unwrap();
        assert!(length > 0, "closed after {:?}", String::from_utf8_lossy(&bytes));
        bytes.extend_from_slice(&more[..length]);
    }
    String::from_utf8(bytes).unwrap().lines().next().unwrap().to_owned()
}

#[apply(test)]
async fn who_connects_and_sends_no_whole_head_is_disconnected() {
    let served = serve(ConnectionLimits { head: SHORT, idle: LONG, ..ConnectionLimits::default() }).await;
    for part in ["", "G", "POST /graphql HTTP/1.1\r\nHost: sh", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
        assert!(is_closed(served.connect(part).await).await, "{part}");
    }
    // The second head of a connection has as long as the first.
    let mut used = served.connect(HEALTH).await;
    assert_eq!(answered(&mut used).await, "HTTP/1.1 200 OK");
    used.write_all(b"GET /health/live HT").await.unwrap();
    assert!(is_closed(used).await);
}

#[apply(test)]
async fn a_connection_may_be_idle_longer_than_a_head_may_take() {
    let served = serve(ConnectionLimits { head: SHORT, idle: LONG, ..ConnectionLimits::default() }).await;
    let mut used = served.connect(HEALTH).await;
    answered(&mut used).await;
    // Others run into the limit meanwhile.
    assert!(is_closed(served.connect("G").await).await);
    used.write_all(HEALTH.as_bytes()).await.unwrap();
    assert_eq!(answered(&mut used).await, "HTTP/1.1 200 OK");
    let served = serve(ConnectionLimits { head: LONG, idle: SHORT, ..ConnectionLimits::default() }).await;
    let mut used = served.connect(HEALTH).await;
    answered(&mut used).await;
    assert!(is_closed(used).await);
}

#[apply(test)]
async fn silent_connections_make_room_for_whoever_asks_something() {
    for limits in [
        ConnectionLimits { in_all: 8, head: LONG, idle: LONG, ..ConnectionLimits::default() },
        ConnectionLimits { per_address: 8, head: LONG, idle: LONG, ..ConnectionLimits::default() },
    ] {
        let served = serve(limits).await;
        let mut silent = Vec::new();
        for _ in 0..50 {
            silent.push(served.connect("GET /health/li").await);
        }
        let mut asking = served.connect(HEALTH).await;
        assert_eq!(answered(&mut asking).await, "HTTP/1.1 200 OK");
        let mut closed = 0;
        for stream in silent.drain(..43) {
            closed += usize::from(is_closed(stream).await);
        }
        assert_eq!(closed, 43);
    }
}

#[apply(test)]
async fn a_client_that_sends_all_of_a_body_before_it_reads_gets_the_answer() {
    let served = serve(ConnectionLimits::default()).await;
    let body = "x".repeat(900_000);
    let head = "POST /graphql HTTP/1.1\r\nHost: shop\r\nAccept: application/graphql-response+json\r\n";
    let request = format!("{head}Content-Type: text/plain\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let mut stream = served.connect(&request).await;
    assert_eq!(answered(&mut stream).await, "HTTP/1.1 415 Unsupported Media Type");
}
