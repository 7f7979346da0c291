//! The notes of the lines of transactions, by version. A change of a note alone makes a version, so the note is kept with it.

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
                    .table("version_note")
                    .col(uuid("entry_id"))
                    .col(integer("line"))
                    .col(text("note"))
                    .primary_key(Index::create().col("entry_id").col("line"))
                    .foreign_key(&mut reference("version_note", "entry_id", "journal_entry"))
                    .check(Expr::cust("line >= 1"))
                    .take(),
            )
            .await?;
        // The notes of earlier versions are not known any more.
        let current = "INSERT INTO version_note (entry_id, line, note)
            SELECT \"transaction\".journal_entry_id, transaction_line.line, transaction_line.note
            FROM transaction_line INNER JOIN \"transaction\" ON \"transaction\".id = transaction_line.transaction_id
            WHERE transaction_line.note IS NOT NULL";
        manager.get_connection().execute_unprepared(current).await.map(drop)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("version_note").take()).await
    }
}
