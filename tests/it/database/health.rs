//! Whether the server says so when the database cannot be used.

use std::{
    fs,
    io::{Read, Seek, SeekFrom, Write},
    path::PathBuf,
    process::Stdio,
};

use rstest::rstest;
use sea_orm::{ConnectionTrait, Database as Databases, DbBackend, Statement};
use serde_json::json;

use crate::harness::{
    Blocker,
    Database::{self, Postgres, Sqlite},
    Proxy, SECRET, Server, TestApp, User, program,
};

fn file_of(app: &TestApp) -> PathBuf {
    app.url.trim_start_matches("sqlite:").into()
}

#[apply(both_databases)]
async fn asking_whether_the_server_is_ready_costs_the_database_nothing(on: Database) {
    let app = TestApp::on(on).await;
    let client = app.anonymous();
    // Asked before the first probe has ended, the server waits for that.
    tokio::select! {
        () = app.app.db.watch() => panic!("the watch ended"),
        answer = client.get("/health/ready") => assert_eq!(answer.status, 200),
    }
    let before = app.statements();
    for _ in 0..100 {
        assert_eq!(client.get("/health/ready").await.status, 200);
    }
    assert_eq!(app.statements(), before);
}

#[apply(both_databases)]
async fn a_server_whose_database_does_nothing_is_not_ready_until_it_does(on: Database) {
    let app = TestApp::on(on).await;
    let server = Server::start(&app.url);
    server.client().until_ready(true).await;
    let blocker = Blocker::on(&app).await;
    let reason = server.client().until_ready(false).await;
    assert!(reason.contains("has done nothing for") || reason.contains("does not answer"), "{reason}");
    assert_eq!(server.client().get("/health/live").await.status, 200);
    blocker.end().await;
    server.client().until_ready(true).await;
}

#[apply(on_postgres)]
#[threads(2)]
async fn a_server_that_loses_postgresql_is_not_ready_until_it_is_back() {
    let app = TestApp::on(Postgres).await;
    let proxy = Proxy::to(&app.url).await;
    let server = Server::start(&proxy.url);
    server.client().until_ready(true).await;
    proxy.be_silent(true);
    let reason = server.client().until_ready(false).await;
    assert!(reason.contains("has done nothing for") || reason.contains("does not answer"), "{reason}");
    proxy.be_silent(false);
    server.client().until_ready(true).await;
}

#[apply(test)]
async fn a_busy_server_stays_ready() {
    let app = TestApp::on(Sqlite).await;
    let server = Server::start(&app.url);
    let amina = User::register(&server.client(), "amina").await;
    let payments = (0..64).map(|_| {
        let amina = amina.clone();
        tokio::spawn(async move {
            for _ in 0..10 {
                amina.deposit(json!({ "wallet": { "id": amina.wallet }, "amount": "1" })).await;
            }
        })
    });
    let payments: Vec<_> = payments.collect();
    while !payments.iter().all(tokio::task::JoinHandle::is_finished) {
        assert_eq!(server.client().get("/health/ready").await.status, 200);
    }
}

#[rstest]
#[case::deleted("daybook.db", false)]
#[case::replaced("daybook.db", true)]
#[case::without_its_log("daybook.db-wal", false)]
#[case::without_the_index_of_its_log("daybook.db-shm", false)]
#[test_attr(apply(test))]
async fn a_server_whose_file_is_gone_ends_and_acknowledges_nothing(#[case] file: &str, #[case] is_replaced: bool) {
    let app = TestApp::on(Sqlite).await;
    let file = file_of(&app).with_file_name(file);
    let mut command = program();
    command.args(["--database-url", &app.url, "--jwt-secret", SECRET, "--listen", "127.0.0.1:0"]);
    let mut server = Server::running(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
    let amina = User::register(&server.client(), "amina").await;
    amina.fund("5").await;
    if is_replaced {
        let copy = file.with_extension("copy");
        fs::copy(&file, &copy).unwrap();
        fs::rename(copy, &file).unwrap();
    } else {
        fs::remove_file(&file).unwrap();
    }
    let query = "mutation($w: ID!) { deposit(input: { wallet: { id: $w }, amount: 1 }) { transaction { id } } }";
    let body = json!({ "query": query, "variables": { "w": amina.wallet } });
    // The server may have ended already.
    let http = reqwest::Client::new().post(format!("{}/graphql", server.url)).json(&body);
    if let Ok(answer) = http.bearer_auth(amina.client.token.as_ref().unwrap()).send().await {
        let answer: serde_json::Value = answer.json().await.unwrap();
        assert!(answer["data"]["deposit"]["transaction"].is_null(), "{answer}");
    }
    let ended = server.child.wait().unwrap();
    assert_eq!(ended.code(), Some(1), "{ended}");
    let mut log = String::new();
    server.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    let line = log.lines().last().unwrap();
    assert!(line.starts_with("daybook: ") && line.contains("was deleted or replaced"), "{line}");
}

#[apply(test)]
async fn a_damaged_page_makes_the_server_not_ready() {
    let app = TestApp::on(Sqlite).await;
    let server = Server::start(&app.url);
    let amina = User::register(&server.client(), "amina").await;
    amina.fund("5").await;
    drop(server);
    // Puts what is in the log into the file, and the log away.
    let connection = Databases::connect(&app.url).await.unwrap();
    connection.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
    let root = Statement::from_string(DbBackend::Sqlite, "SELECT rootpage FROM sqlite_schema WHERE name = 'posting'");
    let root: i32 = connection.query_one_raw(root).await.unwrap().unwrap().try_get_by_index(0).unwrap();
    connection.close().await.unwrap();
    app.app.db.clone().close().await;
    let mut file = fs::OpenOptions::new().write(true).open(file_of(&app)).unwrap();
    file.seek(SeekFrom::Start((u64::try_from(root).unwrap() - 1) * 4096)).unwrap();
    file.write_all(&[0xA5; 4096]).unwrap();
    drop(file);

    let server = Server::start(&app.url);
    let reason = server.client().until_ready(false).await;
    assert!(reason.contains("damaged"), "{reason}");
    let health = server.client().get("/health/ready").await;
    assert_eq!((health.status.as_u16(), &health.json()["reason"]), (503, &json!(reason)));
}

/// A PostgreSQL whose clock is so far from everybody else's.
async fn set_clock(app: &TestApp, interval: &str) {
    let connection = Databases::connect(&app.url).await.unwrap();
    let name = app.url.split('?').next().unwrap().rsplit('/').next().unwrap().to_owned();
    for sql in [
        format!(
            "CREATE OR REPLACE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
             AS $$ SELECT pg_catalog.clock_timestamp() + interval '{interval}' $$"
        ),
        format!("ALTER DATABASE {name} SET search_path = public, pg_catalog"),
    ] {
        connection.execute_unprepared(&sql).await.unwrap();
    }
    connection.close().await.unwrap();
}

#[rstest]
#[test_attr(apply(on_postgres))]
async fn a_server_whose_clock_differs_from_the_databases_writes_nothing_until_it_is_right(
    #[values("1 day", "-1 day", "6 s")] interval: &str,
) {
    let app = TestApp::on(Postgres).await;
    set_clock(&app, "4 s").await;
    let server = Server::start(&app.url);
    let amina = User::register(&server.client(), "amina").await;
    server.client().until_ready(true).await;

    set_clock(&app, interval).await;
    // On a busy machine the server may notice first that nothing has succeeded for some seconds.
    while !server.client().until_ready(false).await.contains("clock") {}
    // Nor does one write that is started now.
    let another = Server::start(&app.url);
    for server in [&server, &another] {
        let query = "mutation($w: ID!) { deposit(input: { wallet: { id: $w }, amount: 5 }) { userErrors { code } } }";
        let answer = amina.at(&server.client()).client.request(query, json!({ "w": amina.wallet })).await;
        assert!(answer.text.contains("\"TRY_AGAIN\""), "{answer:?}");
    }

    set_clock(&app, "0 s").await;
    server.client().until_ready(true).await;
    amina.fund("5").await;
    assert_eq!(amina.balance(&amina.wallet).await, "5.00");
}
