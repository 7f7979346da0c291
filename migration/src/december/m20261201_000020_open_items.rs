//! All that a customer owes is set off against all that they gave: not only invoices against receipts, but any entries of a ledger.
//!
//! What receipts named stays named. Everything else is set off anew, first in, first out, so that statuses agree with the ledger.

use std::collections::HashMap;

use sea_orm_migration::{
    prelude::*,
    schema::*,
    sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement, Value},
};
use uuid::Uuid;

use crate::column::{counter, index, reference};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The number of rows inserted by one statement.
const ROWS: usize = 500;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, "ledger_entry", counter(manager, "settled").default(0).take()).await?;
        let within = Expr::cust("settled >= 0 AND held >= 0 AND settled + held <= amount");
        add(manager, "ledger_entry", counter(manager, "held").default(0).check(within).take()).await?;
        let mut open = index("ledger_entry", &["customer_id", "currency", "kind", "date", "position"]);
        // `customers::open_items` repeats this condition word for word.
        open.name("ledger_entry_open_idx").and_where(Expr::cust("deleted_at IS NULL AND settled < amount"));
        manager.create_index(open).await?;
        run(
            manager,
            "CREATE TEMPORARY TABLE former_allocation AS
             SELECT receipt_id, invoice_id, allocation.amount FROM allocation
             JOIN receipt ON receipt.id = receipt_id WHERE names_invoices",
        )
        .await?;
        manager.drop_table(Table::drop().table("allocation").take()).await?;
        create_allocation(manager, ("payment_id", "charge_id"), "ledger_entry", "ledger_entry").await?;
        run(manager, "DROP INDEX invoice_open_position_idx").await?;
        run(manager, "DROP INDEX receipt_open_position_idx").await?;
        manager.alter_table(Table::alter().table("receipt").drop_column("names_invoices").take()).await?;
        keep_receipts(manager).await?;
        set_off_all(manager).await?;
        run(manager, "DROP TABLE former_allocation").await?;
        count(manager).await?;
        // The keys of operations that post nothing, such as `allocate`.
        manager
            .create_table(
                Table::create()
                    .table("used_key")
                    .col(uuid("book_id"))
                    .col(string("idempotency_key"))
                    .col(ColumnDef::new("request_hash").binary().not_null())
                    .col(uuid("thing_id"))
                    .primary_key(Index::create().col("book_id").col("idempotency_key"))
                    .foreign_key(&mut reference("used_key", "book_id", "book"))
                    .check(Expr::cust("length(request_hash) = 32"))
                    .take(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("used_key").take()).await?;
        let of_table = if manager.get_database_backend() == DbBackend::Postgres { " ON receipt" } else { "" };
        run(manager, &format!("DROP TRIGGER receipt_kept{of_table}")).await?;
        run(
            manager,
            "CREATE TEMPORARY TABLE later_allocation AS
             SELECT payment_id, charge_id, allocation.amount, named FROM allocation
             JOIN receipt ON receipt.id = payment_id JOIN invoice ON invoice.id = charge_id",
        )
        .await?;
        manager.drop_table(Table::drop().table("allocation").take()).await?;
        create_allocation(manager, ("receipt_id", "invoice_id"), "receipt", "invoice").await?;
        run(manager, "INSERT INTO allocation SELECT payment_id, charge_id, amount FROM later_allocation").await?;
        add(manager, "receipt", boolean("names_invoices").default(false).take()).await?;
        run(
            manager,
            "UPDATE receipt SET names_invoices = TRUE
             WHERE id IN (SELECT payment_id FROM later_allocation WHERE named > 0)",
        )
        .await?;
        run(manager, "DROP TABLE later_allocation").await?;
        for (table, column, counted) in [("invoice", "invoice_id", "paid"), ("receipt", "receipt_id", "allocated")] {
            let sum = format!("SELECT COALESCE(SUM(amount), 0) FROM allocation WHERE {column} = {table}.id");
            run(manager, &format!("UPDATE {table} SET {counted} = ({sum})")).await?;
        }
        for (table, open) in [("invoice", "paid < total"), ("receipt", "allocated < amount")] {
            let mut index = index(table, &["customer_id", "currency", "date", "position"]);
            index.name(format!("{table}_open_position_idx"));
            manager.create_index(index.and_where(Expr::cust(format!("voided_at IS NULL AND {open}"))).take()).await?;
        }
        run(manager, "DROP INDEX ledger_entry_open_idx").await?;
        for column in ["held", "settled"] {
            manager.alter_table(Table::alter().table("ledger_entry").drop_column(column).take()).await?;
        }
        Ok(())
    }
}

async fn run(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    manager.get_connection().execute_unprepared(sql).await.map(drop)
}

async fn add(manager: &SchemaManager<'_>, table: &'static str, column: ColumnDef) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(table).add_column(column).take()).await
}

/// Creates the table of allocations, between two tables. Between entries, each allocation has a named part.
async fn create_allocation(
    manager: &SchemaManager<'_>,
    (from, to): (&'static str, &'static str),
    from_table: &'static str,
    to_table: &'static str,
) -> Result<(), DbErr> {
    let mut table = Table::create();
    table.table("allocation").col(uuid(from)).col(uuid(to)).col(counter(manager, "amount"));
    if from_table == to_table {
        table.col(counter(manager, "named")).check(Expr::cust("named BETWEEN 0 AND amount"));
    }
    table
        .primary_key(Index::create().col(from).col(to))
        .foreign_key(&mut reference("allocation", from, from_table))
        .foreign_key(&mut reference("allocation", to, to_table))
        .check(Expr::cust("amount > 0"));
    manager.create_table(table.take()).await?;
    manager.create_index(index("allocation", &[to, from])).await?;
    if manager.get_database_backend() == DbBackend::Sqlite {
        // See the ledger migration for why SQLite is told.
        for index in ["sqlite_autoindex_allocation_1".to_owned(), format!("allocation_{to}_{from}_idx")] {
            let row =
                format!("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('allocation', '{index}', '1000000 2 1')");
            run(manager, &row).await?;
        }
        run(manager, "ANALYZE sqlite_schema").await?;
    }
    Ok(())
}

/// Refuses the deletion of receipts. Allocations used to refer to them; other documents have rows that still do.
async fn keep_receipts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let trigger = if manager.get_database_backend() == DbBackend::Postgres {
        "CREATE TRIGGER receipt_kept BEFORE DELETE ON receipt FOR EACH ROW EXECUTE FUNCTION refuse_loss()"
    } else {
        "CREATE TRIGGER receipt_kept BEFORE DELETE ON receipt BEGIN SELECT RAISE(ABORT, 'receipts are kept'); END"
    };
    run(manager, trigger).await
}

/// An entry that stands, with what is left of it.
#[derive(FromQueryResult)]
struct Entry {
    id: Uuid,
    kind: String,
    amount: i64,
}

/// An allocation that a receipt named.
#[derive(FromQueryResult)]
struct Named {
    receipt_id: Uuid,
    invoice_id: Uuid,
    amount: i64,
}

/// Sets off the entries of each customer and currency.
async fn set_off_all(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let (connection, backend) = (manager.get_connection(), manager.get_database_backend());
    let scopes = "SELECT DISTINCT customer_id, currency FROM ledger_entry WHERE deleted_at IS NULL";
    for scope in connection.query_all_raw(Statement::from_string(backend, scopes)).await? {
        let (customer, currency): (Uuid, String) = (scope.try_get_by_index(0)?, scope.try_get_by_index(1)?);
        let of_scope = |sql: &str| {
            let values = [Value::from(customer), Value::from(currency.clone())];
            let sql =
                if backend == DbBackend::Postgres { sql.to_owned() } else { sql.replace("$1", "?").replace("$2", "?") };
            Statement::from_sql_and_values(backend, sql, values)
        };
        let named = Named::find_by_statement(of_scope(
            "SELECT former.receipt_id, former.invoice_id, former.amount FROM former_allocation former
             JOIN receipt ON receipt.id = former.receipt_id WHERE customer_id = $1 AND currency = $2",
        ));
        let entries = Entry::find_by_statement(of_scope(
            "SELECT id, kind, amount FROM ledger_entry
             WHERE customer_id = $1 AND currency = $2 AND deleted_at IS NULL ORDER BY date, position",
        ));
        let pairs = set_off(entries.all(connection).await?, named.all(connection).await?);
        for pairs in pairs.chunks(ROWS) {
            let mut insert = Query::insert();
            insert.into_table("allocation").columns(["payment_id", "charge_id", "amount", "named"]);
            for (payment, charge, amount, named) in pairs {
                insert.values_panic([(*payment).into(), (*charge).into(), (*amount).into(), (*named).into()]);
            }
            connection.execute(&insert).await?;
        }
    }
    Ok(())
}

/// Pairs the entries of one customer and currency: what is named, and the rest first in, first out. Returns payment, charge, amount
/// and the named part of it.
fn set_off(entries: Vec<Entry>, named: Vec<Named>) -> Vec<(Uuid, Uuid, i64, i64)> {
    let mut pairs: HashMap<(Uuid, Uuid), (i64, i64)> = HashMap::new();
    let mut taken: HashMap<Uuid, i64> = HashMap::new();
    for Named { receipt_id, invoice_id, amount } in named {
        pairs.insert((receipt_id, invoice_id), (amount, amount));
        *taken.entry(receipt_id).or_default() += amount;
        *taken.entry(invoice_id).or_default() += amount;
    }
    let left =
        |entry: Entry| (entry.kind == "CREDIT", entry.id, entry.amount - taken.get(&entry.id).copied().unwrap_or(0));
    let (charges, payments): (Vec<_>, Vec<_>) =
        entries.into_iter().map(left).filter(|(.., left)| *left > 0).partition(|(is_charge, ..)| *is_charge);
    let mut charges = charges.into_iter();
    let mut next = charges.next();
    for (_, payment, mut free) in payments {
        while free > 0
            && let Some((_, charge, open)) = next
        {
            let amount = Ord::min(free, open);
            pairs.entry((payment, charge)).or_default().0 += amount;
            free -= amount;
            next = if open == amount { charges.next() } else { Some((true, charge, open - amount)) };
        }
    }
    pairs.into_iter().map(|((payment, charge), (amount, named))| (payment, charge, amount, named)).collect()
}

/// Counts on each document how much of it is set off.
async fn count(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for (kind, column) in [("DEBIT", "payment_id"), ("CREDIT", "charge_id")] {
        let sum = format!("SELECT COALESCE(SUM(amount), 0) FROM allocation WHERE {column} = ledger_entry.id");
        run(manager, &format!("UPDATE ledger_entry SET settled = ({sum}) WHERE kind = '{kind}'")).await?;
    }
    for (table, column) in [("invoice", "paid"), ("receipt", "allocated")] {
        let settled = format!("SELECT settled FROM ledger_entry WHERE ledger_entry.id = {table}.id");
        run(manager, &format!("UPDATE {table} SET {column} = ({settled})")).await?;
    }
    Ok(())
}
