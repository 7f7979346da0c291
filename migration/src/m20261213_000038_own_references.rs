//! Leaves references that the server made out of the index of references. They follow from the entry, and are not stored any more: an
//! entry without a reference of the user's has an empty one. Those that are stored stay, in the index too.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{DbBackend, Statement},
};

use crate::column::{replace_check, unique};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// What references had to be, and what they have to be.
const CHECKS: [&str; 2] = ["length(reference) > 0", "length(reference) <= 64"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace_check(manager, "journal_entry", "journal_entry_reference_check", CHECKS[0], CHECKS[1]).await?;
        let mut index = unique("journal_entry", &["book_id", "reference"]);
        index.and_where(Expr::col("status").eq("SUCCEEDED")).and_where(Expr::col("reference").ne(""));
        replace_index(manager, index).await
    }

    /// Gives the entries without a reference one that is made from the id, which is not the one that they had.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        fill(manager).await?;
        let mut index = unique("journal_entry", &["book_id", "reference"]);
        index.and_where(Expr::col("status").eq("SUCCEEDED"));
        replace_index(manager, index).await?;
        replace_check(manager, "journal_entry", "journal_entry_reference_check", CHECKS[1], CHECKS[0]).await
    }
}

async fn replace_index(manager: &SchemaManager<'_>, index: IndexCreateStatement) -> Result<(), DbErr> {
    let drop = Index::drop().name("journal_entry_book_id_reference_key").table("journal_entry").to_owned();
    manager.drop_index(drop).await?;
    manager.create_index(index).await
}

/// Writes references, which the triggers of the table refuse.
async fn fill(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    if manager.get_database_backend() == DbBackend::Postgres {
        let fill = "ALTER TABLE journal_entry DISABLE TRIGGER USER;
                    UPDATE journal_entry SET reference = 'ENTRY-' || id WHERE reference = '';
                    ALTER TABLE journal_entry ENABLE TRIGGER USER";
        return connection.execute_unprepared(fill).await.map(drop);
    }
    let trigger = "SELECT sql FROM sqlite_schema WHERE name = 'journal_entry_append_only_UPDATE'";
    let row = connection.query_one_raw(Statement::from_string(DbBackend::Sqlite, trigger)).await?;
    let trigger: String = row.map_or(Ok(String::new()), |row| row.try_get_by_index(0))?;
    connection.execute_unprepared("DROP TRIGGER journal_entry_append_only_UPDATE").await?;
    let fill = "UPDATE journal_entry SET reference = 'ENTRY-' || hex(id) WHERE reference = ''";
    connection.execute_unprepared(fill).await?;
    connection.execute_unprepared(&trigger).await.map(drop)
}
