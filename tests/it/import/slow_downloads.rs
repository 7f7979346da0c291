//! Clients that read a file slowly, or not at all, harm nobody.

use std::{fs, time::Duration};

use axum::body::to_bytes;
use daybook::db::{Db, Options, PoolSize};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;

use crate::harness::{Database, TestApp, User, file_of};

const PATH: &str = "/transactions.csv";

/// Writes so many lines that their file is not sent before somebody reads it.
fn fill(app: &TestApp, user: &str) {
    let text = "tea".repeat(100);
    let file = file_of(1200, |number| format!("2026-11-01,-1,Food,{number} {text}"));
    assert_eq!(app.import(user, file, &[]).count("ADDED"), 1200);
}

/// A server with one connection for reading.
async fn small(app: &TestApp, largest_log: u64) -> Db {
    let options = Options { largest_log, ..PoolSize { most: 1, least: 0 }.into() };
    Db::connect(&app.url, options).await.unwrap()
}

async fn lines(user: &User) -> usize {
    let answer = user.download(PATH).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.text.lines().count()
}

#[apply(both_databases)]
#[threads(2)]
async fn clients_that_read_nothing_hold_no_connection_and_only_turns_of_their_own(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    fill(&app, "amina");
    let db = small(&app, u64::MAX).await;
    let server = app.another(|app| app.db = db);
    let (amina, badr) = (amina.at(&server), badr.at(&server));
    let first = amina.client.begin_download(PATH).await;
    let second = amina.client.begin_download(PATH).await;
    let third = lines(&amina);
    tokio::pin!(third);
    for _ in 0..3 {
        tokio::select! {
            biased;
            count = &mut third => panic!("a third download had its turn: {count} lines"),
            count = lines(&badr) => assert_eq!(count, 1),
        }
    }
    assert_eq!(badr.balance(&badr.wallet).await, "0.00");
    drop(second);
    assert_eq!(third.await, 1201);
    let whole = to_bytes(first, usize::MAX).await.unwrap();
    assert_eq!(String::from_utf8(whole.to_vec()).unwrap().lines().count(), 1201);
}

#[apply(both_databases)]
async fn a_download_that_takes_too_long_is_broken_off(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    fill(&app, "amina");
    let hasty = app.another(|app| app.limits.downloads.time = Duration::ZERO);
    for _ in 0..3 {
        let body = amina.at(&hasty).client.begin_download(PATH).await;
        assert!(to_bytes(body, usize::MAX).await.is_err());
    }
    assert_eq!(lines(&amina).await, 1201);
}

#[apply(test)]
#[threads(2)]
async fn a_client_that_reads_nothing_does_not_keep_the_log_of_sqlite_from_being_emptied() {
    let (app, amina) = TestApp::with_owner(Database::Sqlite).await;
    let badr = app.user("badr").await;
    fill(&app, "amina");
    let db = small(&app, 0).await;
    let server = app.another(|app| app.db = db.clone());
    let log = || fs::metadata(format!("{}-wal", app.url.trim_start_matches("sqlite:"))).unwrap().len();
    let unread = amina.at(&server).client.begin_download(PATH).await;
    // There is one connection, so this waits until the database was read.
    assert_eq!(badr.at(&server).balance(&badr.wallet).await, "0.00");
    badr.fund("1").await;
    assert!(log() > 0);
    db.bound_log().await.unwrap();
    assert_eq!((log(), db.is_log_too_large()), (0, false));
    drop(unread);
}

#[apply(test)]
#[threads(2)]
async fn no_download_begins_while_the_log_of_sqlite_cannot_be_emptied() {
    let (app, amina) = TestApp::with_owner(Database::Sqlite).await;
    let db = small(&app, 0).await;
    let server = app.another(|app| app.db = db.clone());
    let snapshot = app.app.db.snapshot().await.unwrap();
    let users = Statement::from_string(snapshot.get_database_backend(), "SELECT count(*) FROM \"user\"");
    snapshot.query_one_raw(users).await.unwrap();
    amina.fund("1").await;
    db.bound_log().await.unwrap();
    assert!(db.is_log_too_large());
    let waiting = amina.at(&server);
    let waiting = lines(&waiting);
    tokio::pin!(waiting);
    tokio::select! {
        biased;
        count = &mut waiting => panic!("a download began: {count} lines"),
        others = amina.gql("{ me { username } }", json!({})) => assert_eq!(others["me"]["username"], "amina"),
    }
    drop(snapshot);
    while db.is_log_too_large() {
        db.bound_log().await.unwrap();
    }
    assert_eq!(waiting.await, 1);
}
