//! How many rows PostgreSQL expects, by which it chooses between an index and the whole table.

use std::fmt::Write;

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::harness::{Database::Postgres, TestApp};

const ENTRIES: i64 = 400;

/// The condition of the index of open entries.
const CONDITION: &str =
    "SELECT pg_get_expr(indpred, indrelid) AS text FROM pg_index WHERE indexrelid = 'ledger_entry_open_idx'::regclass";

#[apply(on_postgres)]
async fn of_customers_who_owe_nothing_postgres_expects_few_open_entries() {
    let (app, owner) = TestApp::with_owner(Postgres).await;
    owner.customer("Salma").await;
    let mut file = "date,type,amount,customer,note\n".to_owned();
    for number in 0..ENTRIES {
        let kind = if number % 2 == 0 { "CREDIT" } else { "DEBIT" };
        writeln!(file, "2026-11-01,{kind},5,Salma,").unwrap();
    }
    assert_eq!(
        app.import_of("entries", "amina", file, &[]).sum,
        format!("lines: {ENTRIES} added, 0 there already, 0 refused")
    );
    let db = app.app.db.read();
    let text = async |sql: &str| -> String {
        let row = db.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap().unwrap();
        row.try_get_by_index(0).unwrap()
    };
    db.execute_unprepared("ANALYZE ledger_entry").await.unwrap();
    let plan = text(&format!("EXPLAIN SELECT FROM ledger_entry WHERE {}", text(CONDITION).await)).await;
    let rows = plan.split("rows=").nth(1).unwrap().split(' ').next().unwrap().parse::<i64>().unwrap();
    assert!(rows * 20 < ENTRIES, "{plan}");
}
