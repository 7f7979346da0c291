//! Keyset pagination: a page starts after the key of the last row seen, not at an offset. So a page deep in a list costs the
//! same as the first one, and rows that are inserted meanwhile do not cause repeated rows.

use std::{collections::HashMap, hash::Hash};

use sea_orm::{
    Condition, Order, Value,
    sea_query::{Asterisk, Expr, ExprTrait, Func, IntoColumnRef, Query, SelectStatement, UnionType, WindowStatement},
};
use uuid::Uuid;

use crate::page::{Page, Paged};

/// The order of a list: by a key, then by a tiebreaker.
#[derive(Clone, Debug)]
pub(crate) struct Keyset {
    /// The sort key.
    pub(crate) key: Expr,
    /// The tiebreaker for rows with the same key.
    pub(crate) tiebreaker: Expr,
    /// Whether the list runs from high to low.
    pub(crate) descending: bool,
}

impl Keyset {
    /// Restricts a query to one page, plus one row to detect whether more rows follow. [`Keyset::is_backwards`] says in which
    /// order the rows come.
    pub(crate) fn cut<K: Clone + Into<Value>>(&self, query: &mut SelectStatement, page: &Page<(K, Uuid)>) {
        self.bound(query, page);
        let order = self.order(page);
        query
            .order_by_expr(self.key.clone(), order.clone())
            .order_by_expr(self.tiebreaker.clone(), order)
            .limit(page.ask());
    }

    /// Like [`Keyset::cut`], for a query of several lists: restricts each list to the page. The column `list` tells the lists apart.
    pub(crate) fn cut_each<K: Clone + Into<Value>>(
        &self,
        mut query: SelectStatement,
        list: impl IntoColumnRef,
        page: &Page<(K, Uuid)>,
    ) -> SelectStatement {
        self.bound(&mut query, page);
        let order = self.order(page);
        let mut of_list = WindowStatement::partition_by(list);
        of_list.order_by_expr(self.key.clone(), order.clone()).order_by_expr(self.tiebreaker.clone(), order);
        query.expr_window_as(Func::cust("row_number"), of_list, "place");
        let most = i64::try_from(page.ask()).unwrap_or(i64::MAX);
        Query::select().column(Asterisk).from_subquery(query, "ranked").and_where(Expr::col("place").lte(most)).take()
    }

    /// Sorts rows of several lists, each row with its list, into the pages of the lists.
    pub(crate) fn pages<L: Eq + Hash, R, K, S: Ord>(
        &self,
        rows: impl IntoIterator<Item = (L, R)>,
        key: impl Fn(&R) -> S,
        page: &Page<K>,
    ) -> HashMap<L, Paged<R>> {
        let mut lists: HashMap<_, Vec<_>> = HashMap::new();
        for (list, row) in rows {
            lists.entry(list).or_default().push(row);
        }
        let cut = |mut rows: Vec<R>| {
            rows.sort_unstable_by_key(&key);
            if self.descending {
                rows.reverse();
            }
            page.cut(rows)
        };
        lists.into_iter().map(|(list, rows)| (list, cut(rows))).collect()
    }

    /// Restricts a query to the rows between the cursors of a page.
    fn bound<K: Clone + Into<Value>>(&self, query: &mut SelectStatement, page: &Page<(K, Uuid)>) {
        let row = Expr::tuple([self.key.clone(), self.tiebreaker.clone()]);
        let bound = |(key, tiebreaker): &(K, Uuid)| Expr::tuple([Expr::val(key.clone()), Expr::val(*tiebreaker)]);
        if let Some(after) = &page.after {
            let after = bound(after);
            query.and_where(if self.descending { row.clone().lt(after) } else { row.clone().gt(after) });
        }
        if let Some(before) = &page.before {
            let before = bound(before);
            query.and_where(if self.descending { row.gt(before) } else { row.lt(before) });
        }
    }

    fn order<K>(&self, page: &Page<K>) -> Order {
        if self.is_backwards(page) { Order::Desc } else { Order::Asc }
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
