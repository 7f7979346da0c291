//! Several servers on one database tell the same, in the same order.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{
    served::Served,
    socket::{CHANGES, Socket, position_of},
};
use crate::harness::{Client, Database, User};

fn at(user: &User, server: &Served) -> User {
    user.at(&server.anonymous())
}

#[apply(both_databases)]
async fn a_server_tells_of_what_another_one_writes(on: Database) {
    let first = Served::on(on).await;
    let amina = first.user("amina").await;
    for notify in [true, false] {
        let second = first.beside(notify).await;
        let mut socket = Socket::of(&second, &amina).await;
        socket.follow(&second, &amina, Value::Null).await;
        let customer = amina.customer("Zaid").await;
        assert_eq!(socket.change().await["thingId"], json!(customer));
        let customer = at(&amina, &second).customer("Zahra").await;
        assert_eq!(socket.change().await["thingId"], json!(customer));
    }
}

/// The transactions of a wallet, in the order in which they changed its balance.
pub(super) async fn history(user: &User) -> Vec<Value> {
    let mut all = Vec::new();
    let mut after = Value::Null;
    let query = "query($id: ID!, $after: String) { walletHistory(walletId: $id, first: 100, after: $after) {
        nodes { id } pageInfo { hasNextPage endCursor } } }";
    loop {
        let page = user.gql(query, json!({ "id": user.wallet, "after": after })).await["walletHistory"].take();
        all.extend(page["nodes"].as_array().unwrap().iter().map(|node| node["id"].clone()));
        if page["pageInfo"]["hasNextPage"] == false {
            all.reverse();
            return all;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

/// Pays to and fro between users over several servers at once.
async fn pay_around(users: &[User], servers: &[Client], rounds: usize) {
    let rounds = (0..rounds).map(|round| async move {
        let payer = users[round % users.len()].at(&servers[round % servers.len()]);
        let payee = &users[(round + 1 + round / users.len()) % users.len()];
        if payer.wallet != payee.wallet {
            let input = json!({ "from": { "id": payer.wallet }, "to": { "id": payee.wallet }, "amount": "1",
                "idempotencyKey": format!("round-{round}") });
            let query = "mutation($input: TransferInput!) { transfer(input: $input) { transaction { id } } }";
            let paid = payer.client.gql(query, json!({ "input": input })).await;
            assert!(!paid["transfer"]["transaction"].is_null(), "{paid}");
        }
    });
    join_all(rounds).await;
}

#[apply(both_databases)]
#[threads(2)]
async fn who_resumes_at_another_server_sees_each_change_once_and_in_order(on: Database) {
    let mut first = Served::on(on).await;
    let second = first.beside(true).await;
    let mut users = Vec::new();
    for name in ["amina", "badr", "zaid", "zahra"] {
        let user = first.user(name).await;
        user.fund("1000").await;
        users.push(user);
    }
    let beginnings = join_all(users.iter().map(|user| position_of(&first, user))).await;
    let follow = users.iter().zip(beginnings).enumerate().map(|(number, (user, mut after))| {
        let (first, second) = (&first, &second);
        async move {
            let mut seen = Vec::new();
            // Changes from one server to the other now and then.
            for round in 0.. {
                let server = if (number + round) % 2 == 0 { first } else { second };
                let mut socket = Socket::of(server, user).await;
                socket.subscribe("1", CHANGES, json!({ "after": after })).await;
                for _ in 0..7 {
                    let change = socket.change().await;
                    after = change["cursor"].clone();
                    let id = change["thingId"].as_str().unwrap().to_owned();
                    if id.starts_with("wallet_transaction_") {
                        seen.push(json!(id));
                    } else if id.starts_with("customer_") {
                        return seen;
                    }
                }
            }
            unreachable!()
        }
    });
    let servers = [first.anonymous(), second.anonymous()];
    let work = async {
        pay_around(&users, &servers, 200).await;
        join_all(users.iter().map(|user| user.customer("The end"))).await;
    };
    let (seen, ()) = tokio::join!(join_all(follow), work);
    for (user, seen) in users.iter().zip(seen) {
        // The first one is the deposit before.
        assert_eq!(seen, history(user).await[1..], "{}", user.wallet);
        assert!(seen.len() > 20, "{}", seen.len());
    }
    first.stop().await;
}
