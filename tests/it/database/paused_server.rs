//! A server that is stopped in the middle of a transaction.

use std::{process::Command, time::Duration};

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::json;
use tokio::time::timeout;

use crate::harness::{Database::Postgres, Server, TestApp, User, errors};

fn signal(server: &Server, signal: &str) {
    let done = Command::new("kill").args([signal, &server.child.id().to_string()]).status().unwrap();
    assert!(done.success());
}

/// How many transactions that have locked an account wait for their server to go on.
async fn idle_transactions(app: &TestApp) -> i64 {
    let idle = "SELECT count(DISTINCT pid) FROM pg_stat_activity JOIN pg_locks USING (pid)
        WHERE datname = current_database() AND state = 'idle in transaction' AND state_change < now() - interval '100 ms'
        AND relation = 'account'::regclass AND mode = 'RowExclusiveLock'";
    let row = app.app.db.read().query_one_raw(Statement::from_string(DbBackend::Postgres, idle)).await.unwrap();
    row.unwrap().try_get_by_index(0).unwrap()
}

#[apply(on_postgres)]
#[threads(4)]
async fn the_payments_of_other_servers_go_on_while_one_is_paused_with_open_transactions() {
    let app = TestApp::on(Postgres).await;
    let (paused, other) = (Server::start(&app.url), Server::start(&app.url));
    let amina = User::register(&other.client(), "amina").await;
    let busy: Vec<_> = (0..16)
        .map(|_| {
            let amina = amina.at(&paused.client());
            tokio::spawn(async move {
                // It is killed in the end, in the middle of a request.
                let input = json!({ "input": { "wallet": { "id": amina.wallet }, "amount": 1 } });
                let query = "mutation($input: DepositInput!) { deposit(input: $input) { userErrors { code } } }";
                loop {
                    amina.client.request(query, input.clone()).await;
                }
            })
        })
        .collect();
    // Stops it until it is caught with a transaction that is open and idle.
    loop {
        signal(&paused, "-STOP");
        let mut looks = 0;
        while looks < 200 && idle_transactions(&app).await == 0 {
            looks += 1;
        }
        if idle_transactions(&app).await > 0 {
            break;
        }
        signal(&paused, "-CONT");
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
    }
    let payment = amina.deposit(json!({ "wallet": { "id": amina.wallet }, "amount": "1000" }));
    let paid = timeout(Duration::from_mins(1), payment).await.expect("the payment waits for the paused server");
    assert_eq!(errors(&paid), [""; 0]);
    for task in busy {
        task.abort();
    }
    // The paused server goes on, and what it had open is not half done.
    signal(&paused, "-CONT");
    amina.at(&paused.client()).fund("1").await;
    app.assert_journal_is_whole().await;
}
