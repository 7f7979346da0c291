//! What is done and the record of it stand or fall together.

use std::fmt::Debug;

use daybook::entity::{
    account, book, budget, category, customer, import_profile, invoice, journal_entry, ledger_entry, posting, receipt,
    refresh_token, session, transaction, transaction_line, user, wallet,
};
use sea_orm::{ConnectionTrait, EntityTrait, FromQueryResult};
use serde_json::json;

use crate::harness::{Database, Driver, TestApp, any_price, kind, things};

async fn all<E: EntityTrait<Model: Debug + FromQueryResult>>(app: &TestApp) -> Vec<String> {
    let mut rows: Vec<_> =
        E::find().all(app.app.db.read()).await.unwrap().iter().map(|row| format!("{row:?}")).collect();
    rows.sort_unstable();
    rows
}

/// All that mutations may change.
async fn everything(app: &TestApp) -> Vec<Vec<String>> {
    vec![
        all::<account::Entity>(app).await,
        all::<book::Entity>(app).await,
        all::<budget::Entity>(app).await,
        all::<category::Entity>(app).await,
        all::<customer::Entity>(app).await,
        all::<import_profile::Entity>(app).await,
        all::<invoice::Entity>(app).await,
        all::<journal_entry::Entity>(app).await,
        all::<ledger_entry::Entity>(app).await,
        all::<posting::Entity>(app).await,
        all::<receipt::Entity>(app).await,
        all::<refresh_token::Entity>(app).await,
        all::<session::Entity>(app).await,
        all::<transaction::Entity>(app).await,
        all::<transaction_line::Entity>(app).await,
        all::<user::Entity>(app).await,
        all::<wallet::Entity>(app).await,
    ]
}

async fn rename(app: &TestApp, from: &str, to: &str) {
    let statement = &format!("ALTER TABLE {from} RENAME TO {to}");
    let renamed = app.app.db.write(|tx| async move { Ok(tx.execute_unprepared(statement).await?) });
    renamed.await.unwrap();
}

#[apply(both_databases)]
async fn what_cannot_be_put_on_record_is_not_done(on: Database) {
    let app = TestApp::with(on, any_price).await;
    let amina = app.user("amina").await;
    let driver = Driver::new(&app.anonymous()).await;
    let own = things(&amina, "mine", "100").await;
    rename(&app, "activity", "elsewhere").await;
    let before = everything(&app).await;
    let mut tried = 0;
    for root in driver.roots().into_iter().filter(|root| root.is_mutation) {
        let id = |at: &Vec<String>, owner: &str| own[kind(at, owner, &root)].clone();
        let arguments = driver.arguments(&root, &Vec::new(), &id);
        let is_open = ["register", "login", "refreshToken"].contains(&root.name.as_str());
        let client = if is_open { app.anonymous() } else { amina.client.clone() };
        let answer = client.request(&driver.operation(&root, &arguments), arguments).await.json();
        let code = &answer["errors"][0]["extensions"]["code"];
        assert_eq!(code, "INTERNAL_SERVER_ERROR", "{}: {answer}", root.name);
        assert!(everything(&app).await == before, "{} was done", root.name);
        tried += 1;
    }
    assert!(tried >= 34);
    rename(&app, "elsewhere", "activity").await;
    let rename = json!({ "id": own["customer"], "name": "another" });
    assert_eq!(amina.update_customer(rename).await["customer"]["name"], "another");
    assert!(everything(&app).await != before);
}
