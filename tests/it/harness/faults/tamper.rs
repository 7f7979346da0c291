//! Rows that are changed behind the program's back, as a bug or a broken disk would: without triggers and constraints.

use daybook::bookkeeping::verify::{self, Difference};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend};

use crate::harness::TestApp;

/// What stands in the way on PostgreSQL: checks, foreign keys and triggers.
const UNGUARD: &str = "DO $$ DECLARE r record; BEGIN
    FOR r IN SELECT conrelid::regclass AS t, conname AS n FROM pg_constraint
        WHERE contype IN ('c', 'f') AND connamespace = 'public'::regnamespace
    LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', r.t, r.n); END LOOP;
    FOR r IN SELECT tgrelid::regclass AS t, tgname AS n FROM pg_trigger WHERE NOT tgisinternal
    LOOP EXECUTE format('DROP TRIGGER %I ON %s', r.n, r.t); END LOOP;
END $$";

/// The same on SQLite, where checks and foreign keys are settings of the connection.
const UNGUARD_SQLITE: [&str; 6] = [
    "PRAGMA ignore_check_constraints = ON",
    "PRAGMA foreign_keys = OFF",
    "DROP TRIGGER journal_entry_append_only_UPDATE",
    "DROP TRIGGER journal_entry_append_only_DELETE",
    "DROP TRIGGER posting_append_only_UPDATE",
    "DROP TRIGGER posting_append_only_DELETE",
];

/// A connection on which everything may be written.
pub struct Tamperer(DatabaseConnection);

impl TestApp {
    /// Takes the guards off the database.
    pub async fn tamperer(&self) -> Tamperer {
        let mut options = ConnectOptions::new(&self.url);
        options.max_connections(1);
        let connection = Database::connect(options).await.unwrap();
        let postgres = [UNGUARD];
        let guards =
            if connection.get_database_backend() == DbBackend::Postgres { &postgres[..] } else { &UNGUARD_SQLITE };
        for guard in guards {
            connection.execute_unprepared(guard).await.unwrap();
        }
        Tamperer(connection)
    }
}

impl Tamperer {
    /// Changes rows for good.
    pub async fn change(&self, sql: &str) {
        self.0.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// What is found after a change, which is undone then.
    pub async fn differences(&self, sql: &str) -> Vec<Difference> {
        self.change("BEGIN").await;
        for statement in sql.split(';') {
            self.change(statement).await;
        }
        let mut differences = Vec::new();
        verify::verify(&self.0, &mut |difference| differences.push(difference), &|_| {}).await.unwrap();
        self.change("ROLLBACK").await;
        differences
    }
}
