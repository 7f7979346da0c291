//! Import profiles: what the files of a bank look like, kept in a book under a name.

use sea_orm_migration::{
    prelude::*,
    schema::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

use crate::column::{created_at, reference, unique};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Gives SQLite statistics for the index; see the ledger migration for why.
const STATISTICS: &str = "INSERT INTO sqlite_stat1 (tbl, idx, stat)
    VALUES ('import_profile', 'import_profile_book_id_name_key_key', '10000 10 1')";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let is_postgres = manager.get_database_backend() == DbBackend::Postgres;
        // Sorts by bytes on both databases; PostgreSQL would otherwise sort by its locale.
        let mut name_key = string("name_key");
        if is_postgres {
            name_key.extra("COLLATE \"C\"");
        }
        manager
            .create_table(
                Table::create()
                    .table("import_profile")
                    .col(pk_uuid("id"))
                    .col(uuid("book_id"))
                    .col(string("name"))
                    .col(name_key)
                    .col(text("profile"))
                    .col(created_at())
                    .col(timestamp_with_time_zone("updated_at"))
                    .foreign_key(&mut reference("import_profile", "book_id", "book"))
                    .check(Expr::cust("length(name_key) > 0"))
                    .check(Expr::cust("length(profile) > 0"))
                    .take(),
            )
            .await?;
        manager.create_index(unique("import_profile", &["book_id", "name_key"])).await?;
        if !is_postgres {
            manager.get_connection().execute_unprepared(STATISTICS).await?;
            manager.get_connection().execute_unprepared("ANALYZE sqlite_schema").await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("import_profile").take()).await
    }
}
