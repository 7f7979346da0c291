//! The transactions of all wallets in one list, and those of each wallet found from the wallet.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User};

const LIST: &str =
    "query($filter: WalletTransactionListFilter, $first: Int, $after: String, $last: Int, $before: String) {
    walletTransactions(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
        totalCount edges { cursor direction balanceAfter { amount } wallet { id } node { id createdAt } } } }";

/// The whole list under a filter, which is counted too.
async fn all(user: &User, filter: Value) -> Vec<Value> {
    let data = user.gql(LIST, json!({ "filter": filter, "first": 100 })).await["walletTransactions"].take();
    let edges = data["edges"].as_array().unwrap().clone();
    assert_eq!(data["totalCount"], edges.len(), "{filter}");
    edges
}

fn ids(edges: &[Value]) -> Vec<Value> {
    edges.iter().map(|edge| edge["node"]["id"].clone()).collect()
}

/// Somebody with three wallets, between which money moved, as well as to and from somebody else; much of it at one moment.
async fn busy(app: &TestApp) -> (User, [String; 3]) {
    let amina = app.user("amina").await;
    let badr = app.user("badr").await;
    let savings = amina.new_wallet("YEM").await;
    let dollars = amina.new_wallet("USD").await;
    amina.fund("1000").await;
    badr.fund("1000").await;
    for round in 1..6 {
        amina.pay(&badr, &round.to_string()).await;
        badr.pay(&amina, &round.to_string()).await;
        for (from, to) in [(&amina.wallet, &savings), (&savings, &amina.wallet)] {
            amina.transfer(json!({ "from": { "id": from }, "to": { "id": to }, "amount": "3" })).await;
        }
        // More than there is.
        amina.transfer(json!({ "from": { "id": savings }, "to": { "id": amina.wallet }, "amount": "99999" })).await;
        amina.deposit(json!({ "wallet": { "id": dollars }, "amount": "7" })).await;
        amina.spend("Food", "1", "2026-11-20").await;
        if round % 2 == 0 {
            app.advance(TimeDelta::seconds(1));
        }
    }
    let wallets = [amina.wallet.clone(), savings, dollars];
    (amina, wallets)
}

#[apply(both_databases)]
async fn one_list_has_the_transactions_of_all_wallets_each_once(on: Database) {
    let app = TestApp::on(on).await;
    let (amina, wallets) = busy(&app).await;
    let list = all(&amina, Value::Null).await;
    // An edge says which wallet it is seen from.
    for edge in &list {
        let of_wallet = amina.history(edge["wallet"]["id"].as_str().unwrap(), Value::Null).await;
        let same = of_wallet.iter().find(|other| other["node"]["id"] == edge["node"]["id"]).unwrap();
        let seen = |edge: &Value| (edge["direction"].clone(), edge["balanceAfter"]["amount"].clone());
        assert_eq!(seen(edge), seen(same));
    }
    assert!(list.is_sorted_by_key(|edge| std::cmp::Reverse(edge["node"]["createdAt"].as_str().unwrap().to_owned())));
    let mut edges_of_wallets = Vec::new();
    for wallet in &wallets {
        let own = amina.history(wallet, Value::Null).await;
        assert_eq!(ids(&all(&amina, json!({ "walletId": wallet })).await), ids(&own));
        edges_of_wallets.extend(own);
    }
    let id = |edge: &Value| edge["node"]["id"].as_str().unwrap().to_owned();
    let expected: BTreeSet<_> = edges_of_wallets.iter().map(id).collect();
    let seen: BTreeSet<_> = list.iter().map(id).collect();
    assert_eq!((list.len(), seen), (expected.len(), expected.clone()));
    assert!(expected.len() < edges_of_wallets.len(), "a transfer between two wallets is in the history of both");
    for (filter, admits) in [
        (json!({ "direction": "OUT" }), "direction"),
        (json!({ "direction": "IN" }), "direction"),
        (json!({ "status": "FAILED" }), "status"),
        (json!({ "type": "TRANSFER", "status": "SUCCEEDED" }), "type"),
        (json!({ "currency": "USD" }), "currency"),
    ] {
        let mut expected = BTreeSet::new();
        for (at, wallet) in wallets.iter().enumerate() {
            let of_wallet = if admits == "currency" { Value::Null } else { filter.clone() };
            if admits != "currency" || at == 2 {
                expected.extend(amina.history(wallet, of_wallet).await.iter().map(id));
            }
        }
        let found = all(&amina, filter.clone()).await;
        assert!(!found.is_empty() && found.len() == expected.len(), "{filter}");
        assert_eq!(found.iter().map(id).collect::<BTreeSet<_>>(), expected, "{filter}");
    }
}

#[apply(both_databases)]
async fn the_one_list_is_read_in_pages_both_ways_and_between_times(on: Database) {
    let app = TestApp::on(on).await;
    let (amina, wallets) = busy(&app).await;
    for filter in
        [Value::Null, json!({ "currency": "YEM" }), json!({ "direction": "IN" }), json!({ "walletId": wallets[1] })]
    {
        let list = all(&amina, filter.clone()).await;
        for size in [1, 4, 7] {
            for (count, cursor, end) in [("first", "after", 1), ("last", "before", 0)] {
                let (mut seen, mut at) = (Vec::new(), Value::Null);
                loop {
                    let page = json!({ "filter": filter, count: size, cursor: at });
                    let page = amina.gql(LIST, page).await["walletTransactions"]["edges"].take();
                    let page = page.as_array().unwrap().clone();
                    let Some(last) = (if end == 1 { page.last() } else { page.first() }) else { break };
                    at = last["cursor"].clone();
                    seen = if end == 1 { [seen, page].concat() } else { [page, seen].concat() };
                }
                assert_eq!(seen, list, "{filter} {count}: {size}");
            }
        }
    }
    let list = all(&amina, Value::Null).await;
    let time = |edge: &Value| edge["node"]["createdAt"].as_str().unwrap().to_owned();
    let times: BTreeSet<_> = list.iter().map(time).collect();
    assert!(times.len() > 2, "{times:?}");
    for from in &times {
        for to in &times {
            let query = json!({ "from": from, "to": to });
            if from > to {
                assert_eq!(amina.error(LIST, json!({ "filter": query })).await, "INVALID");
                continue;
            }
            let expected: Vec<_> = list.iter().filter(|edge| (from..to).contains(&&time(edge))).cloned().collect();
            assert_eq!(all(&amina, query).await, expected, "{from} {to}");
        }
    }
    assert_eq!(amina.error(LIST, json!({ "filter": { "walletId": "x" } })).await, "NOT_FOUND");
    assert_eq!(amina.error(LIST, json!({ "after": "x" })).await, "INVALID");
}

#[apply(both_databases)]
async fn a_wallet_knows_its_owner_and_its_transactions(on: Database) {
    let app = TestApp::on(on).await;
    let (amina, wallets) = busy(&app).await;
    let query = "query($filter: WalletTransactionFilter) { me { id } wallets { id owner { id username }
        transactions(first: 5, filter: $filter) { totalCount edges { cursor direction balanceAfter { amount } node { id } } }
        oldest: transactions(last: 2, filter: $filter) { edges { cursor } pageInfo { hasPreviousPage } } } }";
    let single = "query($id: ID!, $filter: WalletTransactionFilter) {
        transactions: walletHistory(walletId: $id, first: 5, filter: $filter) {
            totalCount edges { cursor direction balanceAfter { amount } node { id } } }
        oldest: walletHistory(walletId: $id, last: 2, filter: $filter) { edges { cursor } pageInfo { hasPreviousPage } } }";
    for filter in
        [Value::Null, json!({ "direction": "OUT" }), json!({ "type": "TRANSFER" }), json!({ "status": "FAILED" })]
    {
        let data = amina.gql(query, json!({ "filter": filter })).await;
        for (wallet, id) in data["wallets"].as_array().unwrap().iter().zip(&wallets) {
            assert_eq!(wallet["owner"], json!({ "id": data["me"]["id"], "username": "amina" }));
            let expected = amina.gql(single, json!({ "id": id, "filter": filter })).await;
            for list in ["transactions", "oldest"] {
                assert_eq!(wallet[list], expected[list], "{filter} {list}");
            }
        }
    }
    let statements = async |fields: &str| {
        let mut fewest = usize::MAX;
        for _ in 0..4 {
            let before = app.statements();
            amina.gql(&format!("{{ wallets {{ id {fields} }} }}"), json!({})).await;
            fewest = fewest.min(app.statements() - before);
        }
        fewest
    };
    // The wallets, the places of their transactions and these, and the count of those with a condition: for all wallets at once.
    let none = statements("").await;
    assert_eq!(statements("transactions { nodes { id } }").await - none, 3);
    assert_eq!(statements("owner { id }").await - none, 1);
}
