//! [`Writes`]: writes many rows of tables by statements whose texts hardly depend on how many rows they are, so that the database
//! prepares them once.
//!
//! On PostgreSQL each column is one array, and all that is written together is one statement: each further one would be another
//! round trip during which rows are locked. On SQLite, where there is no network, the rows go in groups whose sizes are powers of
//! two.

use std::{iter, mem};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, IdenStatic, IntoActiveModel,
    Iterable, Statement, Value, sea_query::ArrayType,
};
use uuid::Uuid;

/// The most rows that one statement inserts on SQLite, which allows 32,766 values in a statement.
const MOST_ROWS: usize = 512;

/// Rows that are written together. The tables do not see each other's new rows, but constraints do.
#[derive(Debug)]
pub(crate) struct Writes {
    backend: DbBackend,
    /// The statements with their values. On PostgreSQL they are numbered through, since the statements become one.
    statements: Vec<(String, Vec<Value>)>,
}

impl Writes {
    pub(crate) fn on(backend: DbBackend) -> Self {
        Self { backend, statements: Vec::new() }
    }

    /// Inserts rows.
    ///
    /// # Errors
    /// When a column is of a type that nobody has needed yet.
    pub(crate) fn insert<E>(&mut self, rows: impl IntoIterator<Item = E::Model>) -> Result<(), DbErr>
    where
        E: EntityTrait<Model: IntoActiveModel<E::ActiveModel>>,
    {
        self.insert_or::<E>(rows, "")
    }

    /// Inserts those rows whose keys are not there yet.
    ///
    /// # Errors
    /// As for [`Writes::insert`].
    pub(crate) fn insert_missing<E>(&mut self, rows: impl IntoIterator<Item = E::Model>) -> Result<(), DbErr>
    where
        E: EntityTrait<Model: IntoActiveModel<E::ActiveModel>>,
    {
        self.insert_or::<E>(rows, " ON CONFLICT DO NOTHING")
    }

    fn insert_or<E>(&mut self, rows: impl IntoIterator<Item = E::Model>, on_conflict: &str) -> Result<(), DbErr>
    where
        E: EntityTrait<Model: IntoActiveModel<E::ActiveModel>>,
    {
        let mut rows: Vec<E::ActiveModel> = rows.into_iter().map(IntoActiveModel::into_active_model).collect();
        if rows.is_empty() {
            return Ok(());
        }
        let columns: Vec<_> = E::Column::iter().collect();
        let names = columns.iter().map(|column| format!("\"{}\"", column.as_str())).collect::<Vec<_>>().join(", ");
        let into = format!("INSERT INTO \"{}\" ({names})", E::default().table_name());
        if self.backend == DbBackend::Postgres {
            let (select, arrays) = self.select::<E>(&columns, &mut rows)?;
            self.statements.push((format!("{into} {select}{on_conflict}"), arrays));
            return Ok(());
        }
        for group in groups(rows) {
            let (values, bound) = values_of::<E>(&columns, group)?;
            self.statements.push((format!("{into} {values}{on_conflict}"), bound));
        }
        Ok(())
    }

    /// Writes some columns of rows that exist, found by the primary key `key`.
    ///
    /// # Errors
    /// As for [`Writes::insert`].
    pub(crate) fn update<E>(
        &mut self,
        rows: impl IntoIterator<Item: IntoActiveModel<E::ActiveModel>>,
        key: E::Column,
        columns: &[E::Column],
    ) -> Result<(), DbErr>
    where
        E: EntityTrait,
    {
        let mut rows: Vec<E::ActiveModel> = rows.into_iter().map(IntoActiveModel::into_active_model).collect();
        if rows.is_empty() {
            return Ok(());
        }
        let (table, written) = (E::default(), [columns, &[key]].concat());
        let update = |set: &str, new: &str, new_key: &str| {
            let (table, key) = (table.table_name(), key.as_str());
            format!(
                "UPDATE \"{table}\" SET {set} FROM ({new}) AS \"new\" WHERE \"{table}\".\"{key}\" = \"new\".\"{new_key}\""
            )
        };
        let set = |name: &dyn Fn(usize, &E::Column) -> String| {
            let set = columns
                .iter()
                .enumerate()
                .map(|(at, it)| format!("\"{}\" = \"new\".\"{}\"", it.as_str(), name(at, it)));
            set.collect::<Vec<_>>().join(", ")
        };
        if self.backend == DbBackend::Postgres {
            let (new, arrays) = self.select::<E>(&written, &mut rows)?;
            let set = set(&|_, column| column.as_str().to_owned());
            self.statements.push((update(&set, &new, key.as_str()), arrays));
            return Ok(());
        }
        // SQLite names the columns of `VALUES` by their numbers.
        let set = set(&|at, _| format!("column{}", at + 1));
        for group in groups(rows) {
            let (values, bound) = values_of::<E>(&written, group)?;
            self.statements.push((update(&set, &values, &format!("column{}", written.len())), bound));
        }
        Ok(())
    }

    /// Runs all of them.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn run(mut self, conn: &impl ConnectionTrait) -> Result<(), DbErr> {
        if self.backend == DbBackend::Postgres {
            self.statements = joined(self.statements).into_iter().collect();
        }
        for (sql, values) in self.statements {
            conn.execute_raw(Statement::from_sql_and_values(self.backend, sql, values)).await?;
        }
        Ok(())
    }

    /// The columns of rows as a query of arrays, for PostgreSQL, with the arrays.
    fn select<E: EntityTrait>(
        &self,
        columns: &[E::Column],
        rows: &mut [E::ActiveModel],
    ) -> Result<(String, Vec<Value>), DbErr> {
        let mut before: usize = self.statements.iter().map(|(_, values)| values.len()).sum();
        let (mut sets, mut selected, mut arrays) = (Vec::new(), Vec::new(), Vec::new());
        for column in columns {
            let name = column.as_str();
            let values = rows.iter_mut().map(|row| value::<E>(row, *column));
            let mut values = values.collect::<Result<Vec<_>, _>>()?;
            let array = values.first().map_or(ArrayType::String, Value::array_type);
            let no_array = || DbErr::Custom(format!("no arrays for {name}"));
            let (kind, null, literal) = stand_in(&array).ok_or_else(no_array)?;
            for value in &mut values {
                if *value == value.as_null() {
                    *value = null.clone();
                }
            }
            arrays.push(Value::Array(array, Some(Box::new(values))));
            before += 1;
            sets.push(format!("UNNEST(${before}::{kind}[]) AS \"{name}\""));
            let nullable = format!("NULLIF(\"{name}\", {literal}) AS \"{name}\"");
            selected.push(if column.def().is_null() { nullable } else { format!("\"{name}\"") });
        }
        Ok((format!("SELECT {} FROM (SELECT {}) AS \"rows\"", selected.join(", "), sets.join(", ")), arrays))
    }
}

/// Statements of PostgreSQL as one statement.
fn joined(statements: Vec<(String, Vec<Value>)>) -> Option<(String, Vec<Value>)> {
    let (mut texts, values): (Vec<_>, Vec<_>) = statements.into_iter().unzip();
    let last = texts.pop()?;
    let others: Vec<_> = texts.iter().enumerate().map(|(at, text)| format!("\"write{at}\" AS ({text})")).collect();
    let with = if others.is_empty() { String::new() } else { format!("WITH {} ", others.join(", ")) };
    Some((format!("{with}{last}"), values.concat()))
}

/// The columns of rows as `VALUES`, for SQLite, with the values.
fn values_of<E: EntityTrait>(
    columns: &[E::Column],
    mut rows: Vec<E::ActiveModel>,
) -> Result<(String, Vec<Value>), DbErr> {
    let row = format!("({})", vec!["?"; columns.len()].join(", "));
    let text = format!("VALUES {}", vec![row.as_str(); rows.len()].join(", "));
    let mut values = Vec::with_capacity(rows.len() * columns.len());
    for row in &mut rows {
        for column in columns {
            values.push(value::<E>(row, *column)?);
        }
    }
    Ok((text, values))
}

/// Takes a value out of a row.
fn value<E: EntityTrait>(row: &mut E::ActiveModel, column: E::Column) -> Result<Value, DbErr> {
    let value = row.take(column).into_value();
    value.ok_or_else(|| DbErr::Custom(format!("a row has no {}", column.as_str())))
}

/// Groups of rows whose sizes are powers of two.
fn groups<T>(mut rows: Vec<T>) -> impl Iterator<Item = Vec<T>> {
    iter::from_fn(move || {
        let size = MOST_ROWS.min(1 << rows.len().checked_ilog2()?);
        let rest = rows.split_off(size);
        Some(mem::replace(&mut rows, rest))
    })
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
        ArrayType::SmallInt => ("int2", i16::MIN.into(), "'-32768'"),
        ArrayType::Int => ("int4", i32::MIN.into(), "'-2147483648'"),
        ArrayType::ChronoDate => ("date", NaiveDate::from_yo_opt(1, 1)?.into(), "'0001-01-01'"),
        ArrayType::ChronoDateTimeUtc => ("timestamptz", DateTime::<Utc>::UNIX_EPOCH.into(), "'1970-01-01T00:00:00Z'"),
        _ => return None,
    })
}
