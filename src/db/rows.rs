//! Writes many rows of a table by one statement whose text hardly depends on how many rows they are, so that the database prepares
//! it once: on PostgreSQL each column is one array, on SQLite the rows go in groups whose sizes are powers of two.

use std::{iter, mem};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, IdenStatic, IntoActiveModel,
    Iterable, Statement, Value,
    sea_query::{ArrayType, OnConflict},
};
use uuid::Uuid;

/// The most rows that one statement inserts on SQLite, which allows 32,766 values in a statement.
const MOST_ROWS: usize = 512;

/// Inserts rows.
///
/// # Errors
/// When the database fails.
pub(crate) async fn insert<E>(
    conn: &impl ConnectionTrait,
    rows: impl IntoIterator<Item = E::Model>,
) -> Result<(), DbErr>
where
    E: EntityTrait<Model: IntoActiveModel<E::ActiveModel>>,
{
    let rows: Vec<E::ActiveModel> = rows.into_iter().map(IntoActiveModel::into_active_model).collect();
    if rows.is_empty() {
        return Ok(());
    }
    if conn.get_database_backend() == DbBackend::Postgres {
        let columns: Vec<_> = E::Column::iter().collect();
        let mut arrays = Arrays::default();
        for column in &columns {
            arrays.add::<E>(*column, &rows)?;
        }
        let names = columns.iter().map(|column| format!("\"{}\"", column.as_str())).collect::<Vec<_>>().join(", ");
        let table = E::default();
        let sql = format!("INSERT INTO \"{}\" ({names}) {}", table.table_name(), arrays.select());
        return execute(conn, sql, arrays.values).await;
    }
    for group in groups(rows) {
        E::insert_many(group).exec_without_returning(conn).await?;
    }
    Ok(())
}

/// Writes some columns of rows that exist, found by the primary key `key`.
///
/// # Errors
/// When the database fails.
pub(crate) async fn update<E>(
    conn: &impl ConnectionTrait,
    rows: impl IntoIterator<Item = E::Model>,
    key: E::Column,
    columns: &[E::Column],
) -> Result<(), DbErr>
where
    E: EntityTrait<Model: IntoActiveModel<E::ActiveModel>>,
{
    let rows: Vec<E::ActiveModel> = rows.into_iter().map(IntoActiveModel::into_active_model).collect();
    if rows.is_empty() {
        return Ok(());
    }
    if conn.get_database_backend() == DbBackend::Postgres {
        let mut arrays = Arrays::default();
        for column in columns.iter().chain([&key]) {
            arrays.add::<E>(*column, &rows)?;
        }
        let set = columns.iter().map(|column| format!("\"{0}\" = \"new\".\"{0}\"", column.as_str()));
        let set = set.collect::<Vec<_>>().join(", ");
        let table = E::default();
        let (table, key, new) = (table.table_name(), key.as_str(), arrays.select());
        let sql = format!(
            "UPDATE \"{table}\" SET {set} FROM ({new}) AS \"new\" WHERE \"{table}\".\"{key}\" = \"new\".\"{key}\""
        );
        return execute(conn, sql, arrays.values).await;
    }
    // All of these rows exist, so this inserts none. It is the statement that updates many rows at once on SQLite.
    let replace = OnConflict::column(key).update_columns(columns.iter().copied()).to_owned();
    for group in groups(rows) {
        E::insert_many(group).on_conflict(replace.clone()).exec_without_returning(conn).await?;
    }
    Ok(())
}

/// Groups of rows whose sizes are powers of two.
fn groups<T>(mut rows: Vec<T>) -> impl Iterator<Item = Vec<T>> {
    iter::from_fn(move || {
        let size = MOST_ROWS.min(1 << rows.len().checked_ilog2()?);
        let rest = rows.split_off(size);
        Some(mem::replace(&mut rows, rest))
    })
}

async fn execute(conn: &impl ConnectionTrait, sql: String, values: Vec<Value>) -> Result<(), DbErr> {
    conn.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await.map(drop)
}

/// The columns of rows as arrays of PostgreSQL.
#[derive(Default)]
struct Arrays {
    /// The arrays, each as a set of values.
    sets: Vec<String>,
    /// The columns made of them.
    columns: Vec<String>,
    values: Vec<Value>,
}

impl Arrays {
    fn add<E: EntityTrait>(&mut self, column: E::Column, rows: &[E::ActiveModel]) -> Result<(), DbErr> {
        let name = column.as_str();
        let values: Option<Vec<Value>> = rows.iter().map(|row| row.get(column).into_value()).collect();
        let mut values = values.ok_or_else(|| DbErr::Custom(format!("a row has no {name}")))?;
        let array = values.first().map_or(ArrayType::String, Value::array_type);
        let (kind, null, literal) = stand_in(&array).ok_or_else(|| DbErr::Custom(format!("no arrays for {name}")))?;
        for value in &mut values {
            if *value == value.as_null() {
                *value = null.clone();
            }
        }
        self.values.push(Value::Array(array, Some(Box::new(values))));
        self.sets.push(format!("UNNEST(${}::{kind}[]) AS \"{name}\"", self.values.len()));
        let nullable = format!("NULLIF(\"{name}\", {literal}) AS \"{name}\"");
        self.columns.push(if column.def().is_null() { nullable } else { format!("\"{name}\"") });
        Ok(())
    }

    fn select(&self) -> String {
        format!("SELECT {} FROM (SELECT {}) AS \"rows\"", self.columns.join(", "), self.sets.join(", "))
    }
}

/// The PostgreSQL type of a kind of values, and the value that stands for null, which no column has, also as SQL. Arrays of values
/// hold no nulls.
fn stand_in(array: &ArrayType) -> Option<(&'static str, Value, &'static str)> {
    Some(match array {
        ArrayType::Uuid => ("uuid", Uuid::max().into(), "'ffffffff-ffff-ffff-ffff-ffffffffffff'"),
        // Text has no control characters but line breaks.
        ArrayType::String => ("text", "\u{1}".into(), "E'\\x01'"),
        ArrayType::Bytes => ("bytea", Vec::<u8>::new().into(), "''"),
        ArrayType::BigInt => ("int8", i64::MIN.into(), "'-9223372036854775808'"),
        ArrayType::Int => ("int4", i32::MIN.into(), "'-2147483648'"),
        ArrayType::ChronoDate => ("date", NaiveDate::from_yo_opt(1, 1)?.into(), "'0001-01-01'"),
        ArrayType::ChronoDateTimeUtc => ("timestamptz", DateTime::<Utc>::UNIX_EPOCH.into(), "'1970-01-01T00:00:00Z'"),
        _ => return None,
    })
}
