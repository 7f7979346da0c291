//! Somebody who holds the locks that all writers of money need.

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend};

use crate::harness::TestApp;

/// A connection in a transaction that others wait for. It is none of the program's, so it has no time limit.
pub struct Blocker(DatabaseConnection);

impl Blocker {
    pub async fn on(app: &TestApp) -> Self {
        let mut options = ConnectOptions::new(&app.url);
        options.max_connections(1).sqlx_logging(false);
        let connection = Database::connect(options).await.unwrap();
        let lock = match connection.get_database_backend() {
            DbBackend::Sqlite => "BEGIN IMMEDIATE",
            _ => "BEGIN; LOCK TABLE account, heartbeat IN EXCLUSIVE MODE",
        };
        connection.execute_unprepared(lock).await.unwrap();
        Self(connection)
    }

    pub async fn end(self) {
        self.0.execute_unprepared("ROLLBACK").await.unwrap();
        self.0.close().await.unwrap();
    }
}
