//! What is refused is on record, once, with why: by the rules, by a wallet, at the door.

use chrono::TimeDelta;
use daybook::entity::activity::{Action, Entity, Outcome};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use crate::harness::{Client, Database, PASSWORD, TestApp, errors, id_of, told};

#[apply(both_databases)]
async fn what_a_wallet_refuses_is_on_record_once_with_its_transaction(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    amina.fund("10").await;
    let before = amina.recorded().await;
    let payload = amina.pay(&badr, "11").await;
    assert_eq!(errors(&payload), ["INSUFFICIENT_FUNDS amount"]);
    assert_eq!(amina.recorded().await, before + 1);
    let row = amina.latest().await;
    assert_eq!(told(&row), "TRANSFER REFUSED INSUFFICIENT_FUNDS");
    assert_eq!(
        (&row["thingId"], &row["thing"]["__typename"]),
        (&payload["transaction"]["id"], &json!("WalletTransaction"))
    );
    let id = row["thingId"].as_str().unwrap();
    assert_eq!(amina.history_of(id).await, ["TRANSFER REFUSED INSUFFICIENT_FUNDS"]);
    // What is refused before a wallet is asked is about no transaction.
    let nobody = json!({ "from": { "id": amina.wallet }, "to": { "username": "nobody" }, "amount": "1" });
    amina.transfer(nobody).await;
    let row = amina.latest().await;
    assert_eq!((told(&row), &row["thingId"]), ("TRANSFER REFUSED NOT_FOUND".to_owned(), &Value::Null));

    // A receipt, income and spending that a wallet refuses.
    let customer = amina.customer("Yusuf").await;
    let receipt = json!({ "customerId": customer, "amount": "5", "paymentType": "CASH", "walletId": amina.wallet });
    let receipt = id_of(&amina.create_receipt(receipt).await, "receipt");
    let spent = json!({ "category": { "name": "Food" }, "amount": "15", "walletId": amina.wallet });
    let spent = id_of(&amina.add_transaction(spent).await, "transaction");
    let more = json!({ "category": { "name": "Food" }, "amount": "1", "walletId": amina.wallet });
    let update = json!({ "id": spent, "amount": "16" });
    let income = json!({ "category": { "name": "Salary" }, "amount": "1", "walletId": amina.wallet });
    let income = id_of(&amina.add_transaction(income).await, "transaction");
    amina.withdraw(json!({ "wallet": { "id": amina.wallet }, "amount": "1" })).await;
    let before = amina.recorded().await;
    amina.add_transaction(more).await;
    amina.update_transaction(update).await;
    amina.delete_transaction(json!({ "id": income })).await;
    amina.void_receipt(json!({ "id": receipt, "reason": "wrong" })).await;
    assert_eq!(amina.recorded().await, before + 4);
    let rows = amina.activity(json!({ "outcome": "REFUSED" })).await;
    let rows: Vec<_> =
        rows.iter().take(4).map(|row| (told(row), row["thing"]["__typename"].as_str().unwrap())).collect();
    let because = |action: &str| format!("{action} REFUSED INSUFFICIENT_FUNDS");
    let expected = [
        (because("VOID_RECEIPT"), "Receipt"),
        (because("DELETE_TRANSACTION"), "Transaction"),
        (because("UPDATE_TRANSACTION"), "Transaction"),
        (because("ADD_TRANSACTION"), "WalletTransaction"),
    ];
    assert_eq!(rows, expected);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_request_that_is_sent_again_is_on_record_as_replayed(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Yusuf").await;
    let wallet = json!({ "id": amina.wallet });
    let deposit = json!({ "wallet": wallet, "amount": "5", "idempotencyKey": "a" });
    let withdraw = json!({ "wallet": wallet, "amount": "50", "idempotencyKey": "b" });
    let entry = json!({ "customerId": customer, "type": "CREDIT", "amount": "5", "idempotencyKey": "c" });
    let spend = json!({
        "category": { "name": "Food" }, "amount": "50", "walletId": amina.wallet, "idempotencyKey": "d",
    });
    for _ in 0..2 {
        amina.deposit(deposit.clone()).await;
        amina.withdraw(withdraw.clone()).await;
        amina.add_entry(entry.clone()).await;
        amina.add_transaction(spend.clone()).await;
    }
    amina.deposit(json!({ "wallet": wallet, "amount": "6", "idempotencyKey": "a" })).await;
    let rows = amina.activity(Value::Null).await;
    let words: Vec<_> = rows.iter().map(told).collect();
    let expected = [
        "DEPOSIT REFUSED IDEMPOTENCY_CONFLICT",
        "ADD_TRANSACTION REPLAYED INSUFFICIENT_FUNDS",
        "ADD_ENTRY REPLAYED",
        "WITHDRAW REPLAYED INSUFFICIENT_FUNDS",
        "DEPOSIT REPLAYED",
        "ADD_TRANSACTION REFUSED INSUFFICIENT_FUNDS",
        "ADD_ENTRY DONE",
        "WITHDRAW REFUSED INSUFFICIENT_FUNDS",
        "DEPOSIT DONE",
        "CREATE_CUSTOMER DONE",
        "REGISTER DONE",
    ];
    assert_eq!(words, expected);
    for number in 1..5 {
        assert_eq!(rows[number]["thingId"], rows[number + 4]["thingId"], "{}", words[number]);
        assert!(rows[number]["thingId"].is_string());
    }
    assert_eq!(amina.activity(json!({ "outcome": "REPLAYED" })).await.len(), 4);
}

const LOGIN: &str = "mutation($input: LoginInput!) { login(input: $input) { userErrors { code } } }";

async fn log_in(client: &Client, identifier: &str, password: &str) {
    client.gql(LOGIN, json!({ "input": { "identifier": identifier, "password": password } })).await;
}

#[apply(both_databases)]
async fn a_login_that_is_refused_is_on_record_in_the_book_of_whose_it_was_to_be(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    let anonymous = app.anonymous();
    log_in(&anonymous, "amina", PASSWORD).await;
    log_in(&anonymous, "AMINA", "wrong").await;
    log_in(&anonymous, "nobody", "wrong").await;
    let rows = amina.activity(json!({ "actions": ["LOGIN"] })).await;
    assert_eq!(rows.iter().map(told).collect::<Vec<_>>(), ["LOGIN REFUSED WRONG_CREDENTIALS", "LOGIN DONE"]);
    let me = amina.gql("{ me { id } }", json!({})).await["me"]["id"].take();
    assert_eq!((&rows[0]["actor"]["id"], &rows[0]["sessionId"], &rows[0]["thingId"]), (&me, &Value::Null, &me));
    assert_eq!(rows[1]["thingId"], rows[1]["sessionId"]);
    assert_eq!(badr.recorded().await, 1);
    let all = Entity::find().all(app.app.db.read()).await.unwrap();
    let unknown: Vec<_> = all.iter().filter(|row| row.book_id.is_none()).collect();
    let [row] = unknown[..] else { panic!("{unknown:?}") };
    assert_eq!((row.action, row.outcome, row.actor_id, &row.thing_id), (Action::Login, Outcome::Refused, None, &None));
    assert!(!format!("{row:?}").contains("nobody"));
    // It takes as many statements whether there is such a user or not.
    let mut counts = Vec::new();
    for identifier in ["amina", "nobody"] {
        let before = app.statements();
        log_in(&anonymous, identifier, "wrong").await;
        counts.push(app.statements() - before);
    }
    assert_eq!(counts[0], counts[1]);
}

#[apply(both_databases)]
async fn a_refresh_token_that_comes_back_is_on_record_with_the_session_that_it_ends(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let refresh = "mutation($input: RefreshTokenInput!) { refreshToken(input: $input) { userErrors { code } } }";
    for (token, later) in
        [(&amina.refresh_token, 0), (&amina.refresh_token, 0), (&amina.refresh_token, 60), (&"unknown".to_owned(), 0)]
    {
        app.advance(TimeDelta::seconds(later));
        app.anonymous().gql(refresh, json!({ "input": { "refreshToken": token } })).await;
    }
    assert_eq!(amina.error("{ me { id } }", json!({})).await, "UNAUTHENTICATED");
    let login = "mutation($input: LoginInput!) { login(input: $input) { accessToken } }";
    let input = json!({ "identifier": "amina", "password": PASSWORD });
    let token = app.anonymous().gql(login, json!({ "input": input })).await["login"]["accessToken"].take();
    let amina = crate::harness::User { client: app.anonymous().with_token(token.as_str().unwrap()), ..amina };
    let rows = amina.activity(Value::Null).await;
    let expected = [
        "LOGIN DONE",
        "REFRESH_TOKEN REFUSED WRONG_CREDENTIALS",
        "REFRESH_TOKEN REPLAYED",
        "REFRESH_TOKEN DONE",
        "REGISTER DONE",
    ];
    assert_eq!(rows.iter().map(told).collect::<Vec<_>>(), expected);
    for row in &rows[1..4] {
        assert_eq!((&row["sessionId"], &row["thingId"]), (&rows[4]["sessionId"], &rows[4]["sessionId"]));
    }
    amina.gql("mutation { logout { userErrors { code } } }", json!({})).await;
    let all = Entity::find().all(app.app.db.read()).await.unwrap();
    let last = all.iter().max_by_key(|row| row.created_at).unwrap();
    assert_eq!((last.action, last.outcome), (Action::Logout, Outcome::Done));
    assert_eq!(last.thing_id, last.session_id.map(|id| id.to_string()));
    assert_eq!(all.iter().filter(|row| row.book_id.is_none()).count(), 1);
}

#[apply(both_databases)]
async fn where_a_request_came_from_is_on_record(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let amina = amina.at(&app.anonymous().at_address("203.0.113.7"));
    let rename = "mutation($name: String) { updateBook(input: { name: $name }) { userErrors { code } } }";
    for (name, expected) in [("Shop", "UPDATE_BOOK DONE"), ("", "UPDATE_BOOK REFUSED INVALID")] {
        amina.gql(rename, json!({ "name": name })).await;
        let row = amina.latest().await;
        assert_eq!((told(&row).as_str(), &row["address"]), (expected, &json!("203.0.113.7")));
    }
}

#[apply(both_databases)]
async fn who_is_not_logged_in_and_what_is_malformed_is_not_on_record(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let before = Entity::find().count(app.app.db.read()).await.unwrap();
    let update = "mutation { updateBook(input: { name: \"mine\" }) { userErrors { code } } }";
    assert_eq!(app.anonymous().error(update, json!({})).await, "UNAUTHENTICATED");
    amina.error("mutation { updateBook(input: { nom: \"mine\" }) { userErrors { code } } }", json!({})).await;
    amina.gql("{ wallets { id } }", json!({})).await;
    assert_eq!(Entity::find().count(app.app.db.read()).await.unwrap(), before);
    // An id that is none is not kept: anything may stand there.
    let rename = "mutation { updateCategory(input: { id: \"correct horse\", name: \"x\" }) { userErrors { code } } }";
    amina.gql(rename, json!({})).await;
    let row = amina.latest().await;
    assert_eq!((told(&row), &row["thingId"]), ("UPDATE_CATEGORY REFUSED NOT_FOUND".to_owned(), &Value::Null));
    // One action cannot be done so by a client: there is no mutation that writes, changes or removes an activity.
    let mutations = "{ __schema { mutationType { fields { name } } } }";
    assert!(!amina.gql(mutations, json!({})).await.to_string().to_lowercase().contains("activit"));
}
