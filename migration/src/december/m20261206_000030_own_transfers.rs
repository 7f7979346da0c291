//! Transfers between one's own wallets that came into the book as an expense and an income: which two transactions are one transfer,
//! which pairs are declined, and the account of the money that is on its way.

use sea_orm_migration::{
    prelude::*,
    schema::*,
    sea_orm::{ConnectionTrait, DbBackend, Statement},
};

use crate::column::{change_words, created_at, index, reference, unique};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const ACCOUNTS: [&str; 15] = [
    "WALLET",
    "OUTSIDE",
    "EXCHANGE",
    "RECEIVABLE",
    "CASH",
    "INCOME",
    "EXPENSE",
    "SALES",
    "CGST",
    "SGST",
    "IGST",
    "CHARGES",
    "ROUND_OFF",
    "WRITE_OFF",
    "OPENING",
];
const NEW_ACCOUNTS: [&str; 1] = ["IN_TRANSIT"];
const ENTRIES: [&str; 14] = [
    "DEPOSIT",
    "WITHDRAWAL",
    "TRANSFER",
    "EXCHANGE",
    "CREDIT",
    "DEBIT",
    "INVOICE",
    "RECEIPT",
    "INCOME",
    "EXPENSE",
    "CREDIT_NOTE",
    "DEBIT_NOTE",
    "REFUND",
    "WRITE_OFF",
];
const NEW_ENTRIES: [&str; 2] = ["TRANSFER_OUT", "TRANSFER_IN"];

/// A column of a table, with the words that it may hold so far and the new ones.
type Words = ((&'static str, &'static str), &'static [&'static str], &'static [&'static str]);

const WORDS: [Words; 2] =
    [(("account", "kind"), &ACCOUNTS, &NEW_ACCOUNTS), (("journal_entry", "kind"), &ENTRIES, &NEW_ENTRIES)];

/// A row for each word that the schema before does not know.
const NEW: &str = "SELECT 1 FROM account WHERE kind = 'IN_TRANSIT' \
                   UNION ALL SELECT 1 FROM journal_entry WHERE kind IN ('TRANSFER_OUT', 'TRANSFER_IN')";

/// The transactions that can be half of a transfer and are not yet.
const UNPAIRED: &str = "wallet_id IS NOT NULL AND deleted_at IS NULL AND counterpart_id IS NULL";

/// Gives SQLite statistics for the new indexes; see the ledger migration for why.
const STATISTICS: [(&str, &str, &str); 4] = [
    ("transaction", "transaction_pairing_idx", "500000 50000 25000 10 1"),
    ("transaction", "transaction_counterpart_id_key", "20000 1"),
    ("declined_transfer", "sqlite_autoindex_declined_transfer_1", "10000 2 1"),
    ("declined_transfer", "declined_transfer_book_id_idx", "10000 100"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (column, words, added) in WORDS {
            change_words(manager, column, words, &[words, added].concat()).await?;
        }
        let is_postgres = manager.get_database_backend() == DbBackend::Postgres;
        let column_type = if is_postgres { "uuid" } else { "uuid_text" };
        let add = format!(
            "ALTER TABLE \"transaction\" ADD COLUMN \"counterpart_id\" {column_type} REFERENCES \"transaction\" (\"id\")
             CHECK (counterpart_id IS NULL OR (counterpart_id <> id AND wallet_id IS NOT NULL AND deleted_at IS NULL))"
        );
        run(manager, &add).await?;
        let mut one_each = unique("transaction", &["counterpart_id"]);
        manager.create_index(one_each.and_where(Expr::cust("counterpart_id IS NOT NULL")).take()).await?;
        let mut pairing = index("transaction", &["book_id", "currency", "amount", "date"]);
        manager.create_index(pairing.name("transaction_pairing_idx").and_where(Expr::cust(UNPAIRED)).take()).await?;
        manager
            .create_table(
                Table::create()
                    .table("declined_transfer")
                    .col(uuid("outgoing_id"))
                    .col(uuid("incoming_id"))
                    .col(uuid("book_id"))
                    .col(created_at())
                    .primary_key(Index::create().col("outgoing_id").col("incoming_id"))
                    .foreign_key(&mut reference("declined_transfer", "outgoing_id", "transaction"))
                    .foreign_key(&mut reference("declined_transfer", "incoming_id", "transaction"))
                    .foreign_key(&mut reference("declined_transfer", "book_id", "book"))
                    .check(Expr::cust("outgoing_id <> incoming_id"))
                    .take(),
            )
            .await?;
        manager.create_index(index("declined_transfer", &["book_id"])).await?;
        if !is_postgres {
            for (table, index, statistics) in STATISTICS {
                let row =
                    format!("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('{table}', '{index}', '{statistics}')");
                run(manager, &row).await?;
            }
            run(manager, "ANALYZE sqlite_schema").await?;
        }
        Ok(())
    }

    /// Fails when a transfer was ever confirmed, since the journal keeps its entries and the schema before cannot hold them.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let any = Statement::from_string(manager.get_database_backend(), format!("{NEW} LIMIT 1"));
        if manager.get_connection().query_one_raw(any).await?.is_some() {
            return Err(DbErr::Migration("there are transfers that were confirmed".to_owned()));
        }
        manager.drop_table(Table::drop().table("declined_transfer").take()).await?;
        run(manager, "DROP INDEX transaction_pairing_idx").await?;
        run(manager, "DROP INDEX transaction_counterpart_id_key").await?;
        manager.alter_table(Table::alter().table("transaction").drop_column("counterpart_id").take()).await?;
        for (column, words, added) in WORDS {
            change_words(manager, column, &[words, added].concat(), words).await?;
        }
        Ok(())
    }
}

async fn run(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    manager.get_connection().execute_unprepared(sql).await.map(drop)
}
