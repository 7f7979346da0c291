//! Credit notes and debit notes on invoices, with their lines. Each invoice counts what notes take back and add.
//!
//! A note has the same id as its ledger entry, as invoices and receipts have.

use sea_orm_migration::{
    prelude::*,
    schema::*,
    sea_orm::{ConnectionTrait, DbBackend, Statement},
};

use crate::column::{counter, created_at, index, one_of, reference, unique};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// How a book numbers its notes until it says otherwise.
const PATTERNS: [(&str, &str); 2] =
    [("credit_note_number_pattern", "CRN-{0000}"), ("debit_note_number_pattern", "DBN-{0000}")];

/// The shape of the tables when they are large; see the ledger migration for why SQLite is told.
const STATISTICS: [(&str, &str, &str); 6] = [
    ("note", "sqlite_autoindex_note_1", "100000 1"),
    ("note", "note_book_id_kind_number_key_key", "100000 10000 5000 1"),
    ("note", "note_customer_id_kind_date_position_idx", "100000 50 25 2 1"),
    ("note", "note_book_id_kind_date_position_idx", "100000 10000 5000 30 1"),
    ("note", "note_invoice_id_kind_date_position_idx", "100000 2 2 1 1"),
    ("note_line", "sqlite_autoindex_note_line_1", "200000 2 1"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (column, pattern) in PATTERNS {
            add(manager, "book", string(column).default(pattern).take()).await?;
        }
        // The totals of the notes that stand.
        add(manager, "invoice", counter(manager, "debited").default(0).take()).await?;
        let within = Expr::cust(
            "credited >= 0 AND debited >= 0 AND credited <= total + debited \
             AND (voided_at IS NULL OR credited = 0 AND debited = 0)",
        );
        add(manager, "invoice", counter(manager, "credited").default(0).check(within).take()).await?;
        create_note(manager).await?;
        create_line(manager).await?;
        keep_notes(manager).await?;
        if manager.get_database_backend() == DbBackend::Sqlite {
            for (table, index, statistics) in STATISTICS {
                let row =
                    format!("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('{table}', '{index}', '{statistics}')");
                run(manager, &row).await?;
            }
            run(manager, "ANALYZE sqlite_schema").await?;
        }
        Ok(())
    }

    /// Fails when there are notes, since the schema before cannot hold them.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let any = Statement::from_string(manager.get_database_backend(), "SELECT 1 FROM note LIMIT 1");
        if manager.get_connection().query_one_raw(any).await?.is_some() {
            return Err(DbErr::Migration("there are credit notes or debit notes".to_owned()));
        }
        for table in ["note_line", "note"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        // The constraint on both goes with the column that it was added with.
        for column in ["credited", "debited"] {
            manager.alter_table(Table::alter().table("invoice").drop_column(column).take()).await?;
        }
        for (column, _) in PATTERNS {
            manager.alter_table(Table::alter().table("book").drop_column(column).take()).await?;
        }
        Ok(())
    }
}

async fn create_note(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut note = Table::create();
    note.table("note")
        .col(pk_uuid("id"))
        .col(uuid("position"))
        .col(uuid("book_id"))
        .col(uuid("customer_id"))
        .col(uuid("invoice_id"))
        .col(string("kind"))
        .col(uuid("buyer_id"))
        .col(uuid("seller_id"))
        .col(string("number"))
        // The number in lower case, for comparing.
        .col(string("number_key"))
        .col(date("date"))
        // Of a debit note.
        .col(date_null("due_date"))
        .col(string("currency"))
        .col(text("reason"))
        .col(timestamp_with_time_zone_null("voided_at"))
        .col(text_null("void_reason"))
        .col(created_at());
    for amount in ["gross", "cgst", "sgst", "igst", "other_charges", "round_off", "total", "settled"] {
        note.col(counter(manager, amount));
    }
    for (column, table) in [
        ("id", "ledger_entry"),
        ("book_id", "book"),
        ("customer_id", "customer"),
        ("invoice_id", "invoice"),
        ("buyer_id", "party"),
        ("seller_id", "party"),
    ] {
        note.foreign_key(&mut reference("note", column, table));
    }
    note.check(one_of("kind", &["CREDIT", "DEBIT"]));
    for check in [
        "length(number_key) > 0 AND length(currency) = 3 AND length(reason) > 0",
        "voided_at IS NOT NULL OR void_reason IS NULL",
        "(kind = 'DEBIT') = (due_date IS NOT NULL) AND (due_date IS NULL OR due_date >= date)",
        "gross >= 0 AND cgst >= 0 AND igst >= 0 AND other_charges >= 0 AND total > 0",
        "cgst = sgst AND (cgst = 0 OR igst = 0)",
        "total = gross + cgst + sgst + igst + other_charges + round_off",
        "settled BETWEEN 0 AND total AND (voided_at IS NULL OR settled = 0)",
    ] {
        note.check(Expr::cust(check));
    }
    manager.create_table(note.take()).await?;
    manager.create_index(unique("note", &["book_id", "kind", "number_key"])).await?;
    for owner in ["customer_id", "book_id", "invoice_id"] {
        manager.create_index(index("note", &[owner, "kind", "date", "position"])).await?;
    }
    Ok(())
}

async fn create_line(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut line = Table::create();
    line.table("note_line")
        .col(uuid("note_id"))
        // The number of the line on the invoice.
        .col(integer("line"))
        // In ten-thousandths of a unit; null when an amount was given.
        .col(big_integer_null("quantity"));
    for amount in ["amount", "charges", "cgst", "sgst", "igst"] {
        line.col(counter(manager, amount));
    }
    line.primary_key(Index::create().col("note_id").col("line"))
        .foreign_key(&mut reference("note_line", "note_id", "note"))
        .check(Expr::cust("line >= 1 AND (quantity IS NULL OR quantity > 0)"))
        .check(Expr::cust("amount >= 0 AND charges >= 0 AND cgst >= 0 AND cgst = sgst AND igst >= 0"));
    manager.create_table(line.take()).await
}

/// Refuses the deletion of notes, since nothing refers to those without lines.
async fn keep_notes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let trigger = if manager.get_database_backend() == DbBackend::Postgres {
        "CREATE TRIGGER note_kept BEFORE DELETE ON note FOR EACH ROW EXECUTE FUNCTION refuse_loss()"
    } else {
        "CREATE TRIGGER note_kept BEFORE DELETE ON note BEGIN SELECT RAISE(ABORT, 'notes are kept'); END"
    };
    run(manager, trigger).await
}

async fn add(manager: &SchemaManager<'_>, table: &'static str, column: ColumnDef) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(table).add_column(column).take()).await
}

async fn run(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    manager.get_connection().execute_unprepared(sql).await.map(drop)
}
