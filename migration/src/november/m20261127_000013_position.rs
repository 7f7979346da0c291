//! The order of lists, apart from ids: a UUID v7 that the server makes when it writes a row.
//!
//! Ids of these tables used to be made by the server only, and decided the order of rows with equal dates, names and
//! amounts. A client may choose an id now, and with it any time. So each index that ended with an id ends with the
//! position.

use sea_orm_migration::{
    prelude::*,
    schema::*,
    sea_orm::{DbBackend, Value},
};
use uuid::Uuid;

use crate::column::index;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The tables, each with the column that decided the order so far.
const TABLES: [(&str, &str); 7] = [
    ("wallet", "id"),
    ("customer", "id"),
    ("ledger_entry", "id"),
    ("invoice", "id"),
    ("receipt", "id"),
    ("transaction", "id"),
    // Copied from the transaction, like its date, for an index by category.
    ("transaction_line", "transaction_id"),
];

/// The columns of the indexes, before the last one.
const INDEXES: [(&str, &[&str]); 14] = [
    ("customer", &["book_id", "name_key"]),
    ("customer", &["book_id", "last_activity_at"]),
    ("customer", &["book_id"]),
    ("ledger_entry", &["customer_id", "date"]),
    ("ledger_entry", &["book_id", "date"]),
    ("invoice", &["customer_id", "date"]),
    ("invoice", &["book_id", "date"]),
    ("invoice", &["customer_id", "currency", "date"]),
    ("receipt", &["customer_id", "date"]),
    ("receipt", &["book_id", "date"]),
    ("receipt", &["customer_id", "currency", "date"]),
    ("transaction", &["book_id", "date"]),
    ("transaction", &["book_id", "currency", "amount"]),
    ("transaction_line", &["category_id", "date"]),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let is_postgres = manager.get_database_backend() == DbBackend::Postgres;
        for (table, id) in TABLES {
            // A column that is added must have a default. PostgreSQL can drop it again, SQLite cannot.
            let mut position = uuid("position");
            position.default(Value::from(Uuid::nil()));
            manager.alter_table(Table::alter().table(table).add_column(position.take()).take()).await?;
            let fill = format!("UPDATE \"{table}\" SET position = {id}");
            manager.get_connection().execute_unprepared(&fill).await?;
            if is_postgres {
                let drop = format!("ALTER TABLE \"{table}\" ALTER COLUMN position DROP DEFAULT");
                manager.get_connection().execute_unprepared(&drop).await?;
            }
        }
        end_indexes_with(manager, End::Position).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        end_indexes_with(manager, End::Id).await?;
        for (table, _) in TABLES {
            manager.alter_table(Table::alter().table(table).drop_column("position").take()).await?;
        }
        Ok(())
    }
}

/// The last column of the indexes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Id,
    Position,
}

impl End {
    fn other(self) -> Self {
        if self == Self::Id { Self::Position } else { Self::Id }
    }

    /// The index of a table that ends with this column, and its name.
    fn index(self, table: &'static str, columns: &[&'static str]) -> (IndexCreateStatement, String) {
        let last = match (self, table) {
            (Self::Position, _) => "position",
            (Self::Id, "transaction_line") => "transaction_id",
            (Self::Id, _) => "id",
        };
        let columns = [columns, &[last]].concat();
        let mut name = format!("{table}_{}_idx", columns.join("_"));
        let mut made = index(table, &columns);
        // The invoices that are not paid, and the receipts that are not allocated.
        let open = match (table, columns.contains(&"currency")) {
            ("invoice", true) => Some("voided_at IS NULL AND paid < total"),
            ("receipt", true) => Some("voided_at IS NULL AND allocated < amount"),
            _ => None,
        };
        if let Some(open) = open {
            // One index under one name, so the new one has another name than the old one.
            name = format!("{table}_open{}_idx", if self == Self::Id { "" } else { "_position" });
            made.name(&name).and_where(Expr::cust(open));
        }
        (made, name)
    }
}

/// Replaces the indexes that end with the other column.
async fn end_indexes_with(manager: &SchemaManager<'_>, end: End) -> Result<(), DbErr> {
    let is_sqlite = manager.get_database_backend() == DbBackend::Sqlite;
    let of_wallet = ("transaction", &["wallet_id", "date"][..]);
    for (table, columns) in INDEXES.into_iter().chain([of_wallet]) {
        let (mut new, name) = end.index(table, columns);
        let (_, old) = end.other().index(table, columns);
        if columns.first() == Some(&"wallet_id") {
            new.and_where(Expr::col("wallet_id").is_not_null());
        }
        manager.create_index(new).await?;
        if is_sqlite {
            // The new index has the shape of the old one; see the ledger migration for why SQLite is told.
            let copy = format!(
                "INSERT INTO sqlite_stat1 (tbl, idx, stat) SELECT tbl, '{name}', stat FROM sqlite_stat1 WHERE idx = '{old}'"
            );
            manager.get_connection().execute_unprepared(&copy).await?;
        }
        manager.drop_index(Index::drop().name(&old).table(table).to_owned()).await?;
    }
    if is_sqlite {
        manager.get_connection().execute_unprepared("ANALYZE sqlite_schema").await?;
    }
    Ok(())
}
