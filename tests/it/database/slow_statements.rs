//! Statements that take too long are stopped.

use std::{sync::Arc, time::Duration};

use daybook::{
    db::{Db, Options, PoolSize},
    error::Error,
};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;
use tokio::sync::Notify;

use crate::harness::{Database, TestApp};

/// Numbers without end.
const ENDLESS: &str = "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number)";
const POOL: PoolSize = PoolSize { most: 1, least: 0 };

async fn connect(app: &TestApp, statement_limit: Duration) -> Db {
    Db::connect(&app.url, Options { statement_limit, ..POOL.into() }).await.unwrap()
}

/// Makes each query of categories endless.
async fn spoil_categories(app: &TestApp) {
    for sql in [
        "ALTER TABLE category RENAME TO spoilt".to_owned(),
        format!("CREATE VIEW category AS {ENDLESS} SELECT spoilt.* FROM number CROSS JOIN spoilt WHERE n < 0"),
    ] {
        let sql = &sql;
        app.app.db.write(|tx| async move { Ok(tx.execute_unprepared(sql).await?) }).await.unwrap();
    }
}

#[apply(both_databases)]
async fn a_statement_that_takes_too_long_is_stopped_and_its_connection_is_used_further(on: Database) {
    let (app, _) = TestApp::with_owner(on).await;
    let db = connect(&app, Duration::from_millis(50)).await;
    let endless = || Statement::from_string(db.backend(), format!("{ENDLESS} SELECT n FROM number WHERE n < 0"));
    let users = || Statement::from_string(db.backend(), "SELECT CAST(count(*) AS bigint) FROM \"user\"");
    for _ in 0..3 {
        let stopped = Error::from(db.read().query_one_raw(endless()).await.unwrap_err());
        assert!(matches!(stopped, Error::TimedOut), "{stopped:?}");
        let snapshot = db.snapshot().await.unwrap();
        let stopped = Error::from(snapshot.query_all_raw(endless()).await.unwrap_err());
        assert!(matches!(stopped, Error::TimedOut), "{stopped:?}");
        drop(snapshot);
        let users = db.read().query_one_raw(users()).await.unwrap().unwrap();
        assert_eq!(users.try_get_by_index::<i64>(0).unwrap(), 1);
    }
}

#[apply(both_databases)]
async fn a_transaction_with_a_statement_that_takes_too_long_writes_nothing(on: Database) {
    let (app, _) = TestApp::with_owner(on).await;
    let db = connect(&app, Duration::from_millis(50)).await;
    let beat = "UPDATE heartbeat SET beat = 4711 WHERE id = 1".to_owned();
    let endless = format!("UPDATE heartbeat SET beat = ({ENDLESS} SELECT max(n) FROM number) WHERE id = 1");
    for _ in 0..3 {
        let (beat, endless) = (&beat, &endless);
        let written = db.write(|tx| async move {
            tx.execute_raw(Statement::from_string(tx.get_database_backend(), beat)).await?;
            tx.execute_raw(Statement::from_string(tx.get_database_backend(), endless)).await?;
            Ok(())
        });
        let stopped = written.await;
        assert!(matches!(stopped, Err(Error::TimedOut)), "{stopped:?}");
        let read = Statement::from_string(db.backend(), "SELECT beat FROM heartbeat WHERE id = 1");
        let read = db.read().query_one_raw(read).await.unwrap().unwrap();
        assert_ne!(read.try_get_by_index::<i64>(0).unwrap(), 4711);
    }
    let beat = &beat;
    let write = db.write(|tx| async move {
        Ok(tx.execute_raw(Statement::from_string(tx.get_database_backend(), beat)).await?.rows_affected())
    });
    assert_eq!(write.await.unwrap(), 1);
}

#[apply(both_databases)]
async fn a_query_that_takes_too_long_has_an_error_of_its_own(on: Database) {
    let (app, owner) = TestApp::with_owner(on).await;
    spoil_categories(&app).await;
    let db = connect(&app, Duration::from_millis(500)).await;
    let slow = owner.at(&app.another(|app| app.db = db));
    assert_eq!(slow.error("{ categories { name } }", json!({})).await, "TIMEOUT");
    let change = "mutation { createCategory(input: { name: \"Tea\", kind: EXPENSE }) { category { id } } }";
    assert_eq!(slow.error(change, json!({})).await, "TIMEOUT");
    assert_eq!(slow.gql("{ me { username } }", json!({})).await["me"]["username"], "amina");
}

#[apply(test)]
#[threads(2)]
async fn a_query_whose_client_has_gone_is_stopped_on_sqlite() {
    let (app, owner) = TestApp::with_owner(Database::Sqlite).await;
    spoil_categories(&app).await;
    let db = connect(&app, Duration::from_hours(1)).await;
    let reached = Arc::new(Notify::new());
    let begun = reached.clone();
    db.observe(move |statement| {
        if statement.sql.contains("\"category\"") {
            begun.notify_one();
        }
    });
    let slow = owner.at(&app.another(|app| app.db = db));
    let gone = slow.clone();
    let query = tokio::spawn(async move { gone.gql("{ categories { name } }", json!({})).await });
    reached.notified().await;
    query.abort();
    // There is one connection, so this waits until the query has ended.
    let next = slow.client.request("{ me { username } }", json!({})).await;
    assert_eq!(next.status, 200, "{next:?}");
}
