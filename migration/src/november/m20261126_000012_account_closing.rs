//! Accounts that are to be deleted: since when a book waits for it, and that its wallets take no payments of others.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let closing_since = timestamp_with_time_zone_null("closing_since").take();
        manager.alter_table(Table::alter().table("book").add_column(closing_since).take()).await?;
        // Also on the accounts, because payments lock these and not the book.
        let closing = boolean("closing").default(false).take();
        manager.alter_table(Table::alter().table("account").add_column(closing).take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in [("book", "closing_since"), ("account", "closing")] {
            manager.alter_table(Table::alter().table(table).drop_column(column).take()).await?;
        }
        Ok(())
    }
}
