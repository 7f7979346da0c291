//! The ledgers of customers: customers, ledger entries, invoices, receipts, allocations, number series, and turnovers
//! per day and month.
//!
//! A ledger entry is a document: it keeps its id when its journal entry is reversed and replaced. An invoice or receipt
//! has the same id as its ledger entry.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

use crate::column::{counter, created_at, index, one_of, reference, unique};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        extend_book_and_journal(manager).await?;
        create_rollups(manager).await?;
        create_customer(manager).await?;
        create_ledger_entry(manager).await?;
        create_invoice(manager).await?;
        create_receipt(manager).await?;
        create_number_series(manager).await?;
        describe_to_planner(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            "number_series",
            "allocation",
            "receipt",
            "invoice_line",
            "invoice",
            "ledger_entry",
            "customer",
            "account_month",
            "account_day",
        ] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        let index = Index::drop().name("journal_entry_document_id_idx").table("journal_entry").to_owned();
        manager.drop_index(index).await?;
        for (table, column) in
            [("journal_entry", "document_id"), ("book", "invoice_number_pattern"), ("book", "receipt_number_pattern")]
        {
            manager.alter_table(Table::alter().table(table).drop_column(column).take()).await?;
        }
        Ok(())
    }
}

async fn extend_book_and_journal(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for (column, pattern) in [("invoice_number_pattern", "INV-{0000}"), ("receipt_number_pattern", "RCT-{0000}")] {
        let column = string(column).default(pattern).take();
        manager.alter_table(Table::alter().table("book").add_column(column).take()).await?;
    }
    // The document that an entry is a version of.
    let document = uuid_null("document_id");
    manager.alter_table(Table::alter().table("journal_entry").add_column(document).take()).await?;
    let mut index = Index::create();
    index.name("journal_entry_document_id_idx").table("journal_entry").col("document_id");
    index.and_where(Expr::col("document_id").is_not_null());
    manager.create_index(index.take()).await
}

/// Turnovers per day and per month, so that the total of an account up to a date is a sum over few rows.
async fn create_rollups(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for (table, start) in [("account_day", "day"), ("account_month", "month")] {
        manager
            .create_table(
                Table::create()
                    .table(table)
                    .col(uuid("account_id"))
                    .col(date(start))
                    .col(counter(manager, "debits"))
                    .col(counter(manager, "credits"))
                    .col(counter(manager, "entries"))
                    .primary_key(Index::create().col("account_id").col(start))
                    .foreign_key(&mut reference(table, "account_id", "account"))
                    .check(Expr::cust("debits >= 0 AND credits >= 0 AND entries >= 0"))
                    .take(),
            )
            .await?;
    }
    Ok(())
}

async fn create_customer(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    // Sorts by bytes on both databases; PostgreSQL would otherwise sort by its locale.
    let mut name_key = string("name_key");
    if manager.get_database_backend() == DbBackend::Postgres {
        name_key.extra("COLLATE \"C\"");
    }
    manager
        .create_table(
            Table::create()
                .table("customer")
                .col(pk_uuid("id"))
                .col(uuid("book_id"))
                .col(string("name"))
                // The name in lower case, for sorting.
                .col(name_key)
                .col(string_null("phone"))
                .col(string_null("email"))
                .col(string_null("firm_name"))
                .col(string_null("address"))
                .col(string_null("city"))
                // The city in lower case, for comparing.
                .col(string_null("city_key"))
                .col(string_null("state"))
                .col(string_null("gst_number"))
                .col(text_null("note"))
                // Name, firm and phone in lower case, for searching.
                .col(text("search_text"))
                .col(timestamp_with_time_zone_null("archived_at"))
                .col(timestamp_with_time_zone("last_activity_at"))
                .col(created_at())
                .foreign_key(&mut reference("customer", "book_id", "book"))
                .check(Expr::cust("length(name) > 0"))
                .check(Expr::cust("(city IS NULL) = (city_key IS NULL)"))
                .take(),
        )
        .await?;
    for columns in [&["book_id", "name_key", "id"][..], &["book_id", "last_activity_at", "id"], &["book_id", "id"]] {
        manager.create_index(index("customer", columns)).await?;
    }
    let mut phone = unique("customer", &["book_id", "phone"]);
    phone.and_where(Expr::col("archived_at").is_null());
    manager.create_index(phone).await
}

async fn create_ledger_entry(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("ledger_entry")
                .col(pk_uuid("id"))
                .col(uuid("book_id"))
                .col(uuid("customer_id"))
                .col(string("kind"))
                .col(string("source"))
                .col(counter(manager, "amount"))
                .col(string("currency"))
                .col(date("date"))
                .col(text_null("note"))
                // The note in lower case, for searching.
                .col(text_null("search_text"))
                // The journal entry of the current version; for a deleted entry, of the last version.
                .col(uuid("journal_entry_id"))
                .col(integer("version"))
                .col(created_at())
                .col(timestamp_with_time_zone("updated_at"))
                .col(timestamp_with_time_zone_null("deleted_at"))
                .foreign_key(&mut reference("ledger_entry", "book_id", "book"))
                .foreign_key(&mut reference("ledger_entry", "customer_id", "customer"))
                .foreign_key(&mut reference("ledger_entry", "journal_entry_id", "journal_entry"))
                .check(one_of("kind", &["CREDIT", "DEBIT"]))
                .check(one_of("source", &["MANUAL", "INVOICE", "RECEIPT"]))
                .check(Expr::cust(
                    "(source <> 'INVOICE' OR kind = 'CREDIT') AND (source <> 'RECEIPT' OR kind = 'DEBIT')",
                ))
                .check(Expr::cust("amount > 0 AND version >= 1"))
                .check(Expr::cust("length(currency) = 3"))
                .take(),
        )
        .await?;
    manager.create_index(unique("ledger_entry", &["journal_entry_id"])).await?;
    manager.create_index(index("ledger_entry", &["customer_id", "date", "id"])).await?;
    manager.create_index(index("ledger_entry", &["book_id", "date", "id"])).await
}

async fn create_invoice(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut invoice = document("invoice");
    invoice
        .col(date("due_date"))
        .col(counter(manager, "gross"))
        .col(counter(manager, "cgst"))
        .col(counter(manager, "sgst"))
        .col(counter(manager, "igst"))
        .col(counter(manager, "other_charges"))
        .col(counter(manager, "total"))
        // The sum of its allocations.
        .col(counter(manager, "paid"))
        .check(Expr::cust("gross > 0 AND cgst >= 0 AND igst >= 0 AND other_charges >= 0"))
        .check(Expr::cust("cgst = sgst AND (igst = 0 OR cgst = 0)"))
        .check(Expr::cust("total = gross + cgst + sgst + igst + other_charges"))
        .check(Expr::cust("paid BETWEEN 0 AND total"))
        .check(Expr::cust("voided_at IS NULL OR paid = 0"))
        .check(Expr::cust("due_date >= date"));
    manager.create_table(invoice).await?;
    index_document(manager, "invoice", "voided_at IS NULL AND paid < total").await?;

    manager
        .create_table(
            Table::create()
                .table("invoice_line")
                .col(uuid("invoice_id"))
                .col(integer("line"))
                .col(string("description"))
                .col(string_null("hsn_code"))
                // In ten-thousandths of a unit.
                .col(counter(manager, "quantity"))
                .col(counter(manager, "unit_price"))
                // In thousandths of a per cent.
                .col(integer_null("rate"))
                .col(counter(manager, "amount"))
                .primary_key(Index::create().col("invoice_id").col("line"))
                .foreign_key(&mut reference("invoice_line", "invoice_id", "invoice"))
                .check(Expr::cust("line >= 1 AND quantity > 0 AND unit_price >= 0 AND amount >= 0"))
                .check(Expr::cust("rate BETWEEN 0 AND 100000"))
                .take(),
        )
        .await
}

async fn create_receipt(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut receipt = document("receipt");
    receipt
        .col(string("payment_type"))
        .col(counter(manager, "amount"))
        .col(uuid_null("wallet_id"))
        // Whether the user named the invoices that it pays; then it is not allocated to others.
        .col(boolean("names_invoices"))
        // The sum of its allocations.
        .col(counter(manager, "allocated"))
        .foreign_key(&mut reference("receipt", "wallet_id", "wallet"))
        .check(one_of("payment_type", &["CASH", "CARD", "UPI", "BANK_TRANSFER", "CHEQUE", "MOBILE_MONEY", "OTHER"]))
        .check(Expr::cust("amount > 0"))
        .check(Expr::cust("allocated BETWEEN 0 AND amount"))
        .check(Expr::cust("voided_at IS NULL OR allocated = 0"));
    manager.create_table(receipt).await?;
    index_document(manager, "receipt", "voided_at IS NULL AND allocated < amount").await?;

    manager
        .create_table(
            Table::create()
                .table("allocation")
                .col(uuid("receipt_id"))
                .col(uuid("invoice_id"))
                .col(counter(manager, "amount"))
                .primary_key(Index::create().col("receipt_id").col("invoice_id"))
                .foreign_key(&mut reference("allocation", "receipt_id", "receipt"))
                .foreign_key(&mut reference("allocation", "invoice_id", "invoice"))
                .check(Expr::cust("amount > 0"))
                .take(),
        )
        .await?;
    manager.create_index(index("allocation", &["invoice_id", "receipt_id"])).await
}

/// The last count that a book gave out in each series of invoice or receipt numbers.
async fn create_number_series(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("number_series")
                .col(uuid("book_id"))
                .col(string("series"))
                .col(counter(manager, "last"))
                .primary_key(Index::create().col("book_id").col("series"))
                .foreign_key(&mut reference("number_series", "book_id", "book"))
                .check(Expr::cust("last >= 0"))
                .take(),
        )
        .await
}

/// Gives SQLite statistics for the indexes of these tables as they are when the tables are large: the number of rows,
/// and how many rows share the first columns. Without statistics SQLite assumes that a book has ten documents, and
/// scans all of them instead of looking them up by id. PostgreSQL collects statistics by itself; in SQLite, `ANALYZE`
/// replaces these. See <https://www.sqlite.org/fileformat2.html#stat1tab>.
async fn describe_to_planner(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Sqlite {
        return Ok(());
    }
    let connection = manager.get_connection();
    // Creates the table `sqlite_stat1`.
    connection.execute_unprepared("ANALYZE").await?;
    for (table, index, statistics) in [
        ("customer", "sqlite_autoindex_customer_1", "100000 1"),
        ("customer", "customer_book_id_name_key_id_idx", "100000 10000 2 1"),
        ("customer", "customer_book_id_last_activity_at_id_idx", "100000 10000 2 1"),
        ("customer", "customer_book_id_id_idx", "100000 10000 1"),
        ("customer", "customer_book_id_phone_key", "100000 10000 1"),
        ("ledger_entry", "sqlite_autoindex_ledger_entry_1", "1000000 1"),
        ("ledger_entry", "ledger_entry_journal_entry_id_key", "1000000 1"),
        ("ledger_entry", "ledger_entry_customer_id_date_id_idx", "1000000 500 2 1"),
        ("ledger_entry", "ledger_entry_book_id_date_id_idx", "1000000 100000 300 1"),
        ("invoice", "sqlite_autoindex_invoice_1", "1000000 1"),
        ("invoice", "invoice_book_id_number_key_key", "1000000 100000 1"),
        ("invoice", "invoice_customer_id_date_id_idx", "1000000 500 2 1"),
        ("invoice", "invoice_book_id_date_id_idx", "1000000 100000 300 1"),
        ("receipt", "sqlite_autoindex_receipt_1", "1000000 1"),
        ("receipt", "receipt_book_id_number_key_key", "1000000 100000 1"),
        ("receipt", "receipt_customer_id_date_id_idx", "1000000 500 2 1"),
        ("receipt", "receipt_book_id_date_id_idx", "1000000 100000 300 1"),
        ("allocation", "sqlite_autoindex_allocation_1", "1000000 2 1"),
        ("allocation", "allocation_invoice_id_receipt_id_idx", "1000000 2 1"),
    ] {
        // `ANALYZE` writes no rows for empty tables, so these rows cannot exist yet.
        let row = format!("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('{table}', '{index}', '{statistics}')");
        connection.execute_unprepared(&row).await?;
    }
    connection.execute_unprepared("ANALYZE sqlite_schema").await?;
    Ok(())
}

/// The columns and constraints that invoices and receipts share.
fn document(table: &'static str) -> TableCreateStatement {
    Table::create()
        .table(table)
        .col(pk_uuid("id"))
        .col(uuid("book_id"))
        .col(uuid("customer_id"))
        .col(string("number"))
        // The number in lower case, for comparing.
        .col(string("number_key"))
        .col(date("date"))
        .col(string("currency"))
        .col(text_null("note"))
        .col(timestamp_with_time_zone_null("voided_at"))
        .col(text_null("void_reason"))
        .col(created_at())
        .foreign_key(&mut reference(table, "id", "ledger_entry"))
        .foreign_key(&mut reference(table, "book_id", "book"))
        .foreign_key(&mut reference(table, "customer_id", "customer"))
        .check(Expr::cust("length(number_key) > 0 AND length(currency) = 3"))
        .check(Expr::cust("voided_at IS NOT NULL OR void_reason IS NULL"))
        .take()
}

async fn index_document(manager: &SchemaManager<'_>, table: &'static str, open: &'static str) -> Result<(), DbErr> {
    manager.create_index(unique(table, &["book_id", "number_key"])).await?;
    manager.create_index(index(table, &["customer_id", "date", "id"])).await?;
    manager.create_index(index(table, &["book_id", "date", "id"])).await?;
    let mut unsettled = index(table, &["customer_id", "currency", "date", "id"]);
    unsettled.name(format!("{table}_open_idx")).and_where(Expr::cust(open));
    manager.create_index(unsettled).await
}
