//! What breaks the protocol of WebSockets ends with the code that clients know, and nothing else does.

use axum::http::HeaderValue;
use daybook::app::Origins;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_tungstenite::tungstenite::Message;

use super::{
    served::{SHORT, SOON, Served},
    socket::{CHANGES, DEPOSIT, PROTOCOL, Socket, position_of},
};
use crate::harness::Database;

fn text(message: &Value) -> Message {
    Message::text(message.to_string())
}

#[apply(both_databases)]
async fn what_breaks_the_protocol_ends_with_its_code(on: Database) {
    let server = Served::on(on).await;
    let init = json!({ "type": "connection_init" });
    let token = |token: &str| json!({ "type": "connection_init", "payload": { "authorization": token } });
    let subscribe = json!({ "type": "subscribe", "id": "1", "payload": { "query": "{ __typename }" } });
    let endless = json!({ "type": "subscribe", "id": "1", "payload": { "query": CHANGES } });
    for (what, messages, code) in [
        ("no JSON", vec![Message::text("hello")], 4400),
        ("bytes", vec![Message::binary(vec![1])], 4400),
        ("an unknown type", vec![text(&json!({ "type": "start" }))], 4400),
        ("an operation without an id", vec![text(&init), text(&json!({ "type": "subscribe", "payload": {} }))], 4400),
        ("an operation before the beginning", vec![text(&subscribe)], 4401),
        ("a second beginning", vec![text(&init), text(&init)], 4429),
        ("a token that is none", vec![text(&token("Bearer nonsense"))], 4403),
        ("a malformed token", vec![text(&token("nonsense"))], 4403),
        (
            "an id without end",
            vec![text(&init), text(&json!({ "type": "subscribe", "id": "1".repeat(129), "payload": {} }))],
            4400,
        ),
        ("too large a message", vec![text(&init), Message::text("x".repeat(1024 * 1024 + 1))], 1009),
    ] {
        let mut socket = Socket::open(&server, PROTOCOL).await;
        for message in messages {
            socket.send_message(message).await;
        }
        assert_eq!(socket.closed().await, code, "{what}");
    }
    for broken in [&[0xc1, 0x80, 0, 0, 0, 0][..], &[0x01, 0x00], &[0x81, 0x81, 0, 0, 0, 0, 0xff]] {
        let mut stream = raw(&server, PROTOCOL, broken).await;
        until(&mut stream, b"\x03\xeaProtocol error").await;
    }
    let mut stream = raw(&server, "graphql-ws", b"").await;
    until(&mut stream, b"\x11\x36Subprotocol not acceptable").await;

    let amina = server.user("amina").await;
    let mut socket = Socket::of(&server, &amina).await;
    socket.send(endless.clone()).await;
    socket.send(endless).await;
    assert_eq!(socket.closed().await, 4409);
}

#[apply(both_databases)]
async fn a_client_that_says_goodbye_hears_it_too(on: Database) {
    let server = Served::on(on).await;
    let mut stream = raw(&server, PROTOCOL, &frame(&json!({ "type": "connection_init" }))).await;
    until(&mut stream, b"connection_ack").await;
    stream.write_all(&[0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8]).await.unwrap();
    until(&mut stream, b"\x88\x02\x03\xe8").await;
}

#[apply(both_databases)]
async fn a_socket_keeps_only_so_much(on: Database) {
    let server = Served::with(on, |app| app.limits.sockets.message = 8000).await;
    let amina = server.user("amina").await;
    let mut socket = Socket::of(&server, &amina).await;
    let query = "subscription($a: String) { bookChanges(after: $a) { cursor thing { ... on Customer { name } } } }";
    let after = position_of(&server, &amina).await;
    let padded = format!("{query} #{}", "x".repeat(3000));
    for id in ["1", "2"] {
        socket.subscribe(id, &padded, json!({ "a": after })).await;
    }
    socket.subscribe("3", &padded, json!({ "a": after })).await;
    let refused = socket.next().await;
    assert_eq!(refused["id"], "3", "{refused}");
    let extensions = &refused["payload"][0]["extensions"];
    assert_eq!((&extensions["limit"], &extensions["max"]), (&json!("operationBytes"), &json!(8000)), "{refused}");
    socket.send(json!({ "type": "complete", "id": "1" })).await;
    socket.subscribe("3", "{ __typename }", json!({})).await;
    assert_eq!(socket.next().await["type"], "next");
}

#[apply(both_databases)]
async fn a_page_of_another_origin_may_not_open_a_socket(on: Database) {
    let shop = HeaderValue::from_static("https://shop.example");
    let allowed = shop.clone();
    let server = Served::with(on, |app| app.origins = Origins::Listed([allowed].into())).await;
    for (origin, status) in [
        (shop.to_str().unwrap(), "101"),
        ("http://shop", "101"),
        ("https://evil.example", "403"),
        ("http://shop.evil.example", "403"),
        ("null", "403"),
    ] {
        let mut stream = raw(&server, &format!("{PROTOCOL}\r\nOrigin: {origin}"), b"").await;
        until(&mut stream, format!("HTTP/1.1 {status}").as_bytes()).await;
    }
}

#[apply(both_databases)]
async fn a_conversation_that_does_not_begin_in_time_ends(on: Database) {
    let server = Served::with(on, |app| app.limits.sockets.init = SHORT).await;
    let mut socket = Socket::open(&server, PROTOCOL).await;
    socket.send(json!({ "type": "ping" })).await;
    assert_eq!(socket.next().await, json!({ "type": "pong" }));
    assert_eq!(socket.closed().await, 4408);
}

#[apply(both_databases)]
async fn an_error_ends_its_operation_and_nothing_else(on: Database) {
    let server = Served::on(on).await;
    let amina = server.user("amina").await;
    let mut socket = Socket::of(&server, &amina).await;
    let wallet = "subscription($id: ID!) { walletActivity(walletId: $id) { kind } }";
    let customer = "subscription($id: ID!) { customerActivity(customerId: $id) { kind } }";
    for (query, variables, code) in [
        ("{ nothing }", json!({}), "GRAPHQL_VALIDATION_FAILED"),
        ("{", json!({}), "GRAPHQL_PARSE_FAILED"),
        ("subscription { bookChanges { kind } more: bookChanges { kind } }", json!({}), "GRAPHQL_VALIDATION_FAILED"),
        (wallet, json!({}), "BAD_USER_INPUT"),
        (wallet, json!({ "id": "nonsense" }), "NOT_FOUND"),
        (customer, json!({ "id": "customer_01h455vb4pex5vsknk084sn02q" }), "NOT_FOUND"),
        (CHANGES, json!({ "after": "nonsense" }), "INVALID"),
    ] {
        socket.subscribe("1", query, variables).await;
        let message = socket.next().await;
        assert_eq!((&message["type"], &message["id"]), (&json!("error"), &json!("1")), "{message}");
        assert_eq!(message["payload"][0]["extensions"]["code"], code, "{query}");
    }
    // The id is free again, and operations with one result have an end.
    socket.subscribe("1", "{ book { name } }", json!({})).await;
    let expected = json!({ "id": "1", "type": "next", "payload": { "data": { "book": { "name": "amina" } } } });
    assert_eq!(socket.next().await, expected);
    assert_eq!(socket.next().await, json!({ "id": "1", "type": "complete" }));
    socket.subscribe("1", DEPOSIT, json!({ "w": amina.wallet })).await;
    assert_eq!(socket.next().await["payload"]["data"]["deposit"]["replayed"], false);
    assert_eq!(socket.next().await["type"], "complete");
    assert_eq!(amina.balance(&amina.wallet).await, "5.00");
    socket.send(json!({ "type": "ping", "payload": { "a": 1 } })).await;
    assert_eq!(socket.next().await, json!({ "type": "pong", "payload": { "a": 1 } }));
}

#[apply(both_databases)]
async fn who_is_not_logged_in_sees_what_anybody_sees(on: Database) {
    let server = Served::on(on).await;
    let mut socket = Socket::open(&server, PROTOCOL).await;
    socket.send(json!({ "type": "connection_init", "payload": {} })).await;
    assert_eq!(socket.next().await["type"], "connection_ack");
    for query in [CHANGES, "{ book { name } }"] {
        socket.subscribe("1", query, json!({})).await;
        let message = socket.next().await;
        let error = if message["type"] == "error" { &message["payload"][0] } else { &message["payload"]["errors"][0] };
        assert_eq!(error["extensions"]["code"], "UNAUTHENTICATED", "{message}");
        if message["type"] == "next" {
            assert_eq!(socket.next().await["type"], "complete");
        }
    }
}

#[apply(both_databases)]
async fn what_the_client_ends_tells_nothing_more(on: Database) {
    let server = Served::with(on, |app| app.limits.sockets.operations = 2).await;
    let amina = server.user("amina").await;
    let mut socket = Socket::of(&server, &amina).await;
    for id in ["1", "2"] {
        socket.subscribe(id, CHANGES, json!({})).await;
    }
    socket.subscribe("3", CHANGES, json!({})).await;
    let refused = socket.next().await;
    assert_eq!((&refused["type"], &refused["id"]), (&json!("error"), &json!("3")));
    assert_eq!(
        refused["payload"][0]["extensions"],
        json!({ "code": "QUERY_TOO_COMPLEX", "limit": "operations", "max": 2, "actual": 3 })
    );
    for id in ["1", "2", "unknown"] {
        socket.send(json!({ "type": "complete", "id": id })).await;
    }
    socket.send(json!({ "type": "ping" })).await;
    assert_eq!(socket.next().await, json!({ "type": "pong" }));
    amina.fund("1").await;
    socket.subscribe("3", "{ __typename }", json!({})).await;
    assert_eq!(socket.next().await["payload"]["data"]["__typename"], "Query");
    assert_eq!(socket.next().await, json!({ "id": "3", "type": "complete" }));
}

/// A client that does a handshake and sends these bytes, and then nothing more.
async fn raw(server: &Served, protocol: &str, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(&server.address).await.unwrap();
    let handshake = format!(
        "GET /graphql HTTP/1.1\r\nHost: shop\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: {protocol}\r\n\r\n"
    );
    stream.write_all(handshake.as_bytes()).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    stream
}

/// Waits until the server has sent these bytes, and answers nothing.
async fn until(stream: &mut TcpStream, expected: &[u8]) {
    let mut bytes = Vec::new();
    while !bytes.windows(expected.len()).any(|window| window == expected) {
        let read = timeout(SOON, stream.read_buf(&mut bytes)).await.expect("the server sends something").unwrap();
        assert!(read > 0, "{:?}", String::from_utf8_lossy(&bytes));
    }
}

/// A message as a frame of a client, with a mask of zeros.
fn frame(message: &Value) -> Vec<u8> {
    let text = message.to_string();
    let length = u8::try_from(text.len()).unwrap();
    assert!(length < 126);
    [&[0x81, 0x80 | length, 0, 0, 0, 0], text.as_bytes()].concat()
}

#[apply(both_databases)]
async fn a_client_that_does_not_answer_to_pings_is_disconnected(on: Database) {
    let server = Served::with(on, |app| app.limits.sockets.ping = SHORT).await;
    let mut stream = raw(&server, PROTOCOL, &frame(&json!({ "type": "connection_init" }))).await;
    until(&mut stream, b"\x03\xe9No answer to a ping").await;
}

#[apply(both_databases)]
async fn a_client_that_takes_nothing_is_disconnected(on: Database) {
    let server = Served::with(on, |app| app.limits.sockets.stalled = SHORT).await;
    let mut bytes = frame(&json!({ "type": "connection_init" }));
    let schema = "{__schema{types{name description fields{name description}}}}";
    for number in 0..99 {
        let query = json!({ "type": "subscribe", "id": number.to_string(), "payload": { "query": schema } });
        bytes.extend(frame(&query));
    }
    let mut stream = raw(&server, PROTOCOL, &bytes).await;
    // The connection is closed without an end of the protocol, or while the client still sends.
    let until_closed = async {
        loop {
            tokio::time::sleep(SHORT).await;
            if stream.write_all(&frame(&json!({ "type": "pong" }))).await.is_err() {
                return;
            }
        }
    };
    timeout(SOON, until_closed).await.expect("the server closes the connection");
}
