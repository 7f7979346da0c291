//! Making, naming, freezing and closing wallets.

use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, errors};

const FIELDS: &str = "wallet { id name currency status isDefault } userErrors { code path }";

async fn create(user: &User, input: Value) -> Value {
    user.mutate("createWallet", "CreateWalletInput", FIELDS, input).await
}

async fn update(user: &User, input: Value) -> Value {
    user.mutate("updateWallet", "UpdateWalletInput", FIELDS, input).await
}

async fn freeze(user: &User, id: &str) -> Value {
    user.mutate("freezeWallet", "FreezeWalletInput", FIELDS, json!({ "id": id })).await
}

async fn unfreeze(user: &User, id: &str) -> Value {
    user.mutate("unfreezeWallet", "UnfreezeWalletInput", FIELDS, json!({ "id": id })).await
}

async fn close(user: &User, id: &str) -> Value {
    user.mutate("closeWallet", "CloseWalletInput", FIELDS, json!({ "id": id })).await
}

/// Which wallets are defaults, by name.
async fn defaults(user: &User) -> Vec<String> {
    let data = user.gql("{ wallets { name isDefault } }", json!({})).await;
    let wallets = data["wallets"].as_array().unwrap();
    let defaults = wallets.iter().filter(|wallet| wallet["isDefault"] == true);
    defaults.map(|wallet| wallet["name"].as_str().unwrap().to_owned()).collect()
}

#[apply(both_databases)]
async fn a_user_with_two_wallets_of_a_currency_is_paid_into_the_default(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    amina.fund("10").await;
    let made = create(&badr, json!({ "currency": "YEM", "name": "Second" })).await;
    assert_eq!(made["wallet"]["isDefault"], false);
    let second = made["wallet"]["id"].as_str().unwrap();
    let pay = json!({ "from": { "id": amina.wallet }, "to": { "username": "badr" }, "amount": "1" });
    amina.transfer(pay.clone()).await;
    assert_eq!((badr.balance(&badr.wallet).await, badr.balance(second).await), ("1.00".into(), "0.00".into()));

    let updated = update(&badr, json!({ "id": second, "makeDefault": true, "name": "New first" })).await;
    assert_eq!(updated["wallet"]["name"], "New first");
    assert_eq!(defaults(&badr).await, ["New first"]);
    amina.transfer(pay).await;
    assert_eq!((badr.balance(&badr.wallet).await, badr.balance(second).await), ("1.00".into(), "1.00".into()));

    // What is absent stays as it is, and the default may be made the default again.
    for input in [json!({ "id": second }), json!({ "id": second, "makeDefault": true })] {
        assert_eq!(update(&badr, input).await, updated);
    }
}

#[apply(both_databases)]
async fn the_first_wallet_of_a_currency_is_its_default(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    for (currency, is_default) in [("USD", true), ("USD", false), ("EUR", true)] {
        let made = create(&amina, json!({ "currency": currency })).await;
        assert_eq!(made["wallet"]["name"], format!("{currency} wallet"));
        assert_eq!(made["wallet"]["isDefault"], is_default);
    }
    assert_eq!(defaults(&amina).await, ["YEM wallet", "USD wallet", "EUR wallet"]);
}

#[apply(both_databases)]
#[threads(4)]
async fn of_wallets_made_at_once_one_is_the_default(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let amina = amina.clone();
            tokio::spawn(async move { create(&amina, json!({ "currency": "USD" })).await })
        })
        .collect();
    for task in tasks {
        assert_eq!(errors(&task.await.unwrap()), [""; 0]);
    }
    assert_eq!(defaults(&amina).await, ["YEM wallet", "USD wallet"]);
}

#[apply(both_databases)]
async fn a_name_or_currency_that_cannot_be_one_is_refused(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    for name in ["", "  ", "a\nb", "\u{200B}", &"x".repeat(101)] {
        let payload = create(&amina, json!({ "currency": "USD", "name": name })).await;
        assert_eq!(errors(&payload), ["INVALID name"], "{name:?}");
        let payload = update(&amina, json!({ "id": amina.wallet, "name": name })).await;
        assert_eq!(errors(&payload), ["INVALID name"], "{name:?}");
    }
    let query = "mutation($input: CreateWalletInput!) { createWallet(input: $input) { wallet { id } } }";
    for currency in ["usd", "XXX", "ABC", "", "💰"] {
        assert_eq!(
            amina.error(query, json!({ "input": { "currency": currency } })).await,
            "BAD_USER_INPUT",
            "{currency}"
        );
    }
}

#[apply(both_databases)]
async fn nothing_moves_on_a_frozen_wallet_until_it_is_unfrozen(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    amina.fund("10").await;
    badr.fund("10").await;
    assert_eq!(freeze(&amina, &amina.wallet).await["wallet"]["status"], "FROZEN");
    assert_eq!(freeze(&amina, &amina.wallet).await["wallet"]["status"], "FROZEN");

    let own = json!({ "wallet": { "id": amina.wallet }, "amount": "1" });
    assert_eq!(errors(&amina.deposit(own.clone()).await), ["WALLET_NOT_ACTIVE wallet"]);
    assert_eq!(errors(&amina.withdraw(own.clone()).await), ["WALLET_NOT_ACTIVE wallet"]);
    assert_eq!(errors(&amina.pay(&badr, "1").await), ["WALLET_NOT_ACTIVE from"]);
    assert_eq!(errors(&badr.pay(&amina, "1").await), ["WALLET_NOT_ACTIVE to"]);
    assert_eq!(amina.balance(&amina.wallet).await, "10.00");
    // The attempts on one's own wallet are on record, and others' are on theirs.
    assert_eq!(amina.history(&amina.wallet, json!({ "status": "FAILED" })).await.len(), 3);
    assert_eq!(badr.history(&badr.wallet, json!({ "status": "FAILED" })).await.len(), 1);

    assert_eq!(unfreeze(&amina, &amina.wallet).await["wallet"]["status"], "ACTIVE");
    assert_eq!(errors(&amina.deposit(own).await), [""; 0]);
    assert_eq!(amina.balance(&amina.wallet).await, "11.00");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_wallet_is_closed_when_it_is_empty_and_for_good(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    amina.fund("10").await;
    assert_eq!(errors(&close(&amina, &amina.wallet).await), ["WALLET_NOT_EMPTY id"]);
    let all = json!({ "wallet": { "id": amina.wallet }, "amount": "10" });
    amina.withdraw(all.clone()).await;

    let second = create(&amina, json!({ "currency": "YEM", "name": "Second" })).await;
    let closed = close(&amina, &amina.wallet).await;
    assert_eq!((&closed["wallet"]["status"], &closed["wallet"]["isDefault"]), (&json!("CLOSED"), &json!(false)));
    assert_eq!(defaults(&amina).await, ["Second"]);
    assert_eq!(errors(&amina.deposit(all).await), ["WALLET_NOT_ACTIVE wallet"]);
    assert_eq!(errors(&unfreeze(&amina, &amina.wallet).await), ["WALLET_NOT_ACTIVE id"]);
    let make_default = update(&amina, json!({ "id": amina.wallet, "makeDefault": true })).await;
    assert_eq!(errors(&make_default), ["WALLET_NOT_ACTIVE makeDefault"]);
    // Its history stays.
    assert_eq!(amina.history(&amina.wallet, Value::Null).await.len(), 3);

    // The last wallet of a currency leaves no default, and the next one made is it.
    close(&amina, second["wallet"]["id"].as_str().unwrap()).await;
    assert_eq!(defaults(&amina).await, [""; 0]);
    create(&amina, json!({ "currency": "YEM", "name": "Third" })).await;
    assert_eq!(defaults(&amina).await, ["Third"]);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
#[threads(4)]
async fn a_wallet_that_is_closed_while_it_is_paid_loses_nothing(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    amina.fund("100").await;
    let paying: Vec<_> = (0..10)
        .map(|_| {
            let (amina, badr) = (amina.clone(), badr.clone());
            tokio::spawn(async move { amina.pay(&badr, "1").await })
        })
        .collect();
    let closed = close(&badr, &badr.wallet).await;
    let mut paid = 0;
    for task in paying {
        paid += usize::from(errors(&task.await.unwrap()).is_empty());
    }
    if errors(&closed).is_empty() {
        assert_eq!(paid, 0, "a closed wallet was paid");
    }
    assert_eq!(badr.balance(&badr.wallet).await, format!("{paid}.00"));
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_book_has_at_most_200_wallets(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    for _ in 1..200 {
        amina.new_wallet("USD").await;
    }
    assert_eq!(errors(&create(&amina, json!({ "currency": "USD" })).await), ["LIMIT_REACHED"]);
}
