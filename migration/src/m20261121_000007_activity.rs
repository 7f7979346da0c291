//! Activity: what was done in a book, by whom, from where, and what changed by it.

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
                    // None when nobody knows whose book it was to be: a login of a user who does not exist.
                    .col(uuid_null("book_id"))
                    .col(uuid_null("actor_id"))
                    // No foreign key: sessions are forgotten, and what was done in them is not.
                    .col(uuid_null("session_id"))
                    .col(text_null("address"))
                    // Which words there are is the program's to say: there is a new one for each new mutation.
                    .col(string("action"))
                    .col(string("outcome"))
                    // JSON: the codes of what it was refused for.
                    .col(text_null("codes"))
                    // The id as users see it, with its kind; what it names may be gone.
                    .col(text_null("thing_id"))
                    // JSON: what changed from what to what.
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
        // None by actor: a book has few members, so whoever looks for one finds them along the first.
        for columns in [
            &["book_id", "created_at", "id"][..],
            &["book_id", "thing_id", "created_at", "id"],
            &["book_id", "action", "created_at", "id"],
        ] {
            manager.create_index(index("activity", columns)).await?;
        }
        // What was refused is looked for most, and is little.
        let mut undone = index("activity", &["book_id", "created_at", "id"]);
        undone.name("activity_undone_idx").and_where(Expr::cust("outcome <> 'DONE'"));
        manager.create_index(undone).await?;
        describe_to_planner(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("activity").take()).await
    }
}

/// As in the steps before: what the indexes are like when the table is large.
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
