//! What is somebody else's does not exist.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::harness::{Database, PASSWORD, TestApp, User, errors};

/// Two users with money; the second has a phone number.
async fn two(on: Database) -> (TestApp, User, User) {
    let (app, amina) = TestApp::with_owner(on).await;
    let input = json!({ "username": "badr", "password": PASSWORD, "phone": "+967711234567" });
    let badr = User::register_as(&app.anonymous(), input).await;
    amina.fund("10").await;
    badr.fund("77").await;
    (app, amina, badr)
}

#[apply(both_databases)]
async fn nobody_deposits_into_or_pays_from_anothers_wallet(on: Database) {
    let (app, amina, badr) = two(on).await;
    for (named, field) in [
        (json!({ "id": badr.wallet }), "id"),
        (json!({ "phone": "+967711234567" }), "phone"),
        (json!({ "username": "badr" }), "username"),
    ] {
        let input = json!({ "wallet": named, "amount": "1" });
        assert_eq!(errors(&amina.deposit(input.clone()).await), [format!("NOT_FOUND wallet.{field}")]);
        assert_eq!(errors(&amina.withdraw(input).await), [format!("NOT_FOUND wallet.{field}")]);
        let input = json!({ "from": named, "to": { "id": amina.wallet }, "amount": "1" });
        assert_eq!(errors(&amina.transfer(input).await), [format!("NOT_FOUND from.{field}")]);
    }
    assert_eq!(badr.balance(&badr.wallet).await, "77.00");
    // Nothing of it is on record with the one whose wallet it is.
    assert_eq!(badr.history(&badr.wallet, Value::Null).await.len(), 1);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn nobody_reads_anothers_wallet(on: Database) {
    let (_app, amina, badr) = two(on).await;
    let theirs = badr.gql("{ me { id } book { id } }", json!({})).await;
    let deposit = badr.history(&badr.wallet, Value::Null).await[0]["node"]["id"].clone();
    let ids = json!([badr.wallet, theirs["me"]["id"], theirs["book"]["id"], deposit, "wallet_x", "", "🌼"]);
    for id in ids.as_array().unwrap() {
        let query = "query($id: ID!) { wallet(id: $id) { id } node(id: $id) { id } }";
        assert_eq!(amina.gql(query, json!({ "id": id })).await, json!({ "wallet": null, "node": null }), "{id}");
        let query = "query($id: ID!) { walletHistory(walletId: $id) { totalCount } }";
        assert_eq!(amina.error(query, json!({ "id": id })).await, "NOT_FOUND", "{id}");
    }
    let nodes = amina.gql("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", json!({ "ids": ids })).await;
    assert_eq!(nodes["nodes"], json!([null, null, null, null, null, null, null]));
}

#[apply(both_databases)]
async fn nobody_changes_anothers_wallet(on: Database) {
    let (_app, amina, badr) = two(on).await;
    let fields = "wallet { id } userErrors { code path }";
    for (mutation, input) in [
        ("updateWallet", "UpdateWalletInput"),
        ("freezeWallet", "FreezeWalletInput"),
        ("unfreezeWallet", "UnfreezeWalletInput"),
        ("closeWallet", "CloseWalletInput"),
    ] {
        for id in [badr.wallet.as_str(), "wallet_x", ""] {
            let payload = amina.mutate(mutation, input, fields, json!({ "id": id })).await;
            assert_eq!(errors(&payload), ["NOT_FOUND id"], "{mutation} {id}");
        }
    }
    let status = badr.gql("{ wallets { status name } }", json!({})).await;
    assert_eq!(status["wallets"], json!([{ "status": "ACTIVE", "name": "YEM wallet" }]));
}

#[apply(both_databases)]
async fn own_things_are_found_by_their_ids(on: Database) {
    let (_app, amina, badr) = two(on).await;
    let paid = amina.pay(&badr, "1").await["transaction"]["id"].clone();
    let own = amina.gql("{ me { id } book { id } }", json!({})).await;
    let ids = json!([own["book"]["id"], paid, amina.wallet, own["me"]["id"]]);
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }";
    let nodes = amina.gql(query, json!({ "ids": ids })).await["nodes"].take();
    for (number, typename) in ["Book", "WalletTransaction", "Wallet", "User"].iter().enumerate() {
        assert_eq!(nodes[number], json!({ "__typename": typename, "id": ids[number] }));
    }
    // The payee sees the transaction too, but not the payer's wallet.
    let query = "query($id: ID!) { node(id: $id) { ... on WalletTransaction { from { displayName wallet { id } } } } }";
    let seen = badr.gql(query, json!({ "id": paid })).await;
    assert_eq!(seen["node"]["from"], json!({ "displayName": "amina", "wallet": null }));
    // A stranger to it does not.
    let refused = amina.pay(&badr, "1000").await["transaction"]["id"].clone();
    assert_eq!(badr.gql(query, json!({ "id": refused })).await["node"], Value::Null);

    let too_many = vec![amina.wallet.clone(); 101];
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    assert_eq!(amina.error(query, json!({ "ids": too_many })).await, "INVALID");
}

#[apply(both_databases)]
async fn a_cursor_shows_nothing_of_the_row_and_is_the_same_on_every_server(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    amina.customer("Zaid Al-Amri").await;
    amina.customer("Zahra").await;
    let query = "{ customers(first: 1) { edges { cursor } } }";
    let cursor = |data: &Value| data["customers"]["edges"][0]["cursor"].as_str().unwrap().to_owned();
    let first = cursor(&amina.gql(query, json!({})).await);
    let other_server = amina.at(&app.another(|_| {}));
    assert_eq!(cursor(&other_server.gql(query, json!({})).await), first);
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(&first).unwrap();
    let text = String::from_utf8_lossy(&bytes).to_lowercase();
    assert!(!text.contains("zahra"), "{text}");
    let next = "query($after: String) { customers(after: $after) { nodes { name } } }";
    let rest = other_server.gql(next, json!({ "after": first })).await;
    assert_eq!(rest["customers"]["nodes"], json!([{ "name": "Zaid Al-Amri" }]));
    // Nobody makes a cursor without the servers' secret.
    for forged in
        [BASE64_URL_SAFE_NO_PAD.encode("zahra 0191a1b2c3d47e5f8a9b0c1d2e3f4a5b"), first.replace('A', "B") + "A"]
    {
        assert_eq!(amina.error(next, json!({ "after": forged })).await, "INVALID", "{forged}");
    }
}
