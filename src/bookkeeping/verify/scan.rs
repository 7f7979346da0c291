//! Reads tables page by page in the order of a key, so that memory does not grow with the number of rows.
//!
//! The rows of a scan come in groups: all postings of an entry, all lines of an invoice. To merge scans whose groups
//! have the same ids, ask each scan for its next group ([`Scan::group`]), and take the rows of the smallest group from
//! each ([`Scan::take`]).

use std::collections::VecDeque;

use sea_orm::{
    ConnectionTrait, DbErr, EntityTrait, FromQueryResult, IdenStatic, Iterable, Order, QueryResult, Value,
    sea_query::{Expr, ExprTrait, SelectStatement},
};
use uuid::Uuid;

use crate::error::Result;

/// The number of rows read by one query.
const PAGE: usize = 2000;

/// The connection to read from, and a callback for the number of rows read.
pub(in crate::bookkeeping::verify) struct Source<'a, C> {
    pub(in crate::bookkeeping::verify) conn: &'a C,
    pub(in crate::bookkeeping::verify) progress: &'a (dyn Fn(u64) + Sync),
}

impl<C> Clone for Source<'_, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C> Copy for Source<'_, C> {}

/// A row that a scan can read.
pub(in crate::bookkeeping::verify) trait Row: Sized {
    /// Parses the row.
    fn read(row: &QueryResult) -> Result<Self, DbErr>;

    /// The group of the row: the value of the first order column.
    fn group(&self) -> Uuid;

    /// The values of the other order columns, which identify the row within its group.
    fn place(&self) -> Vec<Value> {
        Vec::new()
    }
}

/// The rows of a query, in the order of a key.
pub(in crate::bookkeeping::verify) struct Scan<'a, C, T> {
    source: Source<'a, C>,
    query: SelectStatement,
    order: Vec<Expr>,
    /// Whether the order columns are of several tables.
    is_joined: bool,
    rows: VecDeque<T>,
    last: Option<Vec<Value>>,
    ended: bool,
}

impl<'a, C: ConnectionTrait, T: Row> Scan<'a, C, T> {
    /// A scan of the rows of a query. The order columns must be of one table, and together they must be unique.
    pub(in crate::bookkeeping::verify) fn new(
        source: Source<'a, C>,
        query: SelectStatement,
        order: impl IntoIterator<Item = Expr>,
    ) -> Self {
        let order = order.into_iter().collect();
        Self { source, query, order, is_joined: false, rows: VecDeque::new(), last: None, ended: false }
    }

    /// A scan of the rows of a join. The order columns are of several tables, so each page begins by reading a whole group again:
    /// the groups must be small.
    pub(in crate::bookkeeping::verify) fn joined(
        source: Source<'a, C>,
        query: SelectStatement,
        order: impl IntoIterator<Item = Expr>,
    ) -> Self {
        Self { is_joined: true, ..Self::new(source, query, order) }
    }

    /// The connection that it reads from.
    pub(in crate::bookkeeping::verify) fn conn(&self) -> &'a C {
        self.source.conn
    }

    /// The rows that are read and not taken.
    pub(in crate::bookkeeping::verify) fn waiting(&self) -> impl Iterator<Item = &T> {
        self.rows.iter()
    }

    /// The group of the next row; `None` at the end.
    pub(in crate::bookkeeping::verify) async fn group(&mut self) -> Result<Option<Uuid>> {
        if self.rows.is_empty() && !self.ended {
            self.load().await?;
        }
        Ok(self.rows.front().map(Row::group))
    }

    /// The next row, if it is in this group.
    pub(in crate::bookkeeping::verify) async fn peek(&mut self, group: Uuid) -> Result<Option<&T>> {
        Ok(if self.group().await? == Some(group) { self.rows.front() } else { None })
    }

    /// Takes the next row, if it is in this group.
    pub(in crate::bookkeeping::verify) async fn take(&mut self, group: Uuid) -> Result<Option<T>> {
        Ok(if self.group().await? == Some(group) { self.rows.pop_front() } else { None })
    }

    /// Takes all rows of this group.
    pub(in crate::bookkeeping::verify) async fn take_all(&mut self, group: Uuid) -> Result<Vec<T>> {
        let mut rows = Vec::new();
        while let Some(row) = self.take(group).await? {
            rows.push(row);
        }
        Ok(rows)
    }

    /// Takes the next row of any group; `None` at the end.
    pub(in crate::bookkeeping::verify) async fn next(&mut self) -> Result<Option<T>> {
        self.group().await?;
        Ok(self.rows.pop_front())
    }

    async fn load(&mut self) -> Result<()> {
        let mut page = self.query.clone();
        if self.is_joined {
            // Also by the group alone: when the columns are of several tables, no index serves the comparison of all of them. From
            // the least one, so that the database begins with the table of the group, and does not sort a whole join for a page.
            let group = self.last.as_ref().and_then(|last| last.first().cloned()).unwrap_or_else(|| Uuid::nil().into());
            page.and_where_option(self.order.first().map(|column| column.clone().gte(group)));
        }
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

/// The smallest of the next groups of several scans.
pub(in crate::bookkeeping::verify) fn least<const N: usize>(groups: [Option<Uuid>; N]) -> Option<Uuid> {
    groups.into_iter().flatten().min()
}

/// Parses a model whose columns have this prefix; `None` when a left join found no row or the columns were not
/// selected.
pub(in crate::bookkeeping::verify) fn optional<M: FromQueryResult>(
    row: &QueryResult,
    prefix: &str,
) -> Result<Option<M>, DbErr> {
    match row.try_get::<Option<Uuid>>(prefix, "id") {
        Ok(Some(_)) => M::from_query_result(row, prefix).map(Some),
        _ => Ok(None),
    }
}

/// Selects all columns of the table with this alias, with a prefix before their names.
pub(in crate::bookkeeping::verify) fn select_as<E: EntityTrait>(
    query: &mut SelectStatement,
    alias: &'static str,
    prefix: &str,
) {
    for column in E::Column::iter() {
        query.expr_as(Expr::col((alias, column)), format!("{prefix}{}", column.as_str()));
    }
}
