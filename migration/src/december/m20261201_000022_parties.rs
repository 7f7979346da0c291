//! The buyers and sellers of invoices and receipts, as the documents name them. A document used to name its customer only, so
//! whoever changed the customer or the book changed what had been printed.
//!
//! Documents that are there get their customer and their book as they are now: what was printed before is not known any more. Their
//! parties have the ids of the customer and the book; the ids of later ones are hashes.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

use crate::column::{index, one_of, reference, replace_text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const DOCUMENTS: [&str; 2] = ["invoice", "receipt"];
const PARTIES: [&str; 2] = ["buyer_id", "seller_id"];

/// The customers and books of the documents.
const FILL: [&str; 2] = [
    "INSERT INTO party (id, book_id, role, name, firm_name, address, city, state, gst_number, phone)
     SELECT id, book_id, 'BUYER', name, firm_name, address, city, state, gst_number, phone FROM customer
     WHERE EXISTS (SELECT 1 FROM invoice WHERE customer_id = customer.id)
         OR EXISTS (SELECT 1 FROM receipt WHERE customer_id = customer.id)",
    "INSERT INTO party (id, book_id, role, name, firm_name, address, city, state, gst_number, phone)
     SELECT id, id, 'SELLER', proprietor_name, shop_name, address, city, state, gst_number, phone FROM book
     WHERE EXISTS (SELECT 1 FROM invoice WHERE book_id = book.id)
         OR EXISTS (SELECT 1 FROM receipt WHERE book_id = book.id)",
];

/// The shape of the table when it is large; see the ledger migration for why SQLite is told.
const STATISTICS: &str = "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('party', 'sqlite_autoindex_party_1', '100000 1'), ('party', 'party_book_id_role_idx', '100000 10000 5000')";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("party")
                    // A hash of the other columns.
                    .col(pk_uuid("id"))
                    .col(uuid("book_id"))
                    .col(string("role"))
                    .col(string_null("name"))
                    .col(string_null("firm_name"))
                    .col(string_null("address"))
                    .col(string_null("city"))
                    .col(string_null("state"))
                    .col(string_null("gst_number"))
                    .col(string_null("phone"))
                    .foreign_key(&mut reference("party", "book_id", "book"))
                    .check(one_of("role", &["BUYER", "SELLER"]))
                    .check(Expr::cust("role = 'SELLER' OR name IS NOT NULL"))
                    .take(),
            )
            .await?;
        manager.create_index(index("party", &["book_id", "role"])).await?;
        for fill in FILL {
            run(manager, fill).await?;
        }
        for table in DOCUMENTS {
            name_parties(manager, table).await?;
        }
        if manager.get_database_backend() == DbBackend::Sqlite {
            run(manager, STATISTICS).await?;
            run(manager, "ANALYZE sqlite_schema").await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in DOCUMENTS {
            for column in PARTIES {
                manager.alter_table(Table::alter().table(table).drop_column(column).take()).await?;
            }
        }
        manager.drop_table(Table::drop().table("party").take()).await
    }
}

/// Adds the columns to a table of documents. They may be null until they are filled.
async fn name_parties(manager: &SchemaManager<'_>, table: &str) -> Result<(), DbErr> {
    let is_postgres = manager.get_database_backend() == DbBackend::Postgres;
    let column_type = if is_postgres { "uuid" } else { "uuid_text" };
    for column in PARTIES {
        let add =
            format!("ALTER TABLE \"{table}\" ADD COLUMN \"{column}\" {column_type} REFERENCES \"party\" (\"id\")");
        run(manager, &add).await?;
    }
    run(manager, &format!("UPDATE \"{table}\" SET buyer_id = customer_id, seller_id = book_id")).await?;
    for column in PARTIES {
        if is_postgres {
            run(manager, &format!("ALTER TABLE \"{table}\" ALTER COLUMN \"{column}\" SET NOT NULL")).await?;
        } else {
            let [before, after] =
                ["", " NOT NULL"].map(|constraint| format!("\"{column}\" {column_type}{constraint} REFERENCES"));
            replace_text(manager, table, &before, &after).await?;
        }
    }
    Ok(())
}

async fn run(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    manager.get_connection().execute_unprepared(sql).await.map(drop)
}
