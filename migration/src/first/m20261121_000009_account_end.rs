//! Deletion of accounts: closing time of books, version of passwords, and whether a throttled login attempt has been
//! logged.

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
        // The password hash cannot show a change of password: the same password is hashed again when the hashing
        // settings change.
        let version = integer("password_version").default(1).take();
        manager.alter_table(Table::alter().table("user").add_column(version).take()).await?;
        // Whether an attempt that came too early has been logged since the latest failure.
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
