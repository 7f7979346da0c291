//! Many at once.

use std::sync::Arc;

use futures_util::poll;
use serde_json::{Value, json};

use crate::harness::{
    Blocker, Client,
    Database::{self, Postgres},
    Server, TestApp, User, errors,
};

#[apply(both_databases)]
#[threads(4)]
async fn of_two_transfers_at_once_that_together_exceed_the_balance_one_is_refused(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let (badr, carim) = (app.user("badr").await, app.user("carim").await);
    for round in 1..=10 {
        amina.fund("10").await;
        let both = [&badr, &carim].map(|payee| {
            let (amina, payee) = (amina.clone(), payee.clone());
            tokio::spawn(async move { amina.pay(&payee, "6").await })
        });
        let mut refused = 0;
        for task in both {
            let payload = task.await.unwrap();
            match errors(&payload).as_slice() {
                [] => {}
                errors => {
                    assert_eq!(errors, ["INSUFFICIENT_FUNDS amount"]);
                    // Even when the money was gone only after the payee was found.
                    assert_eq!(payload["transaction"]["to"], Value::Null);
                    refused += 1;
                }
            }
        }
        assert_eq!(refused, 1, "round {round}");
        assert_eq!(amina.balance(&amina.wallet).await, "4.00");
        amina.withdraw(json!({ "wallet": { "id": amina.wallet }, "amount": "4" })).await;
    }
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
#[threads(4)]
async fn clients_64_move_money_among_20_wallets_and_the_total_is_unchanged(on: Database) {
    let app = TestApp::on(on).await;
    move_money_about(&app, &[app.anonymous()]).await;
}

#[apply(on_postgres)]
#[threads(4)]
async fn two_servers_on_one_postgresql_move_money_and_the_total_is_unchanged() {
    let app = TestApp::on(Postgres).await;
    let servers = [Server::start(&app.url), Server::start(&app.url)];
    move_money_about(&app, &[servers[0].client(), servers[1].client()]).await;
}

/// 64 clients make 5,000 transfers among 20 wallets of 10 users, through all the servers at once.
async fn move_money_about(app: &TestApp, servers: &[Client]) {
    const CLIENTS: usize = 64;
    const TRANSFERS: usize = 5000;
    let mut wallets: Vec<(User, String)> = Vec::new();
    for number in 0..10 {
        // At a server: its clock is not the app's, and says how long a token is good.
        let user = User::register(&servers[0], &format!("user{number}")).await;
        user.fund("100").await;
        let second = user.new_wallet("YEM").await;
        user.deposit(json!({ "wallet": { "id": second }, "amount": "100" })).await;
        wallets.push((user.clone(), user.wallet.clone()));
        wallets.push((user, second));
    }
    let wallets = Arc::new(wallets);
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let (wallets, server) = (wallets.clone(), servers[client % servers.len()].clone());
            let share = TRANSFERS / CLIENTS + usize::from(client < TRANSFERS % CLIENTS);
            tokio::spawn(async move {
                // The same "random" numbers each time, other ones for each client.
                let mut random = (client as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
                let mut below = |limit: usize| {
                    random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    usize::try_from(random >> 33).unwrap() % limit
                };
                let mut moved = 0;
                for number in 0..share {
                    let from = below(wallets.len());
                    let to = (from + 1 + below(wallets.len() - 1)) % wallets.len();
                    let amount = below(60) + 1;
                    let (user, wallet) = &wallets[from];
                    let input = json!({ "from": { "id": wallet }, "to": { "id": wallets[to].1 }, "amount": amount,
                        "idempotencyKey": format!("{client}-{number}") });
                    let payload = user.at(&server).transfer(input).await;
                    match errors(&payload).as_slice() {
                        [] => moved += 1,
                        refused => assert_eq!(refused, ["INSUFFICIENT_FUNDS amount"]),
                    }
                }
                moved
            })
        })
        .collect();
    let mut moved = 0;
    for client in clients {
        moved += client.await.unwrap();
    }
    let mut total = 0;
    let mut recorded = 0;
    for (user, wallet) in wallets.iter() {
        let query = "query($id: ID!) { wallet(id: $id) { balance { amount } }
            walletHistory(walletId: $id, filter: { type: TRANSFER, direction: OUT }, first: 0) { totalCount } }";
        let data = user.gql(query, json!({ "id": wallet })).await;
        let balance = data["wallet"]["balance"]["amount"].as_str().unwrap();
        total += balance.strip_suffix(".00").unwrap().parse::<i64>().unwrap();
        recorded += data["walletHistory"]["totalCount"].as_u64().unwrap();
    }
    assert_eq!(total, 2000);
    // Every attempt is on record, whether it moved money or not.
    assert_eq!(recorded, TRANSFERS as u64);
    assert!(moved > TRANSFERS / 4, "only {moved} transfers moved money");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
#[threads(4)]
async fn a_client_that_goes_away_leaves_all_or_nothing_behind(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    amina.fund("100").await;
    for polls in 0..60 {
        // The request is dropped after it was woken so many times.
        let mut request = Box::pin(amina.pay(&badr, "1"));
        let mut left = polls;
        let gone = std::future::poll_fn(|context| {
            if left == 0 {
                return std::task::Poll::Ready(());
            }
            left -= 1;
            request.as_mut().poll(context).map(|_| ())
        });
        gone.await;
    }
    app.assert_journal_is_whole().await;
    // Nothing is locked for ever.
    assert_eq!(errors(&amina.pay(&badr, "1").await), [""; 0]);
    let held = [amina.balance(&amina.wallet).await, badr.balance(&badr.wallet).await];
    let held = held.map(|balance| balance.trim_end_matches(".00").parse::<u32>().unwrap());
    assert_eq!(held[0] + held[1], 100);
}

#[apply(both_databases)]
async fn a_transfer_that_waits_for_its_batch_is_not_done_when_its_client_goes_away(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    amina.fund("100").await;
    let (blocker, before) = (Blocker::on(&app).await, app.transactions());
    let mut first = Box::pin(amina.pay(&badr, "1"));
    while app.transactions() == before {
        assert!(poll!(first.as_mut()).is_pending());
        tokio::task::yield_now().await;
    }
    // The batch of the first one has begun, so this one waits for the next.
    let mut second = Box::pin(amina.pay(&badr, "2"));
    while app.app.under_way.len() < 2 {
        assert!(poll!(second.as_mut()).is_pending());
        tokio::task::yield_now().await;
    }
    drop(second);
    blocker.end().await;
    assert_eq!(errors(&first.await), [""; 0]);
    assert_eq!(errors(&amina.pay(&badr, "4").await), [""; 0]);
    assert_eq!(amina.balance(&amina.wallet).await, "95.00");
}

#[apply(both_databases)]
async fn a_payment_that_waits_behind_a_deposit_is_made_with_its_money(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    let blocked = app.user("carim").await;
    for to in [json!({ "username": "badr" }), json!({ "id": badr.wallet })] {
        let (blocker, before) = (Blocker::on(&app).await, app.transactions());
        let deposit = |user: &User| {
            let (user, input) = (user.clone(), json!({ "wallet": { "id": user.wallet }, "amount": "10" }));
            Box::pin(async move { user.deposit(input).await })
        };
        let mut first = deposit(&blocked);
        while app.transactions() == before {
            assert!(poll!(first.as_mut()).is_pending());
            tokio::task::yield_now().await;
        }
        // The batch of the first one has begun, so these two are done by the next, in this order.
        let mut second = deposit(&amina);
        while app.app.under_way.len() < 2 {
            assert!(poll!(second.as_mut()).is_pending());
            tokio::task::yield_now().await;
        }
        let input =
            json!({ "from": { "id": amina.wallet }, "to": to, "amount": "10", "idempotencyKey": to.to_string() });
        let mut third = Box::pin(amina.transfer(input.clone()));
        while app.app.under_way.len() < 3 {
            assert!(poll!(third.as_mut()).is_pending());
            tokio::task::yield_now().await;
        }
        blocker.end().await;
        let (_, _, paid) = tokio::join!(first, second, third);
        assert_eq!(errors(&paid), [""; 0], "{to}");
        assert_eq!(amina.transfer(input).await["replayed"], true, "{to}");
        assert_eq!(amina.balance(&amina.wallet).await, "0.00");
    }
    assert_eq!(badr.balance(&badr.wallet).await, "20.00");
    app.assert_journal_is_whole().await;
}
