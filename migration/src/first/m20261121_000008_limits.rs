//! Counters for limits that all servers share: failed logins, registrations, requests.

use sea_orm_migration::{prelude::*, schema::*};

use crate::column::{counter, index};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("tally")
                    // A keyed hash of what is counted. The plain text could be an IP address, or a password typed into
                    // the field for the name.
                    .col(string("key").primary_key())
                    .col(counter(manager, "count"))
                    .col(timestamp_with_time_zone("since"))
                    .col(timestamp_with_time_zone("expires_at"))
                    .check(Expr::cust("count > 0"))
                    .take(),
            )
            .await?;
        manager.create_index(index("tally", &["expires_at"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("tally").take()).await
    }
}
