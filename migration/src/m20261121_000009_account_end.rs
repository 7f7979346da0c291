//! The end of an account: books that are closed, passwords that are told from earlier ones, and attempts that came too early.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let closed_at = timestamp_with_time_zone_null("closed_at").take();
        manager.alter_table(Table::alter().table("book").add_column(closed_at).take()).await?;
        // The hash cannot tell: it is made anew of the same password when the setting for it changes.
        let version = integer("password_version").default(1).take();
        manager.alter_table(Table::alter().table("user").add_column(version).take()).await?;
        // Whether somebody came since the last failure who had to wait.
        let knocked = boolean("knocked").default(false).take();
        manager.alter_table(Table::alter().table("tally").add_column(knocked).take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in [("book", "closed_at"), ("user", "password_version"), ("tally", "knocked")] {
            manager.alter_table(Table::alter().table(table).drop_column(column).take()).await?;
        }
        Ok(())
    }
}
