//! Reads tables in the order of a key, one page after the other, so that memory does not grow with the number of rows.
//!
//! The rows of a scan come in groups: all postings of an entry, all lines of an invoice. Several scans whose groups are
//! named by the same ids are merged: [`Scan::group`] is what comes next in each, and [`Scan::take`] takes the rows of
//! one group out of each.

use std::collections::VecDeque;

use sea_orm::{
    ConnectionTrait, DbErr, EntityTrait, FromQueryResult, IdenStatic, Iterable, Order, QueryResult, Value,
    sea_query::{Expr, ExprTrait, SelectStatement},
};
use uuid::Uuid;

use crate::error::Result;

/// How many rows are read at once.
const PAGE: usize = 2000;

/// Where the rows come from, and what is called with how many were read.
pub(super) struct Source<'a, C> {
    pub(super) conn: &'a C,
    pub(super) progress: &'a (dyn Fn(u64) + Sync),
}

impl<C> Clone for Source<'_, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C> Copy for Source<'_, C> {}

/// A row of a scan.
pub(super) trait Row: Sized {
    /// Reads the row.
    fn read(row: &QueryResult) -> Result<Self, DbErr>;

    /// Which group it is in: the first column of the order.
    fn group(&self) -> Uuid;

    /// What tells it from the other rows of its group: the other columns of the order.
    fn place(&self) -> Vec<Value> {
        Vec::new()
    }
}

/// Rows in the order of a key.
pub(super) struct Scan<'a, C, T> {
    source: Source<'a, C>,
    query: SelectStatement,
    order: Vec<Expr>,
    rows: VecDeque<T>,
    last: Option<Vec<Value>>,
    ended: bool,
}

impl<'a, C: ConnectionTrait, T: Row> Scan<'a, C, T> {
    /// A scan of what a query finds, ordered by columns that together are unique.
    pub(super) fn new(source: Source<'a, C>, query: SelectStatement, order: impl IntoIterator<Item = Expr>) -> Self {
        let order = order.into_iter().collect();
        Self { source, query, order, rows: VecDeque::new(), last: None, ended: false }
    }

    /// The group of the next row.
    pub(super) async fn group(&mut self) -> Result<Option<Uuid>> {
        if self.rows.is_empty() && !self.ended {
            self.load().await?;
        }
        Ok(self.rows.front().map(Row::group))
    }

    /// The next row, if it is in a group.
    pub(super) async fn peek(&mut self, group: Uuid) -> Result<Option<&T>> {
        Ok(if self.group().await? == Some(group) { self.rows.front() } else { None })
    }

    /// Takes the next row, if it is in a group.
    pub(super) async fn take(&mut self, group: Uuid) -> Result<Option<T>> {
        Ok(if self.group().await? == Some(group) { self.rows.pop_front() } else { None })
    }

    /// Takes all rows of a group.
    pub(super) async fn take_all(&mut self, group: Uuid) -> Result<Vec<T>> {
        let mut rows = Vec::new();
        while let Some(row) = self.take(group).await? {
            rows.push(row);
        }
        Ok(rows)
    }

    /// Takes the next row of whatever group.
    pub(super) async fn next(&mut self) -> Result<Option<T>> {
        self.group().await?;
        Ok(self.rows.pop_front())
    }

    async fn load(&mut self) -> Result<()> {
        let mut page = self.query.clone();
        if let Some(last) = &self.last {
            let last = Expr::tuple(last.iter().cloned().map(Expr::from));
            page.and_where(Expr::tuple(self.order.clone()).gt(last));
        }
        for column in &self.order {
            page.order_by_expr(column.clone(), Order::Asc);
        }
        page.limit(PAGE as u64);
        let rows = self.source.conn.query_all(&page).await?;
        self.ended = rows.len() < PAGE;
        for row in &rows {
            self.rows.push_back(T::read(row)?);
        }
        self.last = self.rows.back().map(|row| [vec![row.group().into()], row.place()].concat());
        (self.source.progress)(rows.len() as u64);
        Ok(())
    }
}

/// The least of the groups that come next.
pub(super) fn least<const N: usize>(groups: [Option<Uuid>; N]) -> Option<Uuid> {
    groups.into_iter().flatten().min()
}

/// Reads what was selected with a prefix; none when there is none, or when nothing was selected.
pub(super) fn optional<M: FromQueryResult>(row: &QueryResult, prefix: &str) -> Result<Option<M>, DbErr> {
    match row.try_get::<Option<Uuid>>(prefix, "id") {
        Ok(Some(_)) => M::from_query_result(row, prefix).map(Some),
        _ => Ok(None),
    }
}

/// Selects all columns of a table that is called `alias` in a query, each with a prefix before its name.
pub(super) fn select_as<E: EntityTrait>(query: &mut SelectStatement, alias: &'static str, prefix: &str) {
    for column in E::Column::iter() {
        query.expr_as(Expr::col((alias, column)), format!("{prefix}{}", column.as_str()));
    }
}
