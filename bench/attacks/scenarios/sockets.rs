//! Subscribers over WebSockets: those that wait, those that read nothing, and those that begin operations without end.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{
    net::{TcpSocket, TcpStream},
    task::JoinSet,
    time::{Instant, sleep_until, timeout_at},
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message, client::IntoClientRequest, http::HeaderValue},
};

use crate::{
    attacks::{
        attack::{Attack, Tally},
        stage::{DEPOSIT, Stage},
        wire::{Wire, stranger},
    },
    harness::User,
};

type Socket = WebSocketStream<TcpStream>;

/// How many users attack, and how many sockets each has.
const USERS: usize = 20;
const SOCKETS: usize = 50;
/// How often each field of a change is asked for, so that a client that reads nothing has much to read.
const ALIASES: usize = 29;

#[derive(Clone, Copy, Debug)]
enum Kind {
    Waiting,
    Deaf,
    Greedy,
}

pub async fn subscribers(stage: &Stage) -> Attack {
    let mut users = Vec::new();
    for number in 0..USERS {
        let user = stage.user(&format!("attacker{number}")).await;
        user.fund("1000").await;
        users.push(user);
    }
    let (tally, address, length) =
        (Tally::default(), stage.url().trim_start_matches("http://").to_owned(), stage.length);
    let of_run = tally.clone();
    let wires: Vec<_> = users
        .iter()
        .enumerate()
        .map(|(number, user)| Wire::of_stranger(stage.url(), number).with_token(user.client.token.as_deref()))
        .collect();
    let wallets: Vec<_> = users.iter().map(|user| user.wallet.clone()).collect();
    Attack::new(&tally, async move {
        let end = Instant::now() + length;
        let mut sockets = JoinSet::new();
        for number in 0..USERS * SOCKETS {
            let kind = [Kind::Waiting, Kind::Deaf, Kind::Greedy][number % 3];
            let (address, of_run) = (address.clone(), of_run.clone());
            let token = token_of(&users[number % USERS]);
            sockets.spawn(async move {
                let ended = subscriber(&address, number % USERS, &token, kind, end).await;
                of_run.add(format!("{kind:?}: {}", ended.unwrap_or_else(|| "still open at the end".to_owned())));
            });
        }
        // What the subscribers are told of.
        let deposits = move |worker: usize| {
            let (wire, input) = (wires[worker].clone(), json!({ "wallet": { "id": wallets[worker] }, "amount": "1" }));
            async move { format!("deposit: {}", wire.outcome(DEPOSIT, json!({ "input": input })).await) }
        };
        of_run.work(USERS, length, deposits).await;
        sockets.join_all().await;
    })
}

fn token_of(user: &User) -> String {
    format!("Bearer {}", user.client.token.as_deref().unwrap_or_default())
}

/// Follows a book until the server ends it, or until the end; `None` then.
async fn subscriber(address: &str, number: usize, token: &str, kind: Kind, end: Instant) -> Option<String> {
    let Ok(mut socket) = open(address, number, token).await else { return Some("no conversation".to_owned()) };
    let fields: Vec<_> = (0..ALIASES).map(|alias| format!("a{alias}: thingId")).collect();
    let query = format!("subscription {{ bookChanges {{ cursor {} }} }}", fields.join(" "));
    let mut sent = subscribe(&mut socket, "all", &query).await;
    let mut id = 0_u64;
    while sent && Instant::now() < end {
        match kind {
            Kind::Waiting => {
                let message = timeout_at(end, socket.next()).await.ok()?;
                if let Some(code) = ending(message) {
                    return Some(code);
                }
            }
            Kind::Deaf => {
                sleep_until(end).await;
                // What it has not read comes first.
                loop {
                    let message = timeout_at(end + Duration::from_secs(5), socket.next()).await.ok()?;
                    if let Some(code) = ending(message) {
                        return Some(code);
                    }
                }
            }
            Kind::Greedy => {
                id += 1;
                sent = subscribe(&mut socket, &id.to_string(), &query).await;
                let complete = json!({ "type": "complete", "id": id.to_string() });
                sent &= socket.send(Message::text(complete.to_string())).await.is_ok();
            }
        }
    }
    if sent { None } else { Some("cut off".to_owned()) }
}

async fn subscribe(socket: &mut Socket, id: &str, query: &str) -> bool {
    let message = json!({ "type": "subscribe", "id": id, "payload": { "query": query } });
    socket.send(Message::text(message.to_string())).await.is_ok()
}

type Received = Option<Result<Message, Error>>;

/// How the conversation has ended, if it has.
fn ending(message: Received) -> Option<String> {
    match message {
        Some(Ok(Message::Close(frame))) => Some(frame.map_or("closed".to_owned(), |frame| frame.code.to_string())),
        Some(Ok(_)) => None,
        _ => Some("cut off".to_owned()),
    }
}

async fn open(address: &str, number: usize, token: &str) -> Result<Socket, Box<dyn std::error::Error + Send + Sync>> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((stranger(number), 0).into())?;
    let stream = socket.connect(address.parse()?).await?;
    let mut request = format!("ws://{address}/graphql").into_client_request()?;
    request.headers_mut().insert("Sec-WebSocket-Protocol", HeaderValue::from_static("graphql-transport-ws"));
    let (mut socket, _) = client_async(request, stream).await?;
    let init = json!({ "type": "connection_init", "payload": { "Authorization": token } });
    socket.send(Message::text(init.to_string())).await?;
    let answer = socket.next().await.ok_or("no answer")??;
    let answer: Value = serde_json::from_str(answer.to_text()?)?;
    if answer["type"] == "connection_ack" { Ok(socket) } else { Err("not welcome".into()) }
}
