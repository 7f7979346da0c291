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

/// The part of the answer to a transfer that tells that it succeeded.
pub(crate) const SUCCEEDED: &[u8] = b"\"status\":\"SUCCEEDED\"";

/// Somebody with some wallets that hold money.
pub(crate) struct User {
    token: String,
    pub(crate) wallets: Vec<String>,
}

impl User {
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// A request of this user.
    pub(crate) fn request(&self, query: &str, variables: &Value) -> Vec<u8> {
        request(Some(&self.token), query, variables)
    }

    /// What the server answers to this user.
    pub(crate) async fn ask(&self, address: SocketAddr, query: &str, variables: &Value) -> Value {
        let mut connection = Connection::open(address).await.expect("the server takes connections");
        ask(&mut connection, Some(&self.token), query, variables).await
    }
}

/// Registers users with as many wallets each.
pub(crate) async fn register(address: SocketAddr, names: &[String], wallets: usize) -> Vec<User> {
    let mut connection = Connection::open(address).await.expect("the server takes connections");
    let mut registered = Vec::new();
    for name in names {
        let name = json!({ "n": name });
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
pub(crate) fn of_clients(users: &[User], clients: usize, of: impl Fn(&User, usize) -> Vec<Vec<u8>>) -> Vec<Requests> {
    (0..clients).map(|client| Arc::new(of(&users[client % users.len()], client))).collect()
}

/// Transfers from the wallets of a user to wallets all over.
pub(crate) fn transfers(users: &[User], user: &User, client: usize) -> Vec<Vec<u8>> {
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
pub(crate) fn hot_transfers(users: &[User], user: &User) -> Vec<Vec<u8>> {
    let hot = &users[0].wallets[0];
    user.wallets.iter().filter(|from| *from != hot).map(|from| transfer(user, from, hot)).collect()
}

/// A transfer of 1 from a wallet of the user.
pub(crate) fn transfer(user: &User, from: &str, to: &str) -> Vec<u8> {
    let input = json!({ "input": { "from": { "id": from }, "to": { "id": to }, "amount": "1" } });
    user.request(TRANSFER, &input)
}

/// A query that reads nothing.
pub(crate) fn nothing(user: &User) -> Vec<Vec<u8>> {
    vec![user.request("{ __typename }", &json!({}))]
}

/// A query with a token whose signature is wrong, which the server finds out without a database.
pub(crate) fn wrong(user: &User) -> Vec<Vec<u8>> {
    let token = user.token.rsplit_once('.').map(|(signed, _)| format!("{signed}.{}", "A".repeat(43)));
    vec![request(token.as_deref(), "{ __typename }", &json!({}))]
}
