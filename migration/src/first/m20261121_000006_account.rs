//! User and shop profiles: contact data of books, time zone and deletion of users, and where and when sessions were
//! last used.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The new text columns, by table. All of them are nullable.
const COLUMNS: [(&str, &str); 9] = [
    ("book", "shop_name"),
    ("book", "proprietor_name"),
    ("book", "gst_number"),
    ("book", "phone"),
    ("book", "address"),
    ("book", "city"),
    ("book", "state"),
    // The IP address that the session was last used from.
    ("session", "address"),
    ("session", "user_agent"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in COLUMNS {
            add(manager, table, string_null(column)).await?;
        }
        add(manager, "session", timestamp_with_time_zone_null("last_used_at")).await?;
        add(manager, "user", string("time_zone").default("UTC").take()).await?;
        add(manager, "user", timestamp_with_time_zone_null("deleted_at")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let rest = [("session", "last_used_at"), ("user", "time_zone"), ("user", "deleted_at")];
        for (table, column) in COLUMNS.into_iter().chain(rest) {
            manager.alter_table(Table::alter().table(table).drop_column(column).take()).await?;
        }
        Ok(())
    }
}

async fn add(manager: &SchemaManager<'_>, table: &'static str, mut column: ColumnDef) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(table).add_column(column.take()).take()).await
}
