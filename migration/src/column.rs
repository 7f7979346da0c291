//! Columns, indexes and constraints that several migrations use.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, timestamp_with_time_zone},
    sea_orm::DbBackend,
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
