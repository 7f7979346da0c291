//! A subscription lasts as long as the session of its client, and the server.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{
    served::{SHORT, Served},
    socket::{DEPOSIT, Socket, another_session},
};
use crate::harness::Database;

async fn quick(on: Database) -> Served {
    Served::with(on, |app| app.limits.sockets.check = SHORT).await
}

#[apply(both_databases)]
async fn a_socket_ends_when_its_session_ends(on: Database) {
    let server = quick(on).await;
    let amina = server.user("amina").await;
    let mut following = Socket::of(&server, &amina).await;
    following.follow(&server, &amina, Value::Null).await;
    let idle = Socket::of(&server, &amina).await;
    let other = another_session(&amina, "amina").await;
    let mut stays = Socket::of(&server, &other).await;
    stays.follow(&server, &other, Value::Null).await;
    amina.gql("mutation { logout { userErrors { code } } }", json!({})).await;
    assert_eq!(following.closed().await, 4403);
    assert_eq!(idle.closed().await, 4403);
    let customer = other.customer("Zaid").await;
    assert_eq!(stays.change().await["thingId"], json!(customer));
}

#[apply(both_databases)]
async fn a_socket_ends_when_its_token_expires(on: Database) {
    let server = quick(on).await;
    let amina = server.user("amina").await;
    let mut socket = Socket::of(&server, &amina).await;
    socket.follow(&server, &amina, Value::Null).await;
    server.advance(TimeDelta::minutes(61));
    assert_eq!(socket.closed().await, 4403);
}

#[apply(both_databases)]
async fn nothing_is_told_after_the_session_has_ended(on: Database) {
    let server = Served::on(on).await;
    let (amina, badr) = (server.user("amina").await, server.user("badr").await);
    badr.fund("10").await;
    let mut socket = Socket::of(&server, &amina).await;
    socket.follow(&server, &amina, Value::Null).await;
    server.advance(TimeDelta::minutes(61));
    let badr = crate::harness::login(&badr.client, "badr", crate::harness::PASSWORD).await;
    let badr = amina.client.with_token(badr["accessToken"].as_str().unwrap());
    let pay =
        "mutation($to: String!) { transfer(input: { from: { username: \"badr\" }, to: { username: $to }, amount: 1 }) {
        userErrors { code } } }";
    badr.gql(pay, json!({ "to": "amina" })).await;
    assert_eq!(socket.closed().await, 4403);
}

#[apply(both_databases)]
async fn nothing_is_told_right_after_a_logout(on: Database) {
    let server = Served::on(on).await;
    let amina = server.user("amina").await;
    let other = another_session(&amina, "amina").await;
    let mut socket = Socket::of(&server, &amina).await;
    socket.follow(&server, &amina, Value::Null).await;
    other.customer("Zaid").await;
    socket.change().await;
    amina.gql("mutation { logout { userErrors { code } } }", json!({})).await;
    other.customer("Zahra").await;
    // Nothing but the end.
    assert_eq!(socket.end().await, 4403);
}

#[apply(both_databases)]
async fn nothing_is_executed_after_the_token_has_expired(on: Database) {
    let server = Served::on(on).await;
    let amina = server.user("amina").await;
    let mut socket = Socket::of(&server, &amina).await;
    server.advance(TimeDelta::minutes(61));
    socket.subscribe("1", DEPOSIT, json!({ "w": amina.wallet })).await;
    assert_eq!(socket.end().await, 4403);
    let again = another_session(&amina, "amina").await;
    assert_eq!(again.balance(&amina.wallet).await, "0.00");
}

#[apply(both_databases)]
async fn a_server_that_stops_ends_its_sockets(on: Database) {
    let mut server = Served::on(on).await;
    let amina = server.user("amina").await;
    let mut socket = Socket::of(&server, &amina).await;
    socket.follow(&server, &amina, Value::Null).await;
    let (code, ()) = tokio::join!(socket.closed(), server.stop());
    assert_eq!(code, 1001);
}
