//! Ids that clients chose: which book used an id, and for what input.

use sea_orm_migration::{prelude::*, schema::*};

use crate::column::reference;

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
                    .table("client_id")
                    .col(pk_uuid("id"))
                    .col(uuid("book_id"))
                    // SHA-256 of the input that the id was used with.
                    .col(binary("request_hash"))
                    .foreign_key(&mut reference("client_id", "book_id", "book"))
                    .check(Expr::cust("length(request_hash) = 32"))
                    .take(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("client_id").take()).await
    }
}
