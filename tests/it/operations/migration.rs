//! Steps of the database's schema that must do something with what is there.

use migration::{Migrator, MigratorTrait};
use serde_json::json;

use crate::harness::{Database, TestApp};

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
