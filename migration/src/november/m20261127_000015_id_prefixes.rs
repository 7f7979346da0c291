//! The prefixes of the ids of wallet transactions and of transactions. Only the activity log stores ids with their prefixes.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The former and the new prefix, in an order in which none becomes that of the other.
const RENAMED: [(&str, &str); 2] = [("transaction_", "wallet_transaction_"), ("txn_", "transaction_")];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (from, to) in RENAMED {
            rename(manager, from, to).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (from, to) in RENAMED.into_iter().rev() {
            rename(manager, to, from).await?;
        }
        Ok(())
    }
}

async fn rename(manager: &SchemaManager<'_>, from: &str, to: &str) -> Result<(), DbErr> {
    let length = from.len();
    let statement = format!(
        "UPDATE activity SET thing_id = '{to}' || substr(thing_id, {}) WHERE substr(thing_id, 1, {length}) = '{from}'",
        length + 1
    );
    manager.get_connection().execute_unprepared(&statement).await.map(drop)
}
