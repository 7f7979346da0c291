//! Wallets: names and defaults. The balance of a wallet is on its account.

use sea_orm_migration::{prelude::*, schema::*};

use crate::column::{created_at, reference};

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
                    .table("wallet")
                    .col(pk_uuid("id"))
                    .col(uuid("book_id"))
                    .col(string("name"))
                    .col(string("currency"))
                    .col(boolean("is_default"))
                    .col(created_at())
                    .foreign_key(&mut reference("wallet", "book_id", "book"))
                    .check(Expr::cust("length(currency) = 3"))
                    .take(),
            )
            .await?;
        manager.create_index(Index::create().name("wallet_book_id_idx").table("wallet").col("book_id").take()).await?;
        manager
            .create_index(
                Index::create()
                    .name("wallet_default_key")
                    .table("wallet")
                    .unique()
                    .col("book_id")
                    .col("currency")
                    .and_where(Expr::col("is_default"))
                    .take(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("wallet").take()).await
    }
}
