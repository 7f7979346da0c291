//! Says of open entries in a way that PostgreSQL takes for few.
//!
//! Of `settled < amount` it assumes a third of all rows, whatever the partial index holds. With most entries of one customer it
//! read the whole table to sum up what is open, which is mostly nothing. Of an equality with an expression it assumes a few.

use sea_orm_migration::prelude::*;

use crate::column::index;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const NAME: &str = "ledger_entry_open_idx";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // `customers::open_items` repeats this condition word for word.
        replace(manager, "deleted_at IS NULL AND CASE WHEN settled < amount THEN 1 ELSE 0 END = 1").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace(manager, "deleted_at IS NULL AND settled < amount").await
    }
}

async fn replace(manager: &SchemaManager<'_>, is_open: &'static str) -> Result<(), DbErr> {
    manager.drop_index(Index::drop().name(NAME).table("ledger_entry").to_owned()).await?;
    let mut open = index("ledger_entry", &["customer_id", "currency", "kind", "date", "position"]);
    manager.create_index(open.name(NAME).and_where(Expr::cust(is_open)).take()).await
}
