//! Imports: what each made, so that it can be undone as a whole; and which imported transactions are the same as ones that were
//! written by hand.

use sea_orm_migration::{
    prelude::*,
    schema::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

use crate::column::{counter, created_at, index, one_of, reference, unique};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The tables of what an import can make.
const MADE: [&str; 3] = ["transaction", "ledger_entry", "customer"];

/// The transactions among which pairs are looked for: of transfers, and of a line of a file and what was written by hand.
const UNPAIRED: &str = "deleted_at IS NULL AND counterpart_id IS NULL";

/// The same, as long as there were only transfers, which are between wallets.
const IN_WALLETS: &str = "wallet_id IS NOT NULL AND deleted_at IS NULL AND counterpart_id IS NULL";

/// Gives SQLite statistics for the new indexes; see the ledger migration for why.
const STATISTICS: [(&str, &str, &str); 8] = [
    PAIRING,
    ("transaction", "transaction_import_id_id_idx", "500000 2500 1"),
    ("transaction", "transaction_same_as_id_key", "20000 1"),
    ("ledger_entry", "ledger_entry_import_id_id_idx", "500000 2500 1"),
    ("customer", "customer_import_id_id_idx", "20000 200 1"),
    ("import", "import_book_id_id_idx", "10000 100 1"),
    ("declined_duplicate", "sqlite_autoindex_declined_duplicate_1", "10000 2 1"),
    ("declined_duplicate", "declined_duplicate_book_id_idx", "10000 100"),
];
const PAIRING: (&str, &str, &str) = ("transaction", "transaction_pairing_idx", "500000 50000 25000 10 1");

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_import(manager).await?;
        let is_postgres = manager.get_database_backend() == DbBackend::Postgres;
        let column_type = if is_postgres { "uuid" } else { "uuid_text" };
        for table in MADE {
            let add = format!(
                "ALTER TABLE \"{table}\" ADD COLUMN \"import_id\" {column_type} REFERENCES \"import\" (\"id\")"
            );
            run(manager, &add).await?;
            let mut of_import = index(table, &["import_id", "id"]);
            manager.create_index(of_import.and_where(Expr::cust("import_id IS NOT NULL")).take()).await?;
        }
        let add = format!(
            "ALTER TABLE \"transaction\" ADD COLUMN \"same_as_id\" {column_type} REFERENCES \"transaction\" (\"id\")
             CHECK (same_as_id IS NULL OR (same_as_id <> id AND import_id IS NOT NULL AND deleted_at IS NOT NULL))"
        );
        run(manager, &add).await?;
        let mut one_each = unique("transaction", &["same_as_id"]);
        manager.create_index(one_each.and_where(Expr::cust("same_as_id IS NOT NULL")).take()).await?;
        replace_pairing(manager, UNPAIRED).await?;
        create_declined(manager).await?;
        if !is_postgres {
            for statistics in STATISTICS {
                describe(manager, statistics).await?;
            }
            run(manager, "ANALYZE sqlite_schema").await?;
        }
        Ok(())
    }

    /// What imports made stays, but it is not known any more which import made it.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("declined_duplicate").take()).await?;
        replace_pairing(manager, IN_WALLETS).await?;
        if manager.get_database_backend() != DbBackend::Postgres {
            describe(manager, PAIRING).await?;
            run(manager, "ANALYZE sqlite_schema").await?;
        }
        run(manager, "DROP INDEX transaction_same_as_id_key").await?;
        manager.alter_table(Table::alter().table("transaction").drop_column("same_as_id").take()).await?;
        for table in MADE {
            run(manager, &format!("DROP INDEX {table}_import_id_id_idx")).await?;
            manager.alter_table(Table::alter().table(table).drop_column("import_id").take()).await?;
        }
        manager.drop_table(Table::drop().table("import").take()).await
    }
}

async fn create_import(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("import")
                .col(pk_uuid("id"))
                .col(uuid("book_id"))
                // Who imported.
                .col(uuid("actor_id"))
                .col(string("kind"))
                .col(text_null("file_name"))
                // The wallet of lines that name none.
                .col(uuid_null("wallet_id"))
                // How many lines it wrote, and how many transactions, entries or customers it made of them.
                .col(counter(manager, "lines"))
                .col(counter(manager, "made"))
                .col(created_at())
                // When its last lines were written.
                .col(timestamp_with_time_zone("updated_at"))
                // When undoing it began and ended.
                .col(timestamp_with_time_zone_null("undoing_at"))
                .col(timestamp_with_time_zone_null("undone_at"))
                .foreign_key(&mut reference("import", "book_id", "book"))
                .foreign_key(&mut reference("import", "actor_id", "user"))
                .foreign_key(&mut reference("import", "wallet_id", "wallet"))
                .check(one_of("kind", &["TRANSACTIONS", "ENTRIES", "CUSTOMERS"]))
                .check(Expr::cust("made >= 0 AND lines >= made"))
                .check(Expr::cust("undone_at IS NULL OR undoing_at IS NOT NULL"))
                .take(),
        )
        .await?;
    manager.create_index(index("import", &["book_id", "id"])).await
}

async fn create_declined(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("declined_duplicate")
                .col(uuid("imported_id"))
                .col(uuid("entered_id"))
                .col(uuid("book_id"))
                .col(created_at())
                .primary_key(Index::create().col("imported_id").col("entered_id"))
                .foreign_key(&mut reference("declined_duplicate", "imported_id", "transaction"))
                .foreign_key(&mut reference("declined_duplicate", "entered_id", "transaction"))
                .foreign_key(&mut reference("declined_duplicate", "book_id", "book"))
                .check(Expr::cust("imported_id <> entered_id"))
                .take(),
        )
        .await?;
    manager.create_index(index("declined_duplicate", &["book_id"])).await
}

/// Makes the index over amounts and dates again, of the transactions that meet a condition.
async fn replace_pairing(manager: &SchemaManager<'_>, which: &'static str) -> Result<(), DbErr> {
    run(manager, "DROP INDEX transaction_pairing_idx").await?;
    let mut pairing = index("transaction", &["book_id", "currency", "amount", "date"]);
    manager.create_index(pairing.name("transaction_pairing_idx").and_where(Expr::cust(which)).take()).await
}

/// Tells SQLite what an index holds.
async fn describe(manager: &SchemaManager<'_>, (table, index, statistics): (&str, &str, &str)) -> Result<(), DbErr> {
    let row = format!("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('{table}', '{index}', '{statistics}')");
    run(manager, &row).await
}

async fn run(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    manager.get_connection().execute_unprepared(sql).await.map(drop)
}
