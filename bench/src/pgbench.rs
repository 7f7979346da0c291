//! What a hand-written transaction per transfer reaches: `pgbench`, with the statements of a transfer, or with one function.

use std::{fs, process::Command};

/// The tables, with as much of a transfer as anybody would store, and the function that does one.
const SCHEMA: &str = "
    CREATE TABLE account (id int PRIMARY KEY, balance bigint NOT NULL CHECK (balance >= 0), postings bigint NOT NULL DEFAULT 0);
    CREATE TABLE transfer (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, payer int NOT NULL REFERENCES account,
        payee int NOT NULL REFERENCES account, amount bigint NOT NULL, created_at timestamptz NOT NULL DEFAULT now());
    CREATE INDEX ON transfer (payer, id); CREATE INDEX ON transfer (payee, id);
    CREATE FUNCTION transfer(a int, b int, moved bigint) RETURNS bigint LANGUAGE plpgsql AS $$
        DECLARE made bigint;
        BEGIN
            PERFORM 1 FROM account WHERE id IN (a, b) ORDER BY id FOR UPDATE;
            UPDATE account SET balance = balance - moved, postings = postings + 1 WHERE id = a;
            UPDATE account SET balance = balance + moved, postings = postings + 1 WHERE id = b;
            INSERT INTO transfer (payer, payee, amount) VALUES (a, b, moved) RETURNING id INTO made;
            RETURN made;
        END $$;";

const STATEMENTS: &str = "BEGIN;
SELECT id, balance FROM account WHERE id IN (:a, :b) ORDER BY id FOR UPDATE;
UPDATE account SET balance = balance - 1, postings = postings + 1 WHERE id = :a;
UPDATE account SET balance = balance + 1, postings = postings + 1 WHERE id = :b;
INSERT INTO transfer (payer, payee, amount) VALUES (:a, :b, 1);
COMMIT;
";
const FUNCTION: &str = "SELECT transfer(:a, :b, 1);\n";

/// Which transfers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Statements,
    Function,
    /// Statements, all of which pay one account.
    Hot,
}

/// A database with the tables, reached over the socket in a directory.
pub(crate) struct Baseline {
    pub socket: String,
    pub accounts: usize,
}

impl Baseline {
    pub(crate) fn set_up(&self) {
        self.psql("postgres", "CREATE DATABASE baseline");
        self.psql("baseline", SCHEMA);
        let fill = format!("INSERT INTO account SELECT n, 1000000000000 FROM generate_series(1, {}) n", self.accounts);
        self.psql("baseline", &fill);
    }

    /// How large a database is, in bytes.
    pub(crate) fn size(&self, database: &str) -> u64 {
        self.psql(database, "SELECT pg_database_size(current_database())").trim().parse().expect("a number")
    }

    pub(crate) fn psql(&self, database: &str, sql: &str) -> String {
        let mut psql = Command::new("psql");
        psql.args(["-qtAX", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", database, "-c", sql, "-h"])
            .arg(&self.socket);
        let done = psql.output().expect("psql runs");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8_lossy(&done.stdout).into_owned()
    }

    /// How many transfers a second it does for this many clients.
    pub(crate) fn run(&self, kind: Kind, clients: usize, seconds: u64) -> f64 {
        let accounts = self.accounts;
        let payee = if kind == Kind::Hot { "1".to_owned() } else { format!("random(2, {accounts})") };
        // Two different accounts.
        let chosen = format!(
            "\\set b {payee}\n\\set a :b % {accounts} + 1 + random(0, {}) \n\\set a :a % {accounts} + 1\n",
            accounts / 2
        );
        let chosen = format!("{chosen}\\if :a = :b\n\\set a :b % {accounts} + 1\n\\endif\n");
        let script = if kind == Kind::Function { FUNCTION } else { STATEMENTS };
        let file = std::env::temp_dir().join(format!("daybook-bench-{}.sql", std::process::id()));
        fs::write(&file, format!("{chosen}{script}")).expect("a file can be written");
        let mut pgbench = Command::new("pgbench");
        pgbench.args(["-n", "-M", "prepared", "-U", "postgres", "-j", "2", "-c", &clients.to_string()]);
        pgbench.args(["-T", &seconds.to_string(), "-f"]).arg(&file).arg("-h").arg(&self.socket).arg("baseline");
        let done = pgbench.output().expect("pgbench runs");
        let text = String::from_utf8_lossy(&done.stdout);
        let rate = text.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
        rate.unwrap_or_else(|| panic!("{text} {}", String::from_utf8_lossy(&done.stderr)))
    }
}
