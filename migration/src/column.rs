//! Columns, indexes and constraints that several migrations use.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, timestamp_with_time_zone},
    sea_orm::{ConnectionTrait, DbBackend, Statement},
};

/// The time at which the row was written.
pub(crate) fn created_at() -> ColumnDef {
    timestamp_with_time_zone("created_at")
}

/// An integer that the program adds to.
///
/// SQLite silently turns an integer that overflows into a float; the check refuses that.
pub(crate) fn counter(manager: &SchemaManager<'_>, name: &'static str) -> ColumnDef {
    let mut column = big_integer(name);
    if manager.get_database_backend() == DbBackend::Sqlite {
        column.check(Expr::cust(format!("typeof({name}) = 'integer'")));
    }
    column
}

/// A foreign key to the `id` of another table.
pub(crate) fn reference(from: &'static str, column: &'static str, to: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(from, column).to(to, "id").take()
}

/// A unique index over columns of a table, with a name made from them.
pub(crate) fn unique(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(format!("{table}_{}_key", columns.join("_"))).table(table).unique();
    for column in columns {
        index.col(*column);
    }
    index.take()
}

/// A check that a text column holds one of these words.
pub(crate) fn one_of(column: &'static str, words: &[&str]) -> Expr {
    Expr::col(column).is_in(words.iter().copied())
}

/// An index over columns of a table, with a name made from them.
pub(crate) fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(format!("{table}_{}_idx", columns.join("_"))).table(table);
    for column in columns {
        index.col(*column);
    }
    index.take()
}

/// Changes the words that a text column may hold.
pub(crate) async fn change_words(
    manager: &SchemaManager<'_>,
    (table, column): (&str, &str),
    before: &[&str],
    after: &[&str],
) -> Result<(), DbErr> {
    let check = |words: &[&str]| {
        let list = words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(", ");
        format!("\"{column}\" IN ({list})")
    };
    replace_check(manager, table, &format!("{table}_{column}_check"), &check(before), &check(after)).await
}

/// Changes the condition of a constraint, which has this name on PostgreSQL.
///
/// SQLite cannot change a constraint. Its text is changed instead, which SQLite's documentation recommends where the stored rows stay
/// as they are: <https://www.sqlite.org/lang_altertable.html#otheralter>.
pub(crate) async fn replace_check(
    manager: &SchemaManager<'_>,
    table: &str,
    name: &str,
    before: &str,
    after: &str,
) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Postgres {
        let replace =
            format!("ALTER TABLE \"{table}\" DROP CONSTRAINT \"{name}\", ADD CONSTRAINT \"{name}\" CHECK ({after})");
        return manager.get_connection().execute_unprepared(&replace).await.map(drop);
    }
    replace_text(manager, table, before, after).await
}

/// Changes the text of a constraint of SQLite, where the stored rows stay as they are. See [`replace_check`].
pub(crate) async fn replace_text(
    manager: &SchemaManager<'_>,
    table: &str,
    before: &str,
    after: &str,
) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    connection.execute_unprepared("PRAGMA writable_schema = ON").await?;
    let [quoted_before, quoted_after] = [before, after].map(|text| text.replace('\'', "''"));
    let replace = format!(
        "UPDATE sqlite_schema SET sql = replace(sql, '{quoted_before}', '{quoted_after}')
         WHERE type = 'table' AND name = '{table}' AND instr(sql, '{quoted_before}') > 0"
    );
    let replaced = connection.execute_unprepared(&replace).await?.rows_affected();
    connection.execute_unprepared("PRAGMA writable_schema = RESET").await?;
    if replaced != 1 {
        return Err(DbErr::Migration(format!("the table {table} has no constraint {before}")));
    }
    // Other connections read the schema again when its version has changed.
    let version = connection.query_one_raw(Statement::from_string(DbBackend::Sqlite, "PRAGMA schema_version")).await?;
    let version: i32 = version.map_or(Ok(0), |row| row.try_get_by_index(0))?;
    connection.execute_unprepared(&format!("PRAGMA schema_version = {}", version + 1)).await.map(drop)
}
