//! The users of a server that is measured, and the requests that they send.

use std::{net::SocketAddr, sync::Arc};

use serde_json::{Value, json};

use super::{
    http::{Connection, request},
    load::Requests,
};

const REGISTER: &str = "mutation($n: String!) { register(input: { username: $n, password: \"correct horse battery\" }) { accessToken userErrors { code } } }";
const WALLETS: &str = "{ wallets { id } }";
const CREATE: &str = "mutation { createWallet(input: { currency: \"YEM\" }) { wallet { id } } }";
const DEPOSIT: &str =
    "mutation($w: ID!) { deposit(input: { wallet: { id: $w }, amount: \"1000000000\" }) { transaction { status } } }";
const TRANSFER: &str =
    "mutation($input: TransferInput!) { transfer(input: $input) { transaction { id status } userErrors { code } } }";
const HISTORY: &str = "query($id: ID!) { walletHistory(walletId: $id, first: 20) { edges { direction balanceAfter { amount } node { id type createdAt amount { amount } } } } }";

/// The part of the answer to a transfer that tells that it succeeded.
pub const SUCCEEDED: &[u8] = b"\"status\":\"SUCCEEDED\"";

/// Somebody with some wallets that hold money.
pub struct User {
    token: String,
    wallets: Vec<String>,
}

/// Registers users with as many wallets each.
pub async fn register(address: SocketAddr, users: usize, wallets: usize) -> Vec<User> {
    let mut connection = Connection::open(address).await.expect("the server takes connections");
    let mut registered = Vec::new();
    for number in 0..users {
        let name = json!({ "n": format!("user{number}") });
        let token = ask(&mut connection, None, REGISTER, &name).await["register"]["accessToken"].take();
        let token = token.as_str().expect("a token").to_owned();
        for _ in 1..wallets {
            ask(&mut connection, Some(&token), CREATE, &json!({})).await;
        }
        let found = ask(&mut connection, Some(&token), WALLETS, &json!({})).await;
        let ids = found["wallets"].as_array().into_iter().flatten();
        let ids: Vec<_> = ids.filter_map(|wallet| Some(wallet["id"].as_str()?.to_owned())).collect();
        for id in &ids {
            ask(&mut connection, Some(&token), DEPOSIT, &json!({ "w": id })).await;
        }
        registered.push(User { token, wallets: ids });
    }
    registered
}

async fn ask(connection: &mut Connection, token: Option<&str>, query: &str, variables: &Value) -> Value {
    let (_, body) = connection.send(&request(token, query, variables)).await.expect("the server answers");
    let mut answer: Value = serde_json::from_slice(body).expect("an answer in JSON");
    assert!(answer.get("errors").is_none(), "{answer}");
    answer["data"].take()
}

/// The requests of a number of clients, which belong to the users in turn.
pub fn of_clients(users: &[User], clients: usize, of: impl Fn(&User, usize) -> Vec<Vec<u8>>) -> Vec<Requests> {
    (0..clients).map(|client| Arc::new(of(&users[client % users.len()], client))).collect()
}

/// Transfers from the wallets of a user to wallets all over.
pub fn transfers(users: &[User], user: &User, client: usize) -> Vec<Vec<u8>> {
    (0..64)
        .map(|round| {
            let from = &user.wallets[round % user.wallets.len()];
            let payee = &users[(client * 31 + round * 17 + 1) % users.len()];
            let to = &payee.wallets[(round * 5 + 3) % payee.wallets.len()];
            let to = if to == from { &users[(client + 1) % users.len()].wallets[0] } else { to };
            transfer(user, from, to)
        })
        .collect()
}

/// Transfers to one wallet, that of the first user.
pub fn hot_transfers(users: &[User], user: &User) -> Vec<Vec<u8>> {
    let hot = &users[0].wallets[0];
    user.wallets.iter().filter(|from| *from != hot).map(|from| transfer(user, from, hot)).collect()
}

fn transfer(user: &User, from: &str, to: &str) -> Vec<u8> {
    let input = json!({ "input": { "from": { "id": from }, "to": { "id": to }, "amount": "1" } });
    request(Some(&user.token), TRANSFER, &input)
}

/// Pages of the histories of a user's wallets.
pub fn histories(user: &User) -> Vec<Vec<u8>> {
    user.wallets.iter().map(|wallet| request(Some(&user.token), HISTORY, &json!({ "id": wallet }))).collect()
}

/// A query that reads nothing.
pub fn nothing(user: &User) -> Vec<Vec<u8>> {
    vec![request(Some(&user.token), "{ __typename }", &json!({}))]
}
