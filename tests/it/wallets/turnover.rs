//! No payments end a wallet, however much money they move, and no refusal tells what a wallet ever took in.

use daybook::entity::account::{Column, Entity};
use migration::{Migrator, MigratorTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, errors, full_book, id_of};

/// The most that the wallets of a book take in.
const MOST: &str = "10000000000000.00";

async fn withdraw(user: &User, amount: &str) {
    let done = user.withdraw(json!({ "wallet": { "id": user.wallet }, "amount": amount })).await;
    assert_eq!(errors(&done), [""; 0]);
}

async fn pay(from: &User, to: &User, amount: &str) {
    assert_eq!(errors(&from.pay(to, amount).await), [""; 0]);
}

/// The largest total that an account has.
async fn largest_total(app: &TestApp) -> i64 {
    let totals = Entity::find().select_only().column(Column::Debits).column(Column::Credits);
    let totals: Vec<(i64, i64)> = totals.into_tuple().all(app.app.db.read()).await.unwrap();
    totals.into_iter().map(|(debits, credits)| debits.max(credits)).max().unwrap()
}

#[apply(both_databases)]
async fn any_number_of_the_largest_payments_leaves_both_wallets_as_usable_as_before(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    badr.fund("7").await;
    // Each round moves 2 * 10^15 minor units through either wallet and through either outside.
    for _ in 0..7 {
        amina.fund(MOST).await;
        pay(&amina, &badr, MOST).await;
        withdraw(&badr, MOST).await;
        badr.fund(MOST).await;
        pay(&badr, &amina, MOST).await;
        withdraw(&amina, MOST).await;
    }
    assert!(largest_total(&app).await < 10_i64.pow(16), "the totals are carried");
    app.assert_journal_is_whole().await;

    assert_eq!((amina.balance(&amina.wallet).await, badr.balance(&badr.wallet).await), ("0.00".into(), "7.00".into()));
    amina.fund("5").await;
    pay(&amina, &badr, "3").await;
    badr.fund("1").await;
    pay(&badr, &amina, "11").await;
    withdraw(&amina, "13").await;
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn one_book_pays_others_no_more_than_it_may_take_in(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    badr.fund("7").await;
    amina.fund(MOST).await;
    pay(&amina, &badr, MOST).await;
    // The attacker has nothing left, and is refused for what came into their own wallets.
    let refused = amina.deposit(json!({ "wallet": { "id": amina.wallet }, "amount": "0.01" })).await;
    assert_eq!(errors(&refused), ["LIMIT_REACHED amount"]);
    assert_eq!(errors(&amina.pay(&badr, "0.01").await), ["INSUFFICIENT_FUNDS amount"]);
    // The victim pays and takes money out as before, and has room for as much again.
    badr.fund("1").await;
    pay(&badr, &amina, "1").await;
    withdraw(&badr, "10000000000007.00").await;
    badr.fund(MOST).await;
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn money_that_documents_bring_into_a_wallet_counts_too(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let of_wallet = |category: &str, amount: &str| json!({ "category": { "name": category }, "amount": amount, "walletId": amina.wallet });
    let customer = amina.customer("Badr").await;
    let receipt = |amount: &str| json!({ "customerId": customer, "amount": amount, "paymentType": "MOBILE_MONEY", "walletId": amina.wallet });
    id_of(&amina.add_transaction(of_wallet("Salary", "4000000000000")).await, "transaction");
    let received = id_of(&amina.create_receipt(receipt("6000000000000")).await, "receipt");
    for refused in [
        amina.deposit(json!({ "wallet": { "id": amina.wallet }, "amount": "0.01" })).await,
        amina.add_transaction(of_wallet("Salary", "0.01")).await,
        amina.create_receipt(receipt("0.01")).await,
    ] {
        assert_eq!(errors(&refused), ["LIMIT_REACHED amount"]);
    }
    // What is spent makes room. Then it cannot be undone, but it can be put right.
    let spent = id_of(&amina.add_transaction(of_wallet("Food", MOST)).await, "transaction");
    amina.fund("9000000000000").await;
    let changed = json!({ "id": spent, "amount": "9500000000000", "description": "a feast" });
    assert_eq!(errors(&amina.update_transaction(changed).await), [""; 0]);
    let refused = amina.delete_transaction(json!({ "id": spent })).await;
    assert_eq!(errors(&refused), ["LIMIT_REACHED id"]);
    let history = amina.history(&amina.wallet, Value::Null).await;
    assert_eq!(
        (&history[0]["node"]["status"], &history[0]["node"]["failure"]),
        (&json!("FAILED"), &json!("LIMIT_REACHED"))
    );
    assert_eq!(errors(&amina.void_receipt(json!({ "id": received, "reason": "bounced" })).await), [""; 0]);
    withdraw(&amina, "3500000000000").await;
    assert_eq!(errors(&amina.delete_transaction(json!({ "id": spent })).await), [""; 0]);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_migrated_database_knows_what_its_wallets_took_in(on: Database) {
    let app = TestApp::on(on).await;
    let amina = full_book(&app).await;
    let inflow = async || {
        let outside = Entity::find().filter(Column::Kind.eq("OUTSIDE")).order_by_asc(Column::Id);
        outside
            .all(app.app.db.read())
            .await
            .unwrap()
            .into_iter()
            .map(|account| account.wallet_inflow)
            .collect::<Vec<_>>()
    };
    let before = inflow().await;
    assert!(before.iter().any(|inflow| *inflow > 0));
    let connection = sea_orm::Database::connect(&app.url).await.unwrap();
    let later =
        Migrator::migrations().iter().rev().take_while(|migration| !migration.name().ends_with("payees")).count();
    Migrator::down(&connection, Some(u32::try_from(later).unwrap() + 1)).await.unwrap();
    Migrator::up(&connection, None).await.unwrap();
    connection.close().await.unwrap();
    assert_eq!(inflow().await, before);
    app.assert_journal_is_whole().await;
    amina.fund("1").await;
    app.assert_journal_is_whole().await;
}
