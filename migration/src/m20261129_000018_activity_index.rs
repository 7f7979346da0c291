//! Leaves wallet operations out of the index of activities by action.
//!
//! They are most of the log, so the index was as large as the table and grew in a random place with each transfer; a search for them
//! soon finds some along the index by time.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::column::index;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const NAME: &str = "activity_book_id_action_created_at_id_idx";
const STATISTICS: &str = "1000000 100000 10000 1 1";

fn by_action() -> IndexCreateStatement {
    index("activity", &["book_id", "action", "created_at", "id"])
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // `activity::list` repeats this condition word for word.
        let rare = Expr::cust("action NOT IN ('DEPOSIT', 'WITHDRAW', 'TRANSFER')");
        replace(manager, by_action().and_where(rare).take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace(manager, by_action()).await
    }
}

async fn replace(manager: &SchemaManager<'_>, by: IndexCreateStatement) -> Result<(), DbErr> {
    manager.drop_index(Index::drop().name(NAME).table("activity").to_owned()).await?;
    manager.create_index(by).await?;
    if manager.get_database_backend() != DbBackend::Postgres {
        // See the ledger migration for why SQLite is told. Dropping an index drops its statistics.
        let row = format!("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('activity', '{NAME}', '{STATISTICS}')");
        manager.get_connection().execute_unprepared(&row).await?;
        manager.get_connection().execute_unprepared("ANALYZE sqlite_schema").await?;
    }
    Ok(())
}
