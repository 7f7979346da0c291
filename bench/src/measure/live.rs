//! Subscribers that wait for changes: what they cost in memory, and in the way of transfers.

use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest, http::HeaderValue},
};

use super::transfers;
use crate::{
    options::Options,
    program::Program,
    results::Results,
    users::{self, User},
};

/// What is measured.
pub(crate) const BESIDE: &str = "transfers, 64 clients, beside subscribers";

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// How many users wait.
const USERS: usize = 100;
/// How many subscribers each of them is.
const OF_ONE: usize = 10;

/// Users whose books nobody changes, and who follow them.
pub(crate) struct Subscribers(Vec<User>);

impl Subscribers {
    pub(crate) async fn register(options: &Options, address: SocketAddr) -> Self {
        let users = if options.quick { 5 } else { USERS };
        let names: Vec<_> = (0..users).map(|number| format!("subscriber{number}")).collect();
        Self(users::register(address, &names, 1).await)
    }

    /// Measures transfers while all subscribers wait, and what the server's memory has grown by.
    pub(crate) async fn round(&self, options: &Options, server: &Program, users: &[User], results: &mut Results) {
        if !options.wants(BESIDE) {
            return;
        }
        let before = server.memory();
        let mut sockets = Vec::with_capacity(self.0.len() * OF_ONE);
        for user in self.0.iter().flat_map(|user| [user; OF_ONE]) {
            sockets.push(follow(server.address, user).await);
        }
        let grown = server.memory().saturating_sub(before);
        transfers(options, BESIDE, server, users, results).await;
        let what = format!("resident memory of {} subscribers, MB, at most", sockets.len());
        eprintln!("  {what} {grown}");
        results.most(&what, grown);
    }
}

/// Begins to follow the changes of a user's book.
async fn follow(address: SocketAddr, user: &User) -> Socket {
    let mut request = format!("ws://{address}/graphql").into_client_request().expect("a URL");
    request.headers_mut().insert("Sec-WebSocket-Protocol", HeaderValue::from_static("graphql-transport-ws"));
    let (mut socket, _) = connect_async(request).await.expect("the server takes sockets");
    let token = format!("Bearer {}", user.token());
    send(&mut socket, &json!({ "type": "connection_init", "payload": { "Authorization": token } })).await;
    assert_eq!(next(&mut socket).await["type"], "connection_ack");
    let query = json!({ "query": "subscription { bookChanges { cursor } }" });
    send(&mut socket, &json!({ "type": "subscribe", "id": "1", "payload": query })).await;
    // Its answer comes after the subscription has begun.
    send(&mut socket, &json!({ "type": "subscribe", "id": "2", "payload": { "query": "{ __typename }" } })).await;
    assert_eq!(next(&mut socket).await["type"], "next");
    assert_eq!(next(&mut socket).await["type"], "complete");
    socket
}

async fn send(socket: &mut Socket, message: &Value) {
    socket.send(Message::text(message.to_string())).await.expect("the server reads");
}

async fn next(socket: &mut Socket) -> Value {
    let message = socket.next().await.expect("a message").expect("a message");
    serde_json::from_str(message.to_text().expect("text")).expect("JSON")
}
