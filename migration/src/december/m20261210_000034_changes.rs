//! The changes of each book, for subscriptions and for apps that keep a copy: one row for each object that a transaction creates,
//! changes or deletes.
//!
//! All readers see the rows in one order, although transactions end in another order than they begin. SQLite has one writer, so
//! there the order is that of `seq`. On PostgreSQL a row gets the number of the latest transaction that had ended when it was
//! written, or that of its own if it is higher (`xact`), and rows are read only up to the oldest transaction that is still
//! running. A row that is not visible yet belongs to a transaction that runs, so it comes behind all that can be read. And what
//! was written after another transaction had ended, as it is when both lock the same account, comes behind what that one wrote.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

use crate::column::{created_at, index, reference};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The number of the latest transaction that has ended, or that of the transaction itself.
const XACT: &str = "GREATEST(txid_current(), txid_snapshot_xmax(txid_current_snapshot()) - 1)";

/// Each book has one change at least, so that there is always a position to begin from.
const FIRST: &str = "INSERT INTO change (book_id, noun, thing_id, kind, created_at) \
                     SELECT id, 1, id, 1, created_at FROM book ORDER BY created_at, id";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let is_postgres = manager.get_database_backend() == DbBackend::Postgres;
        let mut table = Table::create();
        table.table("change");
        if is_postgres {
            table
                .col(big_integer("xact").default(Expr::cust(XACT)))
                .col(big_integer("seq").extra("GENERATED ALWAYS AS IDENTITY"))
                .primary_key(Index::create().col("xact").col("seq"));
        } else {
            // A number is never given twice, even when the latest row was deleted.
            table.col(ColumnDef::new("seq").integer().not_null().primary_key().auto_increment());
        }
        table
            .col(uuid("book_id"))
            // Numbers, since this table grows with each wallet operation: `entity::change` names them.
            .col(small_integer("noun"))
            .col(uuid("thing_id"))
            .col(small_integer("kind"))
            // The wallet or the customer that the object belongs to. A transfer within a book has two wallets.
            .col(uuid_null("of_id"))
            .col(uuid_null("also_of_id"))
            .col(created_at())
            .check(Expr::cust("noun >= 1 AND kind BETWEEN 1 AND 3"))
            .check(Expr::cust("of_id IS NOT NULL OR also_of_id IS NULL"));
        if !is_postgres {
            // PostgreSQL would lock the book with each row. Whoever writes a row there writes an activity or a posting of the same
            // book too, whose references are checked, and books are never deleted.
            table.foreign_key(&mut reference("change", "book_id", "book"));
        }
        manager.create_table(table.take()).await?;
        // On SQLite an index holds the number of the row anyway.
        let columns: &[&str] = if is_postgres { &["book_id", "xact", "seq"] } else { &["book_id"] };
        manager.create_index(index("change", columns)).await?;
        run(manager, FIRST).await?;
        if !is_postgres {
            // See the ledger migration for why SQLite is told.
            let statistics =
                "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('change', 'change_book_id_idx', '1000000 1000')";
            run(manager, statistics).await?;
            run(manager, "ANALYZE sqlite_schema").await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("change").take()).await
    }
}

async fn run(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    manager.get_connection().execute_unprepared(sql).await.map(drop)
}
