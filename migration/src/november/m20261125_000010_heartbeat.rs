//! The heartbeat: a number that each server increments and reads back, to check that the database stores what is
//! written.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut heartbeat = Table::create();
        heartbeat.table("heartbeat").col(integer("id").primary_key()).col(big_integer("beat"));
        manager.create_table(heartbeat).await?;
        let mut first = Query::insert();
        first.into_table("heartbeat").columns(["id", "beat"]).values_panic([1.into(), 0.into()]);
        manager.execute(first).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("heartbeat").take()).await
    }
}
