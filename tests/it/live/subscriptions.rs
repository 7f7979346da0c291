//! What subscriptions tell, in which order, and to whom.

use serde_json::{Value, json};

use super::{
    served::Served,
    socket::{CHANGES, Socket, entry_of, position_of},
};
use crate::harness::{Database, User};

/// The ids in the next changes.
async fn next(socket: &mut Socket, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for _ in 0..count {
        ids.push(socket.change().await["thingId"].as_str().unwrap().to_owned());
    }
    ids
}

/// The id of the transaction of a payment.
async fn pay(from: &User, to: &User, amount: &str) -> String {
    from.pay(to, amount).await["transaction"]["id"].as_str().unwrap().to_owned()
}

#[apply(both_databases)]
async fn both_books_of_a_transfer_hear_of_it_and_nobody_else(on: Database) {
    let server = Served::on(on).await;
    let (amina, badr, zaid) = (server.user("amina").await, server.user("badr").await, server.user("zaid").await);
    amina.fund("10").await;
    let mut sockets = Vec::new();
    for user in [&amina, &badr, &zaid] {
        let mut socket = Socket::of(&server, user).await;
        socket.follow(&server, user, Value::Null).await;
        sockets.push(socket);
    }
    let paid = pay(&amina, &badr, "3").await;
    let refused = pay(&amina, &badr, "30").await;
    let of_zaid = zaid.customer("Zahra").await;
    assert_eq!(next(&mut sockets[0], 2).await, [paid.clone(), refused]);
    assert_eq!(next(&mut sockets[1], 1).await, [paid]);
    // Only what is zaid's own, and badr hears nothing of the attempt.
    assert_eq!(next(&mut sockets[2], 1).await, [of_zaid]);
    let of_badr = badr.customer("Zahra").await;
    assert_eq!(next(&mut sockets[1], 1).await, [of_badr]);
}

#[apply(both_databases)]
async fn a_wallet_tells_of_its_own_transactions_with_the_balance_after_them(on: Database) {
    let server = Served::on(on).await;
    let (amina, badr) = (server.user("amina").await, server.user("badr").await);
    let savings = amina.new_wallet("YEM").await;
    let mut socket = Socket::of(&server, &amina).await;
    let query = "subscription($id: ID!, $after: String) { walletActivity(walletId: $id, after: $after) { kind thingId createdAt thing {
        id ... on WalletTransaction { amount { amount } to { wallet { balance { amount } } } } ... on Wallet { name } } } }";
    let after = position_of(&server, &amina).await;
    socket.subscribe("1", query, json!({ "id": savings, "after": after })).await;
    amina.fund("10").await;
    pay(&amina, &badr, "1").await;
    let moved = json!({ "from": { "id": amina.wallet }, "to": { "id": savings }, "amount": "4" });
    let moved = amina.transfer(moved).await["transaction"]["id"].take();
    let change = socket.change().await;
    assert_eq!((&change["kind"], &change["thingId"], &change["thing"]["id"]), (&json!("CREATED"), &moved, &moved));
    let balance =
        json!({ "amount": { "amount": "4.00" }, "id": moved, "to": { "wallet": { "balance": { "amount": "4.00" } } } });
    assert_eq!(change["thing"], balance);
    let rename = json!({ "id": savings, "name": "Savings" });
    amina.mutate("updateWallet", "UpdateWalletInput", "userErrors { code }", rename).await;
    let change = socket.change().await;
    assert_eq!((&change["kind"], &change["thing"]["name"]), (&json!("UPDATED"), &json!("Savings")));
    // Those of another book cannot be followed.
    socket.subscribe("2", query, json!({ "id": badr.wallet })).await;
    let refused = socket.next().await;
    assert_eq!(
        (&refused["type"], &refused["payload"][0]["extensions"]["code"]),
        (&json!("error"), &json!("NOT_FOUND"))
    );
}

#[apply(both_databases)]
async fn a_customer_tells_of_their_documents(on: Database) {
    let server = Served::on(on).await;
    let amina = server.user("amina").await;
    let (customer, other) = (amina.customer("Zaid").await, amina.customer("Zahra").await);
    let mut socket = Socket::of(&server, &amina).await;
    let query =
        "subscription($id: ID!, $after: String) { customerActivity(customerId: $id, after: $after) { kind thingId } }";
    socket.subscribe("1", query, json!({ "id": customer, "after": position_of(&server, &amina).await })).await;
    let mut expected = Vec::new();
    for customer in [&customer, &other] {
        let entry = amina.entry(customer, "CREDIT", "5", "2026-11-05").await;
        let invoice = amina.invoice(customer, "10", "2026-11-06").await;
        let receipt = amina.receipt(customer, "5", "2026-11-07").await;
        let note = amina.credit_note(&invoice, "2").await;
        let refund = amina.refund(json!({ "customerId": customer, "amount": "1" })).await;
        amina.update_entry(json!({ "id": entry, "amount": "6" })).await;
        amina.delete_entry(json!({ "id": entry })).await;
        amina.void_receipt(json!({ "id": receipt, "reason": "a mistake" })).await;
        amina.archive(customer).await;
        expected.push((entry, invoice, receipt, note, refund));
    }
    let (entry, invoice, receipt, note, _) = expected.swap_remove(0);
    let mut told = Vec::new();
    while told.last().is_none_or(|last: &String| *last != format!("UPDATED {customer}")) {
        let change = socket.change().await;
        told.push(format!("{} {}", change["kind"].as_str().unwrap(), change["thingId"].as_str().unwrap()));
    }
    let [of_invoice, of_receipt, of_note] = [&invoice, &receipt, &note].map(|id| entry_of(id));
    let is_known =
        |change: &String| [&entry, &of_invoice, &of_receipt, &of_note].iter().any(|id| change.ends_with(*id));
    told.retain(|change| !change.starts_with("CREATED entry_") || is_known(change));
    let expected = [
        format!("CREATED {entry}"),
        format!("CREATED {invoice}"),
        format!("CREATED {of_invoice}"),
        format!("CREATED {receipt}"),
        format!("CREATED {of_receipt}"),
        format!("CREATED {note}"),
        format!("CREATED {of_note}"),
        format!("UPDATED {entry}"),
        format!("DELETED {entry}"),
        format!("UPDATED {receipt}"),
        format!("DELETED {of_receipt}"),
        format!("UPDATED {customer}"),
    ];
    assert_eq!(told, expected);
}

#[apply(both_databases)]
async fn a_client_that_was_away_is_told_what_it_missed_and_then_what_happens(on: Database) {
    let server = Served::on(on).await;
    let amina = server.user("amina").await;
    let mut socket = Socket::of(&server, &amina).await;
    socket.follow(&server, &amina, Value::Null).await;
    let first = amina.customer("Zaid").await;
    let seen = socket.change().await;
    assert_eq!(seen["thingId"], json!(first));
    drop(socket);
    // More than are read at once.
    let mut missed = Vec::new();
    for number in 0..120 {
        missed.push(amina.customer(&format!("Customer {number}")).await);
    }
    let mut socket = Socket::of(&server, &amina).await;
    socket.follow(&server, &amina, seen["cursor"].clone()).await;
    assert_eq!(next(&mut socket, 120).await, missed);
    let later = amina.customer("Zahra").await;
    assert_eq!(next(&mut socket, 1).await, [later]);
}

#[apply(both_databases)]
async fn operations_over_one_socket_do_not_wait_for_each_other(on: Database) {
    let server = Served::on(on).await;
    let amina = server.user("amina").await;
    let mut socket = Socket::of(&server, &amina).await;
    for id in ["a", "b"] {
        socket.subscribe(id, CHANGES, json!({ "after": position_of(&server, &amina).await })).await;
    }
    let customer = amina.customer("Zaid").await;
    let mut told: Vec<_> = [socket.next().await, socket.next().await].map(|message| message["id"].clone()).into();
    told.sort_by_key(Value::to_string);
    assert_eq!(told, ["a", "b"]);
    socket.subscribe("c", "query($id: ID!) { customer(id: $id) { name } }", json!({ "id": customer })).await;
    assert_eq!(socket.next().await["payload"]["data"]["customer"]["name"], "Zaid");
}
