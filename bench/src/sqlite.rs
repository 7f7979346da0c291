//! What a hand-written transaction per transfer reaches on SQLite: the same file settings, one commit each.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use rusqlite::{Connection, TransactionBehavior, params};

const SCHEMA: &str = "
    PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
    CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL CHECK (balance >= 0), postings INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE transfer (id INTEGER PRIMARY KEY, payer INTEGER NOT NULL REFERENCES account,
        payee INTEGER NOT NULL REFERENCES account, amount INTEGER NOT NULL, created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP);
    CREATE INDEX transfer_payer ON transfer (payer, id); CREATE INDEX transfer_payee ON transfer (payee, id);";

/// Makes the file.
pub(crate) fn set_up(file: &Path, accounts: u32) -> Connection {
    let connection = Connection::open(file).expect("SQLite opens a file");
    connection.execute_batch(SCHEMA).expect("the tables can be made");
    let filling = "WITH RECURSIVE n(id) AS (VALUES (1) UNION ALL SELECT id + 1 FROM n WHERE id < ?1) \
                INSERT INTO account SELECT id, 1000000000000, 0 FROM n";
    connection.execute(filling, params![accounts]).expect("there is room");
    connection
}

/// How many transfers a second one writer does, which is what SQLite allows.
pub(crate) fn run(connection: &mut Connection, accounts: u32, time: Duration) -> f64 {
    let began = Instant::now();
    let mut done = 0_u32;
    while began.elapsed() < time {
        let (a, b) = (done * 7 % accounts + 1, (done * 7 + 1 + done % 5) % accounts + 1);
        transfer(connection, a, b).expect("a transfer succeeds");
        done += 1;
    }
    f64::from(done) / began.elapsed().as_secs_f64()
}

/// How large a file is when its log is empty, in bytes.
pub(crate) fn size(file: &Path) -> u64 {
    let connection = Connection::open(file).expect("SQLite opens a file");
    connection.busy_timeout(Duration::from_secs(10)).expect("a timeout can be set");
    let pages: u32 = connection
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .and_then(|()| connection.query_row("PRAGMA page_count", [], |row| row.get(0)))
        .expect("the file can be read");
    u64::from(pages) * 4096
}

fn transfer(connection: &mut Connection, a: u32, b: u32) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for (id, moved) in [(a, -1), (b, 1)] {
        let update = "UPDATE account SET balance = balance + ?2, postings = postings + 1 WHERE id = ?1";
        transaction.prepare_cached(update)?.execute(params![id, moved])?;
    }
    let insert = "INSERT INTO transfer (payer, payee, amount) VALUES (?1, ?2, 1)";
    transaction.prepare_cached(insert)?.execute(params![a, b])?;
    transaction.commit()
}
