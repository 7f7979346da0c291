//! Makes what each posting writes cheaper: foreign keys of the tables that grow fastest are checked once per statement on
//! PostgreSQL, columns that are mostly null are left out of indexes, and an index grows at its end.
//!
//! PostgreSQL checks a foreign key row by row, and locks and rewrites each row that is referred to: a third of what a transfer
//! cost it. The locks keep rows from being deleted meanwhile. Books, users and accounts are never deleted, so triggers that refuse
//! their deletion keep the same promise without locks.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::{
    column::{index, unique},
    references::check,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The tables that grow fastest, with their references.
const REFERENCES: [(&str, &[(&str, &str)]); 3] = [
    ("journal_entry", &[("book_id", "book"), ("actor_id", "user")]),
    ("posting", &[("entry_id", "journal_entry"), ("debit_account_id", "account"), ("credit_account_id", "account")]),
    ("activity", &[("book_id", "book"), ("actor_id", "user")]),
];

/// What they refer to. Entries are append-only already.
const KEPT: [&str; 3] = ["account", "book", "user"];

/// Unique indexes over columns that are null in most rows.
const SPARSE: [(&[&str], &str); 2] =
    [(&["book_id", "idempotency_key"], "idempotency_key"), (&["reverses_id"], "reverses_id")];

/// The index that led with the book.
const OF_THING: &str = "activity_book_id_thing_id_created_at_id_idx";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (columns, column) in SPARSE {
            let index = unique("journal_entry", columns);
            manager.drop_index(drop_of(columns)).await?;
            manager.create_index(index.clone().and_where(Expr::col(column).is_not_null()).take()).await?;
        }
        // By the thing first: the ids of things rise with time, so new rows go to the end of the index, whosever they are.
        manager.create_index(index("activity", &["thing_id", "created_at", "id"])).await?;
        manager.drop_index(Index::drop().name(OF_THING).table("activity").to_owned()).await?;
        if manager.get_database_backend() != DbBackend::Postgres {
            // See the ledger migration for why SQLite is told.
            let statistics = "INSERT INTO sqlite_stat1 (tbl, idx, stat) \
                              VALUES ('activity', 'activity_thing_id_created_at_id_idx', '1000000 5 1 1')";
            run(manager, statistics).await?;
            return run(manager, "ANALYZE sqlite_schema").await;
        }
        for table in KEPT {
            run(manager, &keep(table)).await?;
        }
        for (table, references) in REFERENCES {
            for (column, _) in references {
                run(manager, &format!("ALTER TABLE {table} DROP CONSTRAINT {table}_{column}_fkey")).await?;
            }
            run(manager, &check(table, references)).await?;
        }
        // Entries and postings are append-only already.
        let kept = "CREATE TRIGGER activity_references_kept BEFORE UPDATE OF book_id, actor_id ON activity \
                    FOR EACH ROW EXECUTE FUNCTION refuse_loss()";
        run(manager, kept).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (columns, _) in SPARSE {
            manager.drop_index(drop_of(columns)).await?;
            manager.create_index(unique("journal_entry", columns)).await?;
        }
        manager.create_index(index("activity", &["book_id", "thing_id", "created_at", "id"])).await?;
        manager
            .drop_index(Index::drop().name("activity_thing_id_created_at_id_idx").table("activity").to_owned())
            .await?;
        if manager.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        for (table, references) in REFERENCES {
            run(manager, &format!("DROP TRIGGER {table}_references ON {table}")).await?;
            run(manager, &format!("DROP FUNCTION {table}_references")).await?;
            for (column, to) in references {
                let sql = format!(
                    "ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_fkey FOREIGN KEY ({column}) REFERENCES \"{to}\" (id)"
                );
                run(manager, &sql).await?;
            }
        }
        for table in KEPT {
            for trigger in ["kept", "not_emptied"] {
                run(manager, &format!("DROP TRIGGER {table}_{trigger} ON \"{table}\"")).await?;
            }
        }
        run(manager, "DROP TRIGGER activity_references_kept ON activity").await?;
        run(manager, "DROP FUNCTION refuse_loss").await
    }
}

async fn run(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    manager.get_connection().execute_unprepared(sql).await.map(drop)
}

fn drop_of(columns: &[&str]) -> IndexDropStatement {
    Index::drop().name(format!("journal_entry_{}_key", columns.join("_"))).table("journal_entry").to_owned()
}

/// Keeps rows from being deleted, and their ids from being changed.
fn keep(table: &str) -> String {
    format!(
        "CREATE OR REPLACE FUNCTION refuse_loss() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN RAISE EXCEPTION 'rows of % keep their ids and references', TG_TABLE_NAME; END $$;
         CREATE TRIGGER {table}_kept BEFORE DELETE OR UPDATE OF id ON \"{table}\"
             FOR EACH ROW EXECUTE FUNCTION refuse_loss();
         CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON \"{table}\"
             FOR EACH STATEMENT EXECUTE FUNCTION refuse_loss()"
    )
}
