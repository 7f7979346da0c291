//! Income and expenses: categories, transactions with their lines, and budgets. Also adds the time zone of a book.
//!
//! A transaction is a document: it keeps its id when its journal entry is reversed and replaced.

use sea_orm_migration::{
    prelude::*,
    schema::*,
    sea_orm::{DbBackend, prelude::DateTimeUtc},
};
use uuid::Uuid;

use crate::column::{counter, created_at, index, one_of, reference, unique};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The categories of a new book. A copy of the list in `bookkeeping::category`, since a released migration must not
/// change with the code.
const CATEGORIES: [(&str, &str); 7] = [
    ("Food", "EXPENSE"),
    ("Data", "EXPENSE"),
    ("Transport", "EXPENSE"),
    ("Miscellaneous", "EXPENSE"),
    ("Savings", "EXPENSE"),
    ("Salary", "INCOME"),
    ("Other income", "INCOME"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let time_zone = string("time_zone").default("UTC").take();
        manager.alter_table(Table::alter().table("book").add_column(time_zone).take()).await?;
        create_category(manager).await?;
        give_categories_to_books(manager).await?;
        create_transaction(manager).await?;
        create_budget(manager).await?;
        describe_to_planner(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["budget", "transaction_line", "transaction", "category"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        manager.alter_table(Table::alter().table("book").drop_column("time_zone").take()).await
    }
}

async fn create_category(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    // Sorts by bytes on both databases; PostgreSQL would otherwise sort by its locale.
    let mut name_key = string("name_key");
    if manager.get_database_backend() == DbBackend::Postgres {
        name_key.extra("COLLATE \"C\"");
    }
    manager
        .create_table(
            Table::create()
                .table("category")
                .col(pk_uuid("id"))
                .col(uuid("book_id"))
                .col(string("kind"))
                .col(string("name"))
                // The name in lower case, for comparing and sorting.
                .col(name_key)
                .col(timestamp_with_time_zone_null("archived_at"))
                .col(created_at())
                .foreign_key(&mut reference("category", "book_id", "book"))
                .check(one_of("kind", &["INCOME", "EXPENSE"]))
                .check(Expr::cust("length(name_key) > 0"))
                .take(),
        )
        .await?;
    manager.create_index(unique("category", &["book_id", "name_key"])).await
}

/// Adds the default categories to books that were opened before this migration.
async fn give_categories_to_books(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let books = Query::select().columns(["id", "created_at"]).from("book").take();
    for book in connection.query_all(&books).await? {
        let (id, created_at): (Uuid, DateTimeUtc) = (book.try_get("", "id")?, book.try_get("", "created_at")?);
        let mut insert = Query::insert();
        insert.into_table("category").columns(["id", "book_id", "kind", "name", "name_key", "created_at"]);
        for (name, kind) in CATEGORIES {
            let values = [
                Uuid::now_v7().into(),
                id.into(),
                kind.into(),
                name.into(),
                name.to_lowercase().into(),
                created_at.into(),
            ];
            insert.values(values).map_err(|error| DbErr::Custom(error.to_string()))?;
        }
        connection.execute(&insert).await?;
    }
    Ok(())
}

async fn create_transaction(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("transaction")
                .col(pk_uuid("id"))
                .col(uuid("book_id"))
                .col(string("kind"))
                .col(counter(manager, "amount"))
                .col(string("currency"))
                .col(date("date"))
                .col(text_null("description"))
                // The description and the notes of the lines in lower case, for searching.
                .col(text_null("search_text"))
                // The wallet that it was paid from or into; null for cash.
                .col(uuid_null("wallet_id"))
                // The journal entry of the current version; for a deleted transaction, of the last version.
                .col(uuid("journal_entry_id"))
                .col(integer("version"))
                .col(created_at())
                .col(timestamp_with_time_zone("updated_at"))
                .col(timestamp_with_time_zone_null("deleted_at"))
                .foreign_key(&mut reference("transaction", "book_id", "book"))
                .foreign_key(&mut reference("transaction", "wallet_id", "wallet"))
                .foreign_key(&mut reference("transaction", "journal_entry_id", "journal_entry"))
                .check(one_of("kind", &["INCOME", "EXPENSE"]))
                .check(Expr::cust("amount > 0 AND version >= 1"))
                .check(Expr::cust("length(currency) = 3"))
                .take(),
        )
        .await?;
    manager.create_index(unique("transaction", &["journal_entry_id"])).await?;
    manager.create_index(index("transaction", &["book_id", "date", "id"])).await?;
    manager.create_index(index("transaction", &["book_id", "currency", "amount", "id"])).await?;
    let mut of_wallet = index("transaction", &["wallet_id", "date", "id"]);
    of_wallet.and_where(Expr::col("wallet_id").is_not_null());
    manager.create_index(of_wallet).await?;

    manager
        .create_table(
            Table::create()
                .table("transaction_line")
                .col(uuid("transaction_id"))
                .col(integer("line"))
                .col(uuid("category_id"))
                // The date of the transaction, for an index by category and date.
                .col(date("date"))
                .col(counter(manager, "amount"))
                .col(text_null("note"))
                .primary_key(Index::create().col("transaction_id").col("line"))
                .foreign_key(&mut reference("transaction_line", "transaction_id", "transaction"))
                .foreign_key(&mut reference("transaction_line", "category_id", "category"))
                .check(Expr::cust("line >= 1 AND amount > 0"))
                .take(),
        )
        .await?;
    manager.create_index(index("transaction_line", &["category_id", "date", "transaction_id"])).await
}

async fn create_budget(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("budget")
                .col(pk_uuid("id"))
                .col(uuid("book_id"))
                .col(uuid("category_id"))
                .col(string("currency"))
                // The first day of the month that it applies to; null when it applies to every month.
                .col(date_null("month"))
                .col(counter(manager, "amount"))
                .col(string("rollover"))
                // The first day of the first month whose remainder is carried over.
                .col(date("since"))
                .col(text_null("description"))
                .col(created_at())
                .col(timestamp_with_time_zone("updated_at"))
                .foreign_key(&mut reference("budget", "book_id", "book"))
                .foreign_key(&mut reference("budget", "category_id", "category"))
                .check(one_of("rollover", &["NONE", "SURPLUS", "FULL"]))
                .check(Expr::cust("amount > 0"))
                .check(Expr::cust("length(currency) = 3"))
                .check(Expr::cust("month IS NULL OR month = since"))
                .take(),
        )
        .await?;
    // At most one budget per category, currency and month, and at most one for every month.
    let mut of_month = unique("budget", &["category_id", "currency", "month"]);
    of_month.and_where(Expr::col("month").is_not_null());
    manager.create_index(of_month).await?;
    let mut of_every_month = unique("budget", &["category_id", "currency"]);
    of_every_month.and_where(Expr::col("month").is_null());
    manager.create_index(of_every_month).await?;
    manager.create_index(index("budget", &["book_id"])).await
}

/// Gives SQLite statistics for the indexes of these tables; see the ledger migration for why.
async fn describe_to_planner(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Sqlite {
        return Ok(());
    }
    let connection = manager.get_connection();
    for (table, index, statistics) in [
        ("transaction", "sqlite_autoindex_transaction_1", "1000000 1"),
        ("transaction", "transaction_journal_entry_id_key", "1000000 1"),
        ("transaction", "transaction_book_id_date_id_idx", "1000000 100000 300 1"),
        ("transaction", "transaction_book_id_currency_amount_id_idx", "1000000 100000 50000 10 1"),
        ("transaction", "transaction_wallet_id_date_id_idx", "500000 10000 30 1"),
        ("transaction_line", "sqlite_autoindex_transaction_line_1", "1000000 2 1"),
        ("transaction_line", "transaction_line_category_id_date_transaction_id_idx", "1000000 10000 50 1"),
    ] {
        let row = format!("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('{table}', '{index}', '{statistics}')");
        connection.execute_unprepared(&row).await?;
    }
    connection.execute_unprepared("ANALYZE sqlite_schema").await?;
    Ok(())
}
