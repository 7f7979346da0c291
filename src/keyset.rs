//! Pages of queries: cut by the key of the last row that was seen, never by an offset, so that a page deep in a list costs
//! what the first one does and nothing is seen twice when rows come in between.

use sea_orm::{
    Condition, Order, Value,
    sea_query::{Asterisk, Expr, ExprTrait, Query, SelectStatement, UnionType},
};
use uuid::Uuid;

use crate::page::Page;

/// How a list is ordered: by a key, then by id.
#[derive(Clone, Debug)]
pub(crate) struct Keyset {
    /// What it is ordered by.
    pub(crate) key: Expr,
    /// What tells rows with the same key apart.
    pub(crate) id: Expr,
    /// From high to low.
    pub(crate) descending: bool,
}

impl Keyset {
    /// Cuts a page out of a query, with one row more than wanted, in the order of [`Keyset::is_backwards`].
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

    /// Whether the rows of a page come from the database from high to low.
    pub(crate) fn is_backwards<K>(&self, page: &Page<K>) -> bool {
        self.descending != page.from_end
    }
}

/// All rows of all arms. Each arm is a subquery, since only so may it have an order and a limit of its own on SQLite.
pub(crate) fn union(arms: impl IntoIterator<Item = SelectStatement>) -> Option<SelectStatement> {
    union_where(arms, &Condition::all())
}

/// The rows of all arms that meet a condition, which is looked at when an arm has done its part: it does not tempt the planner
/// to walk another index than that of the arm.
pub(crate) fn union_where(
    arms: impl IntoIterator<Item = SelectStatement>,
    condition: &Condition,
) -> Option<SelectStatement> {
    arms.into_iter()
        .map(|arm| Query::select().column(Asterisk).from_subquery(arm, "arm").cond_where(condition.clone()).take())
        .reduce(|mut all, arm| all.union(UnionType::All, arm).take())
}
