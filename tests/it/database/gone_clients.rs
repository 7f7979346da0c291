//! Clients go away in the middle of requests.

use std::process::Stdio;

use daybook::db::{Db, PoolSize};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::harness::{
    Blocker,
    Database::{self, Postgres},
    SECRET, Server, TestApp, User, errors, program,
};

/// A request as bytes on a connection.
fn request(user: &User, query: &str, input: &Value) -> Vec<u8> {
    let body = json!({ "query": query, "variables": { "input": input } }).to_string();
    let (token, length) = (user.client.token.as_ref().unwrap(), body.len());
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: daybook\r\ncontent-type: application/json\r\n\
         authorization: Bearer {token}\r\ncontent-length: {length}\r\n\r\n"
    );
    [head.into_bytes(), body.into_bytes()].concat()
}

#[apply(both_databases)]
#[threads(4)]
async fn clients_64_that_close_in_the_middle_of_requests_harm_nobody(on: Database) {
    let app = TestApp::on(on).await;
    let log = NamedTempFile::new().unwrap();
    let mut command = program();
    command.args(["--database-url", &app.url, "--jwt-secret", SECRET, "--listen", "127.0.0.1:0"]);
    command.stdout(Stdio::piped()).stderr(log.reopen().unwrap());
    let server = Server::running(command.spawn().unwrap());
    let amina = User::register(&server.client(), "amina").await;
    let badr = User::register(&server.client(), "badr").await;
    let address = server.url.trim_start_matches("http://").to_owned();
    let mut sent = 0;
    for round in 0..40_usize {
        let mut clients = Vec::new();
        for client in 0..64 {
            let bytes = if client % 4 == 0 {
                sent += 1;
                let input =
                    json!({ "wallet": { "id": amina.wallet }, "amount": "1", "idempotencyKey": format!("key-{sent}") });
                request(&amina, "mutation($input: DepositInput!) { deposit(input: $input) { replayed } }", &input)
            } else {
                request(&amina, "{ wallets { id balance { amount } } }", &Value::Null)
            };
            let mut stream = TcpStream::connect(&address).await.unwrap();
            stream.write_all(&bytes).await.unwrap();
            clients.push(stream);
        }
        // Until so many are answered. Then all go at once, whatever their requests are at.
        for client in &mut clients[..round] {
            client.read_u8().await.unwrap();
        }
        drop(clients);
        // Others notice nothing: more of them than there are connections.
        let others = (0..24).map(|_| {
            let badr = badr.clone();
            tokio::spawn(async move {
                badr.balance(&badr.wallet).await;
                errors(&badr.deposit(json!({ "wallet": { "id": badr.wallet }, "amount": "1" })).await)
            })
        });
        for other in others.collect::<Vec<_>>() {
            assert_eq!(other.await.unwrap(), [""; 0], "round {round}");
        }
    }
    // What was asked for is done once, whether it was done before its client went or is done now.
    let mut replayed = 0;
    for key in 1..=sent {
        let input = json!({ "wallet": { "id": amina.wallet }, "amount": "1", "idempotencyKey": format!("key-{key}") });
        let done = amina.deposit(input).await;
        assert_eq!(errors(&done), [""; 0]);
        replayed += usize::from(done["replayed"] == true);
    }
    assert!(replayed > 0, "nothing was done of what was asked");
    assert_eq!(amina.balance(&amina.wallet).await, format!("{sent}.00"));
    assert_eq!(badr.balance(&badr.wallet).await, "960.00");
    if on == Postgres {
        // What is open now is at work: the probe of the server's health, say.
        let open = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'
            AND state_change < now() - interval '1 second'";
        let open = app.app.db.read().query_one_raw(Statement::from_string(DbBackend::Postgres, open)).await.unwrap();
        assert_eq!(open.unwrap().try_get_by_index::<i64>(0).unwrap(), 0);
    }
    // PostgreSQL warns whoever begins a transaction within another, or ends one that there is not.
    let log = std::fs::read_to_string(log.path()).unwrap();
    assert!(!log.contains("transaction in progress"), "{log}");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
#[threads(2)]
async fn a_client_that_goes_before_its_transaction_begins_causes_nothing(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let db = Db::connect(&app.url, PoolSize { most: 1, least: 0 }).await.unwrap();
    let server = app.another(|app| app.db = db.clone());
    let held = db.snapshot().await.unwrap();
    let gone = amina.at(&server);
    let payment = tokio::spawn(async move { gone.fund("5").await });
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    payment.abort();
    assert!(payment.await.unwrap_err().is_cancelled());
    drop(held);
    // Whoever still waited for a connection would get it in turn with these.
    for _ in 0..20 {
        assert_eq!(amina.at(&server).balance(&amina.wallet).await, "0.00");
    }
}

#[apply(both_databases)]
#[threads(2)]
async fn what_has_begun_when_its_client_goes_is_finished_and_found_by_its_key(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    // The transaction waits for a lock when its client goes, the later the more likely.
    for patience in 1..100 {
        let input = json!({ "wallet": { "id": amina.wallet }, "amount": "5", "idempotencyKey": "once" });
        let blocker = Blocker::on(&app).await;
        let (gone, sent) = (amina.clone(), input.clone());
        let payment = tokio::spawn(async move { gone.deposit(sent).await });
        for _ in 0..patience {
            amina.balance(&amina.wallet).await;
        }
        payment.abort();
        // It is answered only when one whose client went before was done after all.
        if let Ok(answered) = payment.await {
            assert_eq!(answered["replayed"], true);
        }
        blocker.end().await;
        // Nobody asks for it again before it is done.
        for _ in 0..patience {
            if amina.balance(&amina.wallet).await == "5.00" {
                assert_eq!(amina.deposit(input).await["replayed"], true);
                assert_eq!(amina.balance(&amina.wallet).await, "5.00");
                app.assert_journal_is_whole().await;
                return;
            }
        }
    }
    panic!("what had begun was never finished");
}
