//! Checks the stored turnovers per day and month against the postings.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, QueryResult, Value,
    sea_query::{IntoTableRef, Query},
};
use uuid::Uuid;

use super::{
    chain::named,
    difference::{Check, Money, Report},
    scan::{Row, Scan, Source},
};
use crate::{
    bookkeeping::journal::Turnover,
    calendar::month::YearMonth,
    db::InOrder,
    entity::{account, account_day, account_month},
    id::{Id, kind},
};

/// The stored turnover of one day or month.
pub(super) struct Rollup {
    account_id: Id<kind::Account>,
    start: NaiveDate,
    turnover: Turnover,
}

impl Row for Rollup {
    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        let mut row = InOrder::new(row);
        let (account_id, start) = (row.read()?, row.read()?);
        let turnover = Turnover { debits: row.read()?, credits: row.read()?, entries: row.read()? };
        Ok(Self { account_id, start, turnover })
    }

    fn group(&self) -> Uuid {
        self.account_id.uuid()
    }

    fn place(&self) -> Vec<Value> {
        vec![self.start.into()]
    }
}

pub(super) fn days<C: ConnectionTrait>(source: Source<'_, C>) -> Scan<'_, C, Rollup> {
    use account_day::Column;
    scan(
        source,
        account_day::Entity,
        [Column::AccountId, Column::Day],
        [Column::Debits, Column::Credits, Column::Entries],
    )
}

pub(super) fn months<C: ConnectionTrait>(source: Source<'_, C>) -> Scan<'_, C, Rollup> {
    use account_month::Column;
    scan(
        source,
        account_month::Entity,
        [Column::AccountId, Column::Month],
        [Column::Debits, Column::Credits, Column::Entries],
    )
}

fn scan<C: ConnectionTrait, K: ColumnTrait>(
    source: Source<'_, C>,
    table: impl IntoTableRef,
    [account_id, start]: [K; 2],
    counters: [K; 3],
) -> Scan<'_, C, Rollup> {
    let mut query = Query::select();
    let order = [account_id, start].map(ColumnTrait::into_expr);
    query.from(table).exprs(order.clone()).exprs(counters.map(ColumnTrait::into_expr));
    Scan::new(source, query, order)
}

/// Compares the stored turnovers of an account with those computed from its postings.
pub(super) fn check(
    account: &account::Model,
    posted: BTreeMap<NaiveDate, Turnover>,
    days: Vec<Rollup>,
    months: Vec<Rollup>,
    report: &mut Report<'_>,
) {
    let mut by_month = BTreeMap::<_, Turnover>::new();
    for (day, turnover) in &posted {
        by_month.entry(YearMonth::of(*day).first_day()).or_default().add(*turnover);
    }
    compare(Check::AccountDay, account, posted, days, report);
    compare(Check::AccountMonth, account, by_month, months, report);
}

fn compare(
    check: Check,
    account: &account::Model,
    mut posted: BTreeMap<NaiveDate, Turnover>,
    kept: Vec<Rollup>,
    report: &mut Report<'_>,
) {
    let words = |turnover: Turnover| {
        let [debits, credits] = [turnover.debits, turnover.credits].map(|minor| Money::new(minor, account.currency));
        format!("{debits} debited and {credits} credited by {} entries", turnover.entries)
    };
    let unit = if check == Check::AccountDay { "on" } else { "in the month of" };
    let mut compare_one = |start: NaiveDate, expected: Option<Turnover>, found: Option<Turnover>| {
        let what = format_args!("the turnover of {} {unit} {start}", named(account));
        report.same(check, account.id, what, expected.map(words), found.map(words));
    };
    for Rollup { start, turnover, .. } in kept {
        compare_one(start, posted.remove(&start), Some(turnover));
    }
    for (start, turnover) in posted {
        compare_one(start, Some(turnover), None);
    }
}
