//! Keyset pagination: a page starts after the key of the last row seen, not at an offset. So a page deep in a list costs the
//! same as the first one, and rows that are inserted meanwhile do not cause repeated rows.

use sea_orm::{
    Condition, Order, Value,
    sea_query::{Asterisk, Expr, ExprTrait, Query, SelectStatement, UnionType},
};
use uuid::Uuid;

use crate::page::Page;

/// The order of a list: by a key, then by id.
#[derive(Clone, Debug)]
pub(crate) struct Keyset {
    /// The sort key.
    pub(crate) key: Expr,
    /// The tiebreaker for rows with the same key.
    pub(crate) id: Expr,
    /// Whether the list runs from high to low.
    pub(crate) descending: bool,
}

impl Keyset {
    /// Restricts a query to one page, plus one row to detect whether more rows follow. [`Keyset::is_backwards`] says in which
    /// order the rows come.
    pub(crate) fn cut<K: Clone + Into<Value>>(&self, query: &mut SelectStatement, page: &Page<(K, Uuid)>) {
        let row = Expr::tuple([self.key.clone(), self.id.clone()]);
        let bound = |(key, id): &(K, Uuid)| Expr::tuple([Expr::val(key.clone()), Expr::val(*id)]);
        if let Some(after) = &page.after {
            let after = bound(after);
            query.and_where(if self.descending { row.clone().lt(after) } else { row.clone().gt(after) });
        }
        if let Some(before) = &page.before {
            let before = bound(before);
            query.and_where(if self.descending { row.gt(before) } else { row.lt(before) });
        }
        let order = if self.is_backwards(page) { Order::Desc } else { Order::Asc };
        query.order_by_expr(self.key.clone(), order.clone()).order_by_expr(self.id.clone(), order).limit(page.ask());
    }

    /// Whether the rows of this page come from the database in descending order.
    pub(crate) fn is_backwards<K>(&self, page: &Page<K>) -> bool {
        self.descending != page.from_end
    }
}

/// The rows of all arms (`UNION ALL`). Each arm is a subquery, since SQLite allows an order and a limit per arm only there.
pub(crate) fn union(arms: impl IntoIterator<Item = SelectStatement>) -> Option<SelectStatement> {
    union_where(arms, &Condition::all())
}

/// The rows of all arms that meet a condition. The condition is applied outside of the arms, so that it does not lead the query
/// planner to choose another index for an arm.
pub(crate) fn union_where(
    arms: impl IntoIterator<Item = SelectStatement>,
    condition: &Condition,
) -> Option<SelectStatement> {
    arms.into_iter()
        .map(|arm| Query::select().column(Asterisk).from_subquery(arm, "arm").cond_where(condition.clone()).take())
        .reduce(|mut all, arm| all.union(UnionType::All, arm).take())
}
