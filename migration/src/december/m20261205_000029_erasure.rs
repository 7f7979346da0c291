//! The erasure of customers: when it was done, and what of the journal may be overwritten for it.
//!
//! Journal entries keep what users wrote into them, which may name the customer. Only this text and the hash of the request may be
//! overwritten, and only by values that say nothing. All else of an entry stays as it is for ever.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The columns of the table `journal_entry` that never change.
const FIXED: [&str; 15] = [
    "id",
    "book_id",
    "kind",
    "status",
    "failure",
    "amount",
    "currency",
    "effective_on",
    "reference",
    "idempotency_key",
    "reverses_id",
    "meant_for_id",
    "document_id",
    "actor_id",
    "created_at",
];

/// What an erased customer must not have.
const NOTHING: &str = "erased_at IS NULL OR archived_at IS NOT NULL AND search_text = '' AND phone IS NULL AND email IS NULL \
     AND firm_name IS NULL AND address IS NULL AND city IS NULL AND city_key IS NULL AND state IS NULL AND gst_number IS NULL \
     AND note IS NULL";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let erased_at = timestamp_with_time_zone_null("erased_at").check(Expr::cust(NOTHING)).take();
        manager.alter_table(Table::alter().table("customer").add_column(erased_at).take()).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            let same = only_erases("IS NOT DISTINCT FROM", "decode(repeat('00', 32), 'hex')");
            run(manager, "DROP TRIGGER journal_entry_append_only ON journal_entry").await?;
            run(
                manager,
                "CREATE TRIGGER journal_entry_append_only BEFORE DELETE ON journal_entry
                 FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            )
            .await?;
            let unless = format!(
                "CREATE TRIGGER journal_entry_only_erased BEFORE UPDATE ON journal_entry
                 FOR EACH ROW WHEN (NOT ({same})) EXECUTE FUNCTION refuse_change()"
            );
            return run(manager, &unless).await;
        }
        let same = only_erases("IS", "zeroblob(32)");
        run(manager, "DROP TRIGGER journal_entry_append_only_UPDATE").await?;
        run(manager, &refuse_update(&format!("WHEN NOT ({same})"))).await
    }

    /// Customers who were erased stay so, and are archived.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == DbBackend::Postgres {
            run(manager, "DROP TRIGGER journal_entry_only_erased ON journal_entry").await?;
            run(manager, "DROP TRIGGER journal_entry_append_only ON journal_entry").await?;
            run(
                manager,
                "CREATE TRIGGER journal_entry_append_only BEFORE UPDATE OR DELETE ON journal_entry
                 FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            )
            .await?;
        } else {
            run(manager, "DROP TRIGGER journal_entry_append_only_UPDATE").await?;
            run(manager, &refuse_update("")).await?;
        }
        manager.alter_table(Table::alter().table("customer").drop_column("erased_at").take()).await
    }
}

/// The condition that an update of a journal entry erases, and does nothing else. `is` compares values of which both may be null.
fn only_erases(is: &str, no_hash: &str) -> String {
    let mut same: Vec<_> = FIXED.iter().map(|column| format!("NEW.{column} {is} OLD.{column}")).collect();
    for (column, nothing) in [("memo", "'Erased'"), ("request_hash", no_hash)] {
        same.push(format!(
            "(NEW.{column} {is} OLD.{column} OR OLD.{column} IS NOT NULL AND NEW.{column} {is} {nothing})"
        ));
    }
    same.join(" AND ")
}

/// The trigger of SQLite that refuses updates of journal entries.
fn refuse_update(when: &str) -> String {
    format!(
        "CREATE TRIGGER journal_entry_append_only_UPDATE BEFORE UPDATE ON journal_entry {when}
         BEGIN SELECT RAISE(ABORT, 'journal_entry is append-only'); END"
    )
}

async fn run(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    manager.get_connection().execute_unprepared(sql).await.map(drop)
}
