//! The condition that a column has one of some ids.

use sea_orm::{
    ColumnTrait, DbBackend, Value,
    sea_query::{ArrayType, Expr, ExprTrait, extension::postgres::PgFunc},
};
use type_safe_id::StaticType;

use crate::id::Id;

/// The condition that a column has one of these ids. The text of the statement is the same for many numbers of ids, so that the
/// database prepares few statements: on PostgreSQL they are one array, and on SQLite their number is filled up to a power of two.
pub(crate) fn any_of<K: StaticType>(
    backend: DbBackend,
    column: impl ColumnTrait,
    ids: impl IntoIterator<Item = Id<K>>,
) -> Expr {
    let mut ids: Vec<Value> = ids.into_iter().map(Value::from).collect();
    if backend == DbBackend::Postgres {
        let ids = Expr::value(Value::Array(ArrayType::Uuid, Some(Box::new(ids))));
        return column.into_expr().eq(PgFunc::any(ids));
    }
    if let Some(last) = ids.last().cloned() {
        ids.resize(ids.len().next_power_of_two(), last);
    }
    column.is_in(ids)
}
