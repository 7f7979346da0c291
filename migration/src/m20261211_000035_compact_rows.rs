//! Stores the activity log, and who has paid whom, in less room: they grow with each wallet operation.
//!
//! - Times are numbers, of microseconds since 1970. SQLite stored them as texts of 32 bytes, in an index too.
//! - An event that made a wallet transaction has its id from now on, and an empty `thing_id`. So it needs no place in the index by
//!   object, which was as large as the table.
//! - SQLite finds the rows by their keys (`WITHOUT ROWID`), not by numbers with an index of the keys.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{DbBackend, Statement},
};
use uuid::Uuid;

use crate::{
    column::index,
    rebuild::{
        AS_NUMBER, AS_TEXT, number_on_postgres, rebuild, run, tell, time_on_postgres, with_number, with_numbers,
        with_text, without_numbers,
    },
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The columns of the activity log, but for the time, which is the last one.
const ACTIVITY: &str = "id, book_id, actor_id, session_id, address, action, outcome, codes, thing_id, changes";
/// In the order of the key: the table may be larger than what SQLite keeps in memory.
const PAYEES: &str = "SELECT book_id, payee_book_id FROM known_payee ORDER BY 1, 2";
const BY_THING: &str = "activity_thing_id_created_at_id_idx";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_by_thing(manager).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            run(manager, &number_on_postgres("activity")).await?;
        } else {
            let compact = |text: String| without_numbers(&with_number(&text));
            rebuild(manager, "activity", compact, &format!("SELECT {ACTIVITY}, {AS_NUMBER} FROM activity")).await?;
            rebuild(manager, "known_payee", |text| without_numbers(&text), PAYEES).await?;
        }
        // `activity::stored` repeats this condition word for word.
        create_by_thing(manager, by_thing().and_where(Expr::cust("thing_id <> ''")).take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        name_things(manager).await?;
        drop_by_thing(manager).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            run(manager, &time_on_postgres("activity")).await?;
        } else {
            let wide = |text: String| with_numbers(&with_text(&text));
            rebuild(manager, "activity", wide, &format!("SELECT {ACTIVITY}, {AS_TEXT} FROM activity")).await?;
            rebuild(manager, "known_payee", |text| with_numbers(&text), PAYEES).await?;
        }
        create_by_thing(manager, by_thing()).await
    }
}

fn by_thing() -> IndexCreateStatement {
    index("activity", &["thing_id", "created_at", "id"])
}

async fn drop_by_thing(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager.drop_index(Index::drop().name(BY_THING).table("activity").to_owned()).await
}

async fn create_by_thing(manager: &SchemaManager<'_>, index: IndexCreateStatement) -> Result<(), DbErr> {
    manager.create_index(index).await?;
    if manager.get_database_backend() != DbBackend::Postgres {
        // Dropping an index drops its statistics.
        tell(manager, "activity", BY_THING, "1000000 5 1 1").await?;
    }
    Ok(())
}

/// Gives the events that have the ids of their wallet transactions the names of these.
async fn name_things(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let (connection, backend) = (manager.get_connection(), manager.get_database_backend());
    let unnamed = Statement::from_string(backend, "SELECT id FROM activity WHERE thing_id = ''");
    for row in connection.query_all_raw(unnamed).await? {
        let id: Uuid = row.try_get_by_index(0)?;
        let name = Query::update()
            .table("activity")
            .value("thing_id", format!("wallet_transaction_{}", in_base_32(id)))
            .and_where(Expr::col("id").eq(id))
            .take();
        connection.execute(&name).await?;
    }
    Ok(())
}

/// A UUID as ids of the API end: <https://github.com/jetify-com/typeid/tree/main/spec>.
fn in_base_32(id: Uuid) -> String {
    let digit = |place: u32| {
        let five_bits = usize::try_from((id.as_u128() >> (5 * place)) & 31).unwrap_or_default();
        char::from(b"0123456789abcdefghjkmnpqrstvwxyz"[five_bits])
    };
    (0..26).rev().map(digit).collect()
}
