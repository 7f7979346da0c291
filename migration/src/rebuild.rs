//! Makes a table of SQLite anew, with another text: <https://www.sqlite.org/lang_altertable.html#otheralter>. And changes a time to a
//! number, on both databases.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{DbBackend, Statement},
};

/// Makes the table anew with a changed text, and fills it with the rows of the query `select`. No other table may refer to it, and it
/// may have no triggers. Its indexes and their statistics stay.
pub(crate) async fn rebuild(
    manager: &SchemaManager<'_>,
    table: &str,
    changed: impl Fn(String) -> String,
    select: &str,
) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let texts = |sql: &str| {
        let statement = Statement::from_string(DbBackend::Sqlite, sql.replace("{table}", table));
        async move {
            let rows = connection.query_all_raw(statement).await?;
            rows.iter().map(|row| row.try_get_by_index::<String>(0)).collect::<Result<Vec<_>, _>>()
        }
    };
    let tables = texts("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = '{table}'").await?;
    let indexes =
        texts("SELECT sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = '{table}' AND sql IS NOT NULL");
    let indexes = indexes.await?;
    let statistics = texts("SELECT quote(idx) || ', ' || quote(stat) FROM sqlite_stat1 WHERE tbl = '{table}'").await?;
    let [text] = &tables[..] else { return Err(DbErr::Migration(format!("there is no table {table}"))) };
    let new = changed(text.clone());
    if new == *text {
        return Err(DbErr::Migration(format!("the table {table} is not as expected: {text}")));
    }
    run(manager, &new.replacen(&format!("\"{table}\""), &format!("\"new_{table}\""), 1)).await?;
    run(manager, &format!("INSERT INTO \"new_{table}\" {select}")).await?;
    run(manager, &format!("DROP TABLE \"{table}\"")).await?;
    run(manager, &format!("ALTER TABLE \"new_{table}\" RENAME TO \"{table}\"")).await?;
    for index in indexes {
        run(manager, &index).await?;
    }
    for row in statistics {
        run(manager, &format!("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('{table}', {row})")).await?;
    }
    run(manager, "ANALYZE sqlite_schema").await
}

/// Tells SQLite how many rows an index has. See the ledger migration for why.
pub(crate) async fn tell(manager: &SchemaManager<'_>, table: &str, index: &str, statistics: &str) -> Result<(), DbErr> {
    let row = format!("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('{table}', '{index}', '{statistics}')");
    run(manager, &row).await?;
    run(manager, "ANALYZE sqlite_schema").await
}

pub(crate) async fn run(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    manager.get_connection().execute_unprepared(sql).await.map(drop)
}

/// SQLite's expression for the microseconds since 1970 of a time that is stored as text: `2026-12-11T09:30:00.123456+00:00`, with as
/// many digits after the point as it needs.
pub(crate) const AS_NUMBER: &str = "unixepoch(substr(created_at, 1, 19)) * 1000000 + \
     CASE substr(created_at, 20, 1) WHEN '.' \
     THEN CAST(substr(substr(created_at, 21, length(created_at) - 26) || '00000', 1, 6) AS INTEGER) ELSE 0 END";

/// SQLite's expression for the text of such a number.
pub(crate) const AS_TEXT: &str =
    "strftime('%Y-%m-%dT%H:%M:%S', created_at / 1000000, 'unixepoch') || printf('.%06d+00:00', created_at % 1000000)";

/// How the text of a table of SQLite names the type of a time, and that of its number.
const TYPES: [&str; 2] = ["\"created_at\" timestamp_with_timezone_text", "\"created_at\" bigint"];

/// Makes a text store the time as a number.
pub(crate) fn with_number(table: &str) -> String {
    table.replace(TYPES[0], TYPES[1])
}

/// Makes a text store the time as text.
pub(crate) fn with_text(table: &str) -> String {
    table.replace(TYPES[1], TYPES[0])
}

/// Makes a text find the rows of the table by their primary keys.
pub(crate) fn without_numbers(table: &str) -> String {
    format!("{table}{WITHOUT_NUMBERS}")
}

/// Makes a text number the rows of the table.
pub(crate) fn with_numbers(table: &str) -> String {
    table.replace(WITHOUT_NUMBERS, "")
}

const WITHOUT_NUMBERS: &str = " WITHOUT ROWID";

/// Changes the type of `created_at` on PostgreSQL to that of a number of microseconds since 1970.
pub(crate) fn number_on_postgres(table: &str) -> String {
    format!(
        "ALTER TABLE {table} ALTER COLUMN created_at TYPE bigint \
         USING (EXTRACT(EPOCH FROM created_at) * 1000000)::bigint"
    )
}

/// Changes it back to that of a time.
pub(crate) fn time_on_postgres(table: &str) -> String {
    format!(
        "ALTER TABLE {table} ALTER COLUMN created_at TYPE timestamptz \
         USING 'epoch'::timestamptz + created_at * interval '1 microsecond'"
    )
}
