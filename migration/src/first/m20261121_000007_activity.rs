//! The activity log: what was done in a book, by whom, from where, and which fields changed.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

use crate::column::{created_at, index, one_of, reference};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("activity")
                    .col(pk_uuid("id"))
                    // Null when no user is known, as for a login with an unknown name.
                    .col(uuid_null("book_id"))
                    .col(uuid_null("actor_id"))
                    // No foreign key: rows of old sessions are deleted, the log is kept.
                    .col(uuid_null("session_id"))
                    .col(text_null("address"))
                    // No check of the words: each new mutation adds one, which would need a migration.
                    .col(string("action"))
                    .col(string("outcome"))
                    // JSON: the codes for which it was refused.
                    .col(text_null("codes"))
                    // The id in the form that the API uses, with its type prefix. The object may have been deleted.
                    .col(text_null("thing_id"))
                    // JSON: the fields that changed, with the values before and after.
                    .col(text_null("changes"))
                    .col(created_at())
                    .foreign_key(&mut reference("activity", "book_id", "book"))
                    .foreign_key(&mut reference("activity", "actor_id", "user"))
                    .check(Expr::cust("(book_id IS NULL) = (actor_id IS NULL)"))
                    .check(Expr::cust("book_id IS NOT NULL OR session_id IS NULL"))
                    .check(Expr::cust("length(action) > 0"))
                    .check(one_of("outcome", &["DONE", "REPLAYED", "REFUSED"]))
                    .check(Expr::cust("outcome = 'REPLAYED' OR (outcome = 'REFUSED') = (codes IS NOT NULL)"))
                    .check(Expr::cust("outcome = 'DONE' OR changes IS NULL"))
                    .take(),
            )
            .await?;
        // No index by actor: a book has few members, so a search along the first index soon finds rows of any of them.
        for columns in [
            &["book_id", "created_at", "id"][..],
            &["book_id", "thing_id", "created_at", "id"],
            &["book_id", "action", "created_at", "id"],
        ] {
            manager.create_index(index("activity", columns)).await?;
        }
        // A small partial index, since refused events are few and are the most searched for.
        let mut undone = index("activity", &["book_id", "created_at", "id"]);
        undone.name("activity_undone_idx").and_where(Expr::cust("outcome <> 'DONE'"));
        manager.create_index(undone).await?;
        describe_to_planner(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("activity").take()).await
    }
}

/// Gives SQLite statistics for the indexes of this table; see the ledger migration for why.
async fn describe_to_planner(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Sqlite {
        return Ok(());
    }
    let connection = manager.get_connection();
    for (index, statistics) in [
        ("sqlite_autoindex_activity_1", "1000000 1"),
        ("activity_book_id_created_at_id_idx", "1000000 100000 1 1"),
        ("activity_book_id_thing_id_created_at_id_idx", "1000000 100000 5 1 1"),
        ("activity_book_id_action_created_at_id_idx", "1000000 100000 10000 1 1"),
        ("activity_undone_idx", "10000 1000 1 1"),
    ] {
        let row = format!("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('activity', '{index}', '{statistics}')");
        connection.execute_unprepared(&row).await?;
    }
    connection.execute_unprepared("ANALYZE sqlite_schema").await?;
    Ok(())
}
