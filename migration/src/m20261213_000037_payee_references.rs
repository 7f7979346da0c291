//! Checks the references of known payees once per statement on PostgreSQL, as migration 17 does for the tables that grow fastest. Each
//! payment to a new payee writes such a row.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::references::check;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The columns that refer to books.
const COLUMNS: [&str; 2] = ["book_id", "payee_book_id"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        let connection = manager.get_connection();
        for column in COLUMNS {
            let drop = format!("ALTER TABLE known_payee DROP CONSTRAINT known_payee_{column}_fkey");
            connection.execute_unprepared(&drop).await?;
        }
        connection.execute_unprepared(&check("known_payee", &COLUMNS.map(|column| (column, "book")))).await?;
        let kept = "CREATE TRIGGER known_payee_references_kept BEFORE UPDATE ON known_payee \
                    FOR EACH ROW EXECUTE FUNCTION refuse_loss()";
        connection.execute_unprepared(kept).await.map(drop)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        let connection = manager.get_connection();
        let end = "DROP TRIGGER known_payee_references_kept ON known_payee;
                   DROP TRIGGER known_payee_references ON known_payee; DROP FUNCTION known_payee_references";
        connection.execute_unprepared(end).await?;
        for column in COLUMNS {
            let add = format!(
                "ALTER TABLE known_payee ADD CONSTRAINT known_payee_{column}_fkey FOREIGN KEY ({column}) REFERENCES book (id)"
            );
            connection.execute_unprepared(&add).await?;
        }
        Ok(())
    }
}
