//! Steps of the database's schema that must do something with what is there.

use daybook::entity;
use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectOptions, ConnectionTrait, EntityTrait, QuerySelect};
use serde_json::{Value, json};

use crate::harness::{Database, TestApp, full_book, id_of, id_with, suffix};

/// Takes the schema back to before a step, does something there, and brings it up to date.
pub async fn down_and_up(app: &TestApp, step: &str, before: impl AsyncFnOnce()) {
    let connection = sea_orm::Database::connect(&app.url).await.unwrap();
    let later = Migrator::migrations().iter().rev().position(|other| other.name().ends_with(step)).unwrap();
    Migrator::down(&connection, Some(u32::try_from(later).unwrap() + 1)).await.unwrap();
    before().await;
    Migrator::up(&connection, None).await.unwrap();
    connection.close().await.unwrap();
}

#[apply(both_databases)]
async fn a_book_that_is_older_than_categories_gets_those_of_a_new_one(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let query = "{ categories { name kind } book { timeZone } }";
    let new = amina.gql(query, json!({})).await;
    assert_eq!(new["categories"].as_array().unwrap().len(), 7);
    down_and_up(&app, "_spending", async || {}).await;
    assert_eq!(amina.gql(query, json!({})).await, new);
}

#[apply(both_databases)]
async fn what_is_older_than_positions_stays_in_its_order(on: Database) {
    let app = TestApp::on(on).await;
    let amina = full_book(&app).await;
    let query = "{ wallets { id } customers(orderBy: { field: CREATED_AT }) { nodes { id } } entries(first: 50) { nodes { id } }
        invoices(first: 50) { nodes { id } } receipts(first: 50) { nodes { id } }
        transactions(first: 50, orderBy: { field: AMOUNT }) { nodes { id } edges { cursor } } }";
    let before = amina.gql(query, json!({})).await;
    down_and_up(&app, "_position", async || {}).await;
    // Also the cursors are those that clients have.
    assert_eq!(amina.gql(query, json!({})).await, before);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn the_activities_of_transactions_keep_up_with_the_prefixes_of_their_ids(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    amina.fund("5").await;
    let payment = amina.history(&amina.wallet, Value::Null).await[0]["node"]["id"].take();
    let transaction = amina.spend("Food", "1", "2026-11-20").await;
    let of_both = async || [amina.history_of(payment.as_str().unwrap()).await, amina.history_of(&transaction).await];
    let expected = of_both().await;
    assert!(expected.iter().all(|activities| activities.len() == 1), "{expected:?}");
    down_and_up(&app, "_id_prefixes", async || {
        let things = entity::activity::Entity::find().select_only().column(entity::activity::Column::ThingId);
        let things: Vec<Option<String>> = things.into_tuple().all(app.app.db.read()).await.unwrap();
        for prefix in ["transaction_", "txn_"] {
            let formers = things.iter().flatten().filter(|id| id.starts_with(prefix));
            assert_eq!(formers.count(), 1, "{prefix}");
        }
    })
    .await;
    assert_eq!(of_both().await, expected);
}

#[apply(both_databases)]
async fn the_last_version_of_a_transaction_keeps_the_notes_of_before_notes_were_kept(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let line = |note: &str| json!({ "category": { "name": "Food" }, "amount": "5", "note": note });
    let input = json!({ "lines": [line("rice"), line("tea")], "amount": "10" });
    let id = id_of(&amina.add_transaction(input).await, "transaction");
    amina.update_transaction(json!({ "id": id, "lines": [line("bread"), line("tea")] })).await;
    let query = "query($id: ID!) { transaction(id: $id) { versions { nodes { lines { note } } } } }";
    down_and_up(&app, "_version_note", async || {}).await;
    let versions = amina.gql(query, json!({ "id": id })).await["transaction"]["versions"]["nodes"].take();
    let notes = |notes: [Value; 2]| json!({ "lines": notes.map(|note| json!({ "note": note })) });
    assert_eq!(versions, json!([notes([Value::Null, Value::Null]), notes([json!("bread"), json!("tea")])]));
}

#[apply(both_databases)]
async fn documents_that_are_older_than_parties_get_the_customer_and_the_book_of_that_moment(on: Database) {
    let app = TestApp::on(on).await;
    let amina = full_book(&app).await;
    let invoiced = amina.customer("Yusuf").await;
    let invoice = amina.invoice(&invoiced, "5", "2026-11-20").await;
    let paying = amina.customer("Zahra 🌾").await;
    let receipt = amina.receipt(&paying, "5", "2026-11-20").await;
    let without_documents = amina.customer("Zaid").await;
    let parties = "buyer { name firmName address city state gstNumber phone } seller { name firmName city phone }";
    let query = format!(
        "query($invoice: ID!, $receipt: ID!) {{ invoice(id: $invoice) {{ {parties} }} receipt(id: $receipt) {{ {parties} }} }}"
    );
    let ids = json!({ "invoice": invoice, "receipt": receipt });
    let change = async |customer: &str, name: &str, shop: &str| {
        let details = json!({ "id": customer, "name": name, "firmName": "Palm", "address": "4 Lane", "city": "عدن",
            "state": "Aden", "gstNumber": "29ABCDE1234F1Z5", "phone": "+967711234567" });
        id_of(&amina.update_customer(details).await, "customer");
        let shop = json!({ "shopName": shop, "proprietorName": "Amina", "city": "Aden" });
        amina.mutate("updateBook", "UpdateBookInput", "userErrors { code }", shop).await;
    };
    change(&invoiced, "Yusuf Saleh", "Baraka").await;
    down_and_up(&app, "_parties", async || {}).await;
    let yusuf = json!({ "name": "Yusuf Saleh", "firmName": "Palm", "address": "4 Lane", "city": "عدن", "state": "Aden",
        "gstNumber": "29ABCDE1234F1Z5", "phone": "+967711234567" });
    let zahra = json!({ "name": "Zahra 🌾", "firmName": null, "address": null, "city": null, "state": null,
        "gstNumber": null, "phone": null });
    let seller = json!({ "name": "Amina", "firmName": "Baraka", "city": "Aden", "phone": null });
    let expected =
        json!({ "invoice": { "buyer": yusuf, "seller": seller }, "receipt": { "buyer": zahra, "seller": seller } });
    assert_eq!(amina.gql(&query, ids.clone()).await, expected);
    let stored = entity::party::Entity::find().all(app.app.db.read()).await.unwrap();
    let has = |id: &str| stored.iter().any(|party| id.ends_with(suffix(&id_with("customer", party.id))));
    assert!(has(&invoiced) && has(&paying) && !has(&without_documents));
    app.assert_journal_is_whole().await;

    // From now on they stay, and new ones say what is new.
    change(&invoiced, "Yusuf the Younger", "Baraka Ltd").await;
    let later = amina.invoice(&invoiced, "5", "2026-11-21").await;
    assert_eq!(amina.gql(&query, ids).await, expected);
    let later = amina.gql(&query, json!({ "invoice": later, "receipt": receipt })).await["invoice"].take();
    assert_eq!(
        (&later["buyer"]["name"], &later["seller"]["firmName"]),
        (&json!("Yusuf the Younger"), &json!("Baraka Ltd"))
    );
    app.assert_journal_is_whole().await;
    // A second time, the parties of documents that are newer than the table are lost, and made anew.
    down_and_up(&app, "_parties", async || {}).await;
    let again = amina.gql(&query, json!({ "invoice": invoice, "receipt": receipt })).await;
    assert_eq!(again["invoice"]["buyer"]["name"], "Yusuf the Younger");
}

#[apply(both_databases)]
async fn what_was_sold_before_sales_were_summed_up_is_in_the_report(on: Database) {
    let app = TestApp::on(on).await;
    let amina = full_book(&app).await;
    let customer = amina.customer("Zaid").await;
    // An entry that was changed within its month and one that was moved to another, and two invoices on one day.
    let changed = amina.entry(&customer, "CREDIT", "7", "2026-09-30").await;
    amina.update_entry(json!({ "id": changed, "amount": "9" })).await;
    amina.update_entry(json!({ "id": changed, "date": "2024-02-29" })).await;
    amina.invoice(&customer, "10", "2026-08-01").await;
    amina.invoice(&customer, "20", "2026-08-01").await;
    let query = "{ salesReport(from: \"2024-01\", to: \"2026-12\") { months { month figures { invoiceCount grossAmount { amount }
        cgst { amount } sgst { amount } igst { amount } otherCharges { amount } totalAmount { amount } received { amount } } } } }";
    let before = amina.gql(query, json!({})).await;
    let stored = async || {
        let mut months = entity::account_month::Entity::find().all(app.app.db.read()).await.unwrap();
        months.sort_by_key(|month| (month.account_id, month.month));
        months
    };
    let months = stored().await;
    down_and_up(&app, "_sales_rollups", async || {
        assert!(stored().await.len() < months.len());
    })
    .await;
    assert_eq!(stored().await, months);
    assert_eq!(amina.gql(query, json!({})).await, before);
    app.assert_journal_is_whole().await;
    // They are kept from then on.
    amina.invoice(&customer, "5", "2026-08-01").await;
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn what_others_refer_to_stays_and_no_row_refers_to_nothing(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    amina.fund("5").await;
    let mut options = ConnectOptions::new(&app.url);
    options.max_connections(1).sqlx_logging(false);
    let connection = sea_orm::Database::connect(options).await.unwrap();
    let posting = |entry: &str, debit: &str, credit: &str| {
        format!(
            "INSERT INTO posting (entry_id, line, amount, effective_on, debit_account_id, debit_seq, debit_balance,
                 credit_account_id, credit_seq, credit_balance)
             SELECT {entry}, 2, amount, effective_on, {debit}, 7, 0, {credit}, 7, 0 FROM posting"
        )
    };
    let entry = |book: &str, actor: &str| {
        format!(
            "INSERT INTO journal_entry (id, book_id, kind, status, amount, currency, effective_on, reference, actor_id, created_at)
             SELECT book_id, {book}, kind, status, amount, currency, effective_on, 'other', {actor}, created_at
             FROM journal_entry"
        )
    };
    let activity = |book: &str, actor: &str| {
        format!(
            "INSERT INTO activity (id, book_id, actor_id, action, outcome, created_at)
             SELECT book_id, {book}, {actor}, action, outcome, created_at FROM activity WHERE action = 'DEPOSIT'"
        )
    };
    let payee = |book: &str, paid: &str| {
        format!(
            "INSERT INTO known_payee (book_id, payee_book_id) SELECT {book}, {paid} FROM account WHERE kind = 'WALLET'"
        )
    };
    for wrong in [
        "DELETE FROM account".to_owned(),
        "DELETE FROM book".to_owned(),
        "DELETE FROM \"user\"".to_owned(),
        posting("debit_account_id", "debit_account_id", "credit_account_id"),
        posting("entry_id", "entry_id", "credit_account_id"),
        posting("entry_id", "debit_account_id", "entry_id"),
        entry("id", "actor_id"),
        entry("book_id", "id"),
        activity("id", "actor_id"),
        activity("book_id", "id"),
        payee("id", "book_id"),
        payee("book_id", "id"),
    ] {
        let refused = connection.execute_unprepared(&wrong).await.unwrap_err().to_string();
        let reasons = ["FOREIGN KEY constraint failed", "refers to no ", "keep their ids and references"];
        assert!(reasons.iter().any(|reason| refused.contains(reason)), "{wrong}: {refused}");
    }
    // The same rows with nothing wrong are written.
    for right in [entry("book_id", "actor_id"), activity("book_id", "actor_id")] {
        connection.execute_unprepared(&right).await.unwrap();
    }
}

#[apply(both_databases)]
async fn the_log_and_the_changes_tell_the_same_after_they_were_made_compact(on: Database) {
    let app = TestApp::on(on).await;
    let amina = full_book(&app).await;
    amina.fund("3.50").await;
    amina.pay(&app.user("zaynab").await, "1000000").await;
    let payment = amina.history(&amina.wallet, Value::Null).await[0]["node"]["id"].take();
    let query = "query($id: ID!) {
        activities(first: 100) { totalCount edges { cursor node { id createdAt action outcome codes thingId thing { id } } } }
        of: activities(filter: { thingId: $id }) { totalCount nodes { id action } }
        node(id: $id) { ... on WalletTransaction { activities { totalCount nodes { id action } } } }
        changes(first: 100) { edges { cursor node { kind thingId createdAt } } } }";
    app.settle().await;
    let before = amina.gql(query, json!({ "id": payment })).await;
    assert_eq!(before["of"]["totalCount"], 1);
    assert_eq!(before["of"], before["node"]["activities"]);
    // The rows that the former version had written.
    down_and_up(&app, "_compact_rows", async || {}).await;
    let after = amina.gql(query, json!({ "id": payment })).await;
    assert_eq!(after, before);
    amina.fund("1").await;
    app.assert_journal_is_whole().await;
}
