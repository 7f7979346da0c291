//! A client over a WebSocket.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest, http::HeaderValue},
};

use super::served::{SOON, Served};
use crate::harness::{TestApp, User};

pub(super) const PROTOCOL: &str = "graphql-transport-ws";

/// A subscription to all changes of a book.
pub(super) const CHANGES: &str = "subscription($after: String) { bookChanges(after: $after) { cursor kind thingId } }";

pub(super) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    pub(super) async fn open(server: &Served, protocol: &'static str) -> Self {
        let mut request = format!("ws://{}/graphql", server.address).into_client_request().unwrap();
        request.headers_mut().insert("Sec-WebSocket-Protocol", HeaderValue::from_static(protocol));
        Self(connect_async(request).await.unwrap().0)
    }

    /// A conversation of a user that has begun.
    pub(super) async fn of(server: &Served, user: &User) -> Self {
        let mut socket = Self::open(server, PROTOCOL).await;
        let token = format!("Bearer {}", user.client.token.as_ref().unwrap());
        socket.send(json!({ "type": "connection_init", "payload": { "Authorization": token } })).await;
        assert_eq!(socket.next().await, json!({ "type": "connection_ack" }));
        socket
    }

    pub(super) async fn send(&mut self, message: Value) {
        self.send_message(Message::text(message.to_string())).await;
    }

    pub(super) async fn send_message(&mut self, message: Message) {
        self.0.send(message).await.unwrap();
    }

    pub(super) async fn subscribe(&mut self, id: &str, query: &str, variables: Value) {
        let payload = json!({ "query": query, "variables": variables });
        self.send(json!({ "type": "subscribe", "id": id, "payload": payload })).await;
    }

    /// Subscribes to all changes of the book after a position, and waits until the subscription has begun.
    pub(super) async fn follow(&mut self, app: &TestApp, user: &User, after: Value) {
        let after = if after.is_null() { version(app, user).await } else { after };
        self.subscribe("all", CHANGES, json!({ "after": after })).await;
    }

    /// The next message of the server.
    pub(super) async fn next(&mut self) -> Value {
        loop {
            match timeout(SOON, self.0.next()).await.expect("a message").expect("a message").unwrap() {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// The change in the next message.
    pub(super) async fn change(&mut self) -> Value {
        let mut message = self.next().await;
        assert_eq!((&message["type"], &message["payload"]["errors"]), (&json!("next"), &Value::Null), "{message}");
        let data = message["payload"]["data"].as_object_mut().unwrap();
        data.values_mut().next().unwrap().take()
    }

    /// The code with which the server ends the conversation, after whatever it still sends.
    pub(super) async fn closed(mut self) -> u16 {
        loop {
            match timeout(SOON, self.0.next()).await.expect("the end") {
                Some(Ok(Message::Close(Some(frame)))) => return frame.code.into(),
                Some(Ok(_)) => {}
                end => panic!("no code: {end:?}"),
            }
        }
    }
}

/// The version of a user's book, with all changes so far.
pub(super) async fn version(app: &TestApp, user: &User) -> Value {
    app.settle().await;
    user.gql("{ book { version } }", json!({})).await["book"]["version"].take()
}
