//! How PostgreSQL reads rows: how many it expects, and whether by an index or from the whole table.

use std::fmt::Write;

use daybook::db;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};

use crate::harness::{Database::Postgres, OwnPostgres, Storage, TestApp, User};

const ENTRIES: i64 = 400;

/// The condition of the index of open entries.
const CONDITION: &str =
    "SELECT pg_get_expr(indpred, indrelid) AS text FROM pg_index WHERE indexrelid = 'ledger_entry_open_idx'::regclass";

#[apply(on_postgres)]
async fn of_customers_who_owe_nothing_postgres_expects_few_open_entries() {
    let (app, owner) = TestApp::with_owner(Postgres).await;
    owner.customer("Salma").await;
    import(&app);
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

/// A server that writes down each plan, and that never looks at how large its tables are unless it is told to.
const WRITES_PLANS: [&str; 4] =
    ["fsync=off", "autovacuum=off", "session_preload_libraries=auto_explain", "auto_explain.log_min_duration=0"];

#[apply(on_postgres)]
async fn requests_read_rows_by_keys_whatever_postgres_believes_of_the_tables() {
    let postgres = OwnPostgres::start(&WRITES_PLANS);
    db::migrate(&postgres.url("postgres")).await.unwrap();
    let app = TestApp::over(postgres.url("postgres"), Storage::Elsewhere, |_| {}).await;
    let owner = app.user("amina").await;
    let customer = owner.customer("Salma").await;
    import(&app);
    for knows_sizes in [false, true] {
        if knows_sizes {
            app.app.db.read().execute_unprepared("ANALYZE").await.unwrap();
        }
        let before = postgres.log().len();
        change_and_read(&owner, &customer).await;
        let log = postgres.log().split_off(before);
        assert!(log.contains("Index Scan using ledger_entry_customer_id_date_position_idx"), "{log}");
        for bad in ["Seq Scan on", "Bitmap", "Hash Join", "Merge Join", "Gather"] {
            let plan = log.split(" LOG: ").find(|entry| entry.contains(bad));
            assert_eq!(plan, None, "{bad}, sizes known: {knows_sizes}");
        }
        // What a customer has is read in its order, not sorted.
        let sorts = |entry: &&str| entry.contains("_customer_id_date_position_idx") && entry.contains("Sort Key");
        assert_eq!(log.split(" LOG: ").find(sorts), None, "sizes known: {knows_sizes}");
    }
}

/// Makes and settles documents of a customer who has many, and reads what lists and reports show of it.
async fn change_and_read(owner: &User, customer: &str) {
    owner.fund("20").await;
    owner.withdraw(json!({ "wallet": { "id": owner.wallet }, "amount": "5" })).await;
    owner.history(&owner.wallet, Value::Null).await;
    let invoice = owner.invoice(customer, "7", "2026-11-20").await;
    let receipt = owner.receipt(customer, "5", "2026-11-20").await;
    owner.set_off("release", json!({ "paymentId": receipt })).await;
    owner.set_off("allocate", json!({ "paymentId": receipt, "autoAllocate": true })).await;
    owner.standing(&invoice).await;
    owner.pays(&receipt).await;
    owner.owed(customer).await;
    owner.age(customer, Value::Null).await;
    let statement = "query($id: ID!) { customerStatement(customerId: $id) { closingBalance { amount }
        lines(first: 20) { nodes { id balanceAfter { amount } } } } }";
    owner.gql(statement, json!({ "id": customer })).await;
    owner.spend("Food", "3", "2026-11-20").await;
    owner.report("2026-11").await;
}

fn import(app: &TestApp) {
    let mut file = "date,type,amount,customer,note\n".to_owned();
    for number in 0..ENTRIES {
        let kind = if number % 2 == 0 { "CREDIT" } else { "DEBIT" };
        writeln!(file, "2026-11-01,{kind},5,Salma,").unwrap();
    }
    assert_eq!(
        app.import_of("entries", "amina", file, &[]).sum,
        format!("lines: {ENTRIES} added, 0 there already, 0 refused")
    );
}
