//! Nothing that is told is lost with the server that tells it: who goes on at another one sees each change once, in order.

use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
};

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{
    servers::history,
    socket::{CHANGES, Socket, position_of},
};
use crate::harness::{Database, SECRET, Server, TestApp, User, program};

const USERS: usize = 10;
/// Ten for each user.
const FOLLOWERS: usize = 100;
const TRANSFERS: usize = 2_000;
/// How many transfers are under way at once.
const AT_ONCE: usize = 16;

const PAY: &str =
    "mutation($input: TransferInput!) { transfer(input: $input) { transaction { id } userErrors { code } } }";

/// Two servers on one database, of which the first is killed.
struct Two {
    addresses: [String; 2],
    first: Mutex<Option<Server>>,
    second: Server,
}

impl Two {
    fn on(app: &TestApp) -> Self {
        let start = || {
            let arguments = ["--database-url", &app.url, "--jwt-secret", SECRET, "--request-cost-per-minute", "0"];
            Server::start_with(program().args(arguments))
        };
        let (first, second) = (start(), start());
        let addresses = [&first, &second].map(|server| server.url.trim_start_matches("http://").to_owned());
        Self { addresses, first: Mutex::new(Some(first)), second }
    }

    fn kill_the_first(&self) {
        drop(self.first.lock().unwrap().take());
    }
}

/// Pays from one user to another, at whichever server answers, and with the same key again when an answer is lost.
async fn pay(http: &reqwest::Client, two: &Two, users: &[User], number: usize) {
    let payer = &users[number % USERS];
    let payee = &users[(number + 1 + number / USERS % (USERS - 1)) % USERS];
    let input = json!({ "from": { "id": payer.wallet }, "to": { "id": payee.wallet }, "amount": "1",
        "idempotencyKey": format!("payment-{number}") });
    let body = json!({ "query": PAY, "variables": { "input": input } });
    let token = payer.client.token.as_ref().unwrap();
    for turn in number.. {
        let request = http.post(format!("http://{}/graphql", two.addresses[turn % 2])).bearer_auth(token).json(&body);
        let answer = async { request.send().await?.json::<Value>().await };
        let Ok(answer) = answer.await else { continue };
        let paid = &answer["data"]["transfer"];
        if paid["transaction"]["id"].is_string() {
            return;
        }
        let code = [&paid["userErrors"][0]["code"], &answer["errors"][0]["extensions"]["code"]];
        assert!(code.contains(&&json!("TRY_AGAIN")) || code.contains(&&json!("OUTCOME_UNKNOWN")), "{answer}");
    }
}

/// The transactions that a user is told of until the last one, at whichever server is there, by turns.
async fn follow(two: &Two, user: &User, number: usize, mut after: Value) -> Vec<Value> {
    let mut seen = Vec::new();
    for turn in number.. {
        let Some(mut socket) = Socket::at(&two.addresses[turn % 2], user).await else { continue };
        if socket.subscribe_if_alive("1", CHANGES, json!({ "after": after })).await.is_none() {
            continue;
        }
        while let Some(change) = socket.change_if_alive().await {
            after = change["cursor"].clone();
            let id = change["thingId"].as_str().unwrap();
            if id.starts_with("customer_") {
                return seen;
            }
            if id.starts_with("wallet_transaction_") {
                seen.push(json!(id));
            }
        }
    }
    unreachable!()
}

#[apply(both_databases)]
#[threads(2)]
async fn a_hundred_subscribers_lose_nothing_when_one_of_two_servers_is_killed(on: Database) {
    let app = &TestApp::on(on).await;
    let two = &Two::on(app);
    let mut users = Vec::new();
    for number in 0..USERS {
        let user = User::register(&two.second.client(), &format!("user{number}")).await;
        user.fund("1000").await;
        users.push(user);
    }
    let users = &users;
    let beginnings = join_all(users.iter().map(|user| position_of(app, user))).await;
    let followers = (0..FOLLOWERS).map(|number| {
        // Five of each user begin at the first server.
        let at = number % USERS;
        follow(two, &users[at], number / USERS, beginnings[at].clone())
    });
    let (http, next) = (&reqwest::Client::new(), &AtomicUsize::new(0));
    let payers = (0..AT_ONCE).map(|_| async move {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            match number {
                TRANSFERS.. => return,
                number if number == TRANSFERS / 2 => two.kill_the_first(),
                _ => {}
            }
            pay(http, two, users, number).await;
        }
    });
    let work = async {
        join_all(payers).await;
        join_all(users.iter().map(|user| user.customer("The end"))).await;
    };
    let (seen, ()) = tokio::join!(join_all(followers), work);
    let mut told = 0;
    for (at, user) in users.iter().enumerate() {
        // The first one is the deposit before.
        let history = history(user).await.split_off(1);
        told += history.len();
        for seen in seen.iter().skip(at).step_by(USERS) {
            assert_eq!(*seen, history, "{}", user.wallet);
        }
    }
    // Each transfer is in the books of two users.
    assert_eq!(told, 2 * TRANSFERS);
    app.assert_journal_is_whole().await;
}
