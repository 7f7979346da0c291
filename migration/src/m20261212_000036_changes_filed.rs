//! Files the changes of SQLite under their books later, many at once, in place of an index.
//!
//! A commit writes each page that it touches to the disk. The index by book touched another one for each book of a batch, and was the
//! largest part of what a transfer between two books wrote. `changes::filing` fills the table that replaces it. PostgreSQL, which
//! writes only what has changed, keeps its index.
//!
//! The times are numbers on both databases, of microseconds since 1970. SQLite never gives the number of a row twice, although it
//! does not keep count any more: `changes::prune` never deletes the latest change of a book, so neither the latest of all.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

use crate::rebuild::{
    AS_NUMBER, AS_TEXT, number_on_postgres, rebuild, run, tell, time_on_postgres, with_number, with_text,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The columns of the table, but for the time, which is the last one.
const COLUMNS: &str = "seq, book_id, noun, thing_id, kind, of_id, also_of_id";
const COUNTED: &str = " AUTOINCREMENT";
const BY_BOOK: &str = "change_book_id_idx";

/// The milliseconds that cursors have named so far, which are rounded. `changes::by_book` rounds in the same way, but for some times
/// in the middle between two; these are stored without their microseconds.
const NAMED: &str = "CAST(unixepoch(created_at, 'subsec') * 1000 AS INTEGER)";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == DbBackend::Postgres {
            return run(manager, &number_on_postgres("change")).await;
        }
        let mut of_book = Table::create();
        of_book.table("change_of_book").col(uuid("book_id")).col(big_integer("seq"));
        of_book.primary_key(Index::create().col("book_id").col("seq")).extra("WITHOUT ROWID");
        manager.create_table(of_book.take()).await?;
        // One row: the number of the last change that is filed.
        let mut filed = Table::create();
        filed.table("change_filed").col(big_integer("seq"));
        manager.create_table(filed.take()).await?;
        // In the order of the index.
        run(manager, "INSERT INTO change_of_book SELECT book_id, seq FROM change ORDER BY book_id, seq").await?;
        run(manager, &format!("DROP INDEX {BY_BOOK}")).await?;
        let uncounted = |text: String| with_number(&text).replace(COUNTED, "");
        let time = format!("CASE ({AS_NUMBER} + 500) / 1000 WHEN {NAMED} THEN {AS_NUMBER} ELSE {NAMED} * 1000 END");
        rebuild(manager, "change", uncounted, &format!("SELECT {COLUMNS}, {time} FROM change")).await?;
        run(manager, "INSERT INTO change_filed SELECT COALESCE(MAX(seq), 0) FROM change").await?;
        run(
            manager,
            "CREATE TRIGGER change_of_book_goes AFTER DELETE ON change BEGIN
             DELETE FROM change_of_book WHERE book_id = OLD.book_id AND seq = OLD.seq; END",
        )
        .await?;
        tell(manager, "change_of_book", "change_of_book", "1000000 1000 1").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == DbBackend::Postgres {
            return run(manager, &time_on_postgres("change")).await;
        }
        run(manager, "DROP TRIGGER change_of_book_goes").await?;
        for table in ["change_of_book", "change_filed"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        let counted = |text: String| with_text(&text).replace("PRIMARY KEY", &format!("PRIMARY KEY{COUNTED}"));
        rebuild(manager, "change", counted, &format!("SELECT {COLUMNS}, {AS_TEXT} FROM change")).await?;
        manager.create_index(crate::column::index("change", &["book_id"])).await?;
        tell(manager, "change", BY_BOOK, "1000000 1000").await
    }
}
