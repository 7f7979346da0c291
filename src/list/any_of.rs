//! The conditions that a column has one of some ids, and that two columns have one of some pairs of ids.
//!
//! The text of the statement is the same for many numbers of ids, so that the database prepares few statements: on PostgreSQL they
//! are arrays, and on SQLite their number is filled up to a power of two.

use sea_orm::{
    ColumnTrait, DbBackend, Value,
    sea_query::{ArrayType, Asterisk, Expr, ExprTrait, Func, Query, extension::postgres::PgFunc},
};
use type_safe_id::StaticType;

use crate::id::Id;

/// How many conditions to join by `OR` at most. SQLite allows 1,000.
pub(crate) const MOST_TERMS: usize = 500;

/// The condition that a column has one of these ids.
pub(crate) fn any_of<K: StaticType>(
    backend: DbBackend,
    column: impl ColumnTrait,
    ids: impl IntoIterator<Item = Id<K>>,
) -> Expr {
    let mut ids: Vec<Value> = ids.into_iter().map(Value::from).collect();
    if backend == DbBackend::Postgres {
        return column.into_expr().eq(PgFunc::any(array(ids)));
    }
    if let Some(last) = ids.last().cloned() {
        ids.resize(ids.len().next_power_of_two(), last);
    }
    column.is_in(ids)
}

/// The condition that two columns have one of these pairs of ids.
pub(crate) fn any_pair_of<A: StaticType, B: StaticType>(
    backend: DbBackend,
    (first, second): (impl ColumnTrait, impl ColumnTrait),
    pairs: impl IntoIterator<Item = (Id<A>, Id<B>)>,
) -> Expr {
    let mut pairs: Vec<_> = pairs.into_iter().map(|(a, b)| (Value::from(a), Value::from(b))).collect();
    let mut wanted = Query::select();
    if backend == DbBackend::Postgres {
        let (a, b) = pairs.into_iter().unzip();
        wanted.expr(Func::cust("UNNEST").arg(array(a))).expr(Func::cust("UNNEST").arg(array(b)));
    } else {
        if let Some(last) = pairs.last().cloned() {
            pairs.resize(pairs.len().next_power_of_two(), last);
        }
        wanted.column(Asterisk).from_values(pairs, "wanted");
    }
    Expr::tuple([first.into_expr(), second.into_expr()]).in_subquery(wanted)
}

fn array(ids: Vec<Value>) -> Expr {
    Expr::value(Value::Array(ArrayType::Uuid, Some(Box::new(ids))))
}
