//! A client over a WebSocket.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest, http::HeaderValue},
};

use super::served::{SOON, Served};
use crate::harness::{PASSWORD, TestApp, User, login};

/// A deposit of 5 into the wallet `w`.
pub(super) const DEPOSIT: &str = "mutation($w: ID!) { deposit(input: { wallet: { id: $w }, amount: 5 }) { replayed } }";

/// The same user in another session.
pub(super) async fn another_session(user: &User, username: &str) -> User {
    let session = login(&user.client, username, PASSWORD).await;
    User { client: user.client.with_token(session["accessToken"].as_str().unwrap()), ..user.clone() }
}

/// The id of the entry of an invoice, a receipt or a note.
pub(super) fn entry_of(document: &str) -> String {
    format!("entry_{}", document.rsplit_once('_').unwrap().1)
}

pub(super) const PROTOCOL: &str = "graphql-transport-ws";

/// A subscription to all changes of a book.
pub(super) const CHANGES: &str = "subscription($after: String) { bookChanges(after: $after) { cursor kind thingId } }";

pub(super) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    pub(super) async fn open(server: &Served, protocol: &'static str) -> Self {
        Self::connect(&server.address, protocol).await.expect("the server listens")
    }

    async fn connect(address: &str, protocol: &'static str) -> Option<Self> {
        let mut request = format!("ws://{address}/graphql").into_client_request().unwrap();
        request.headers_mut().insert("Sec-WebSocket-Protocol", HeaderValue::from_static(protocol));
        Some(Self(connect_async(request).await.ok()?.0))
    }

    /// A conversation of a user that has begun.
    pub(super) async fn of(server: &Served, user: &User) -> Self {
        Self::at(&server.address, user).await.expect("the conversation begins")
    }

    /// The same; `None` when no server is there, or it goes away.
    pub(super) async fn at(address: &str, user: &User) -> Option<Self> {
        let mut socket = Self::connect(address, PROTOCOL).await?;
        let token = format!("Bearer {}", user.client.token.as_ref().unwrap());
        let init = json!({ "type": "connection_init", "payload": { "Authorization": token } });
        socket.0.send(Message::text(init.to_string())).await.ok()?;
        assert_eq!(socket.next_if_alive().await?, json!({ "type": "connection_ack" }));
        Some(socket)
    }

    pub(super) async fn send(&mut self, message: Value) {
        self.send_message(Message::text(message.to_string())).await;
    }

    pub(super) async fn send_message(&mut self, message: Message) {
        self.0.send(message).await.unwrap();
    }

    pub(super) async fn subscribe(&mut self, id: &str, query: &str, variables: Value) {
        self.subscribe_if_alive(id, query, variables).await.expect("the server is there");
    }

    /// The same; `None` when the server has gone away.
    pub(super) async fn subscribe_if_alive(&mut self, id: &str, query: &str, variables: Value) -> Option<()> {
        let payload = json!({ "query": query, "variables": variables });
        let message = json!({ "type": "subscribe", "id": id, "payload": payload });
        self.0.send(Message::text(message.to_string())).await.ok()
    }

    /// Subscribes to all changes of the book after a position, and waits until the subscription has begun.
    pub(super) async fn follow(&mut self, app: &TestApp, user: &User, after: Value) {
        let after = if after.is_null() { position_of(app, user).await } else { after };
        self.subscribe("all", CHANGES, json!({ "after": after })).await;
    }

    /// The next message of the server.
    pub(super) async fn next(&mut self) -> Value {
        self.next_if_alive().await.expect("a message")
    }

    /// The same; `None` when the server has gone away without a word.
    async fn next_if_alive(&mut self) -> Option<Value> {
        loop {
            match timeout(SOON, self.0.next()).await.expect("a message")?.ok()? {
                Message::Text(text) => return Some(serde_json::from_str(&text).unwrap()),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// The change in the next message.
    pub(super) async fn change(&mut self) -> Value {
        self.change_if_alive().await.expect("a change")
    }

    /// The same; `None` when the server has gone away.
    pub(super) async fn change_if_alive(&mut self) -> Option<Value> {
        let mut message = self.next_if_alive().await?;
        assert_eq!((&message["type"], &message["payload"]["errors"]), (&json!("next"), &Value::Null), "{message}");
        let data = message["payload"]["data"].as_object_mut().unwrap();
        Some(data.values_mut().next().unwrap().take())
    }

    /// The code that the server ends the conversation with, before which it says nothing.
    pub(super) async fn end(mut self) -> u16 {
        match timeout(SOON, self.0.next()).await.expect("the end") {
            Some(Ok(Message::Close(Some(frame)))) => frame.code.into(),
            other => panic!("no end: {other:?}"),
        }
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

/// The position after all changes of a user's book so far.
pub(super) async fn position_of(app: &TestApp, user: &User) -> Value {
    app.settle().await;
    user.gql("{ book { cursor } }", json!({})).await["book"]["cursor"].take()
}
