//! Steps of the database's schema that must do something with what is there.

use migration::{Migrator, MigratorTrait};
use serde_json::json;

use crate::harness::{Database, TestApp, full_book};

#[apply(both_databases)]
async fn a_book_that_is_older_than_categories_gets_those_of_a_new_one(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let query = "{ categories { name kind } book { timeZone } }";
    let new = amina.gql(query, json!({})).await;
    assert_eq!(new["categories"].as_array().unwrap().len(), 7);
    let connection = sea_orm::Database::connect(&app.url).await.unwrap();
    let later = Migrator::migrations().iter().rev().position(|step| step.name().ends_with("_spending")).unwrap();
    let later = u32::try_from(later).unwrap();
    Migrator::down(&connection, Some(later + 1)).await.unwrap();
    Migrator::up(&connection, None).await.unwrap();
    connection.close().await.unwrap();
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
    let connection = sea_orm::Database::connect(&app.url).await.unwrap();
    let later = Migrator::migrations().iter().rev().position(|step| step.name().ends_with("_position")).unwrap();
    let later = u32::try_from(later).unwrap();
    Migrator::down(&connection, Some(later + 1)).await.unwrap();
    Migrator::up(&connection, None).await.unwrap();
    connection.close().await.unwrap();
    // Also the cursors are those that clients have.
    assert_eq!(amina.gql(query, json!({})).await, before);
    app.assert_journal_is_whole().await;
}
