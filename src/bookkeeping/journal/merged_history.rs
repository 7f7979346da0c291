//! Reads the histories of several accounts at once: each in pages of its own, or all as one list, newest first.
//!
//! The one list is ordered by time, then by account, then by the number of the posting on the account. On each account, time and
//! number rise together. So a place in the list is a range of numbers on each account, and a page reads at most its own length
//! from each of them, by the same short index ranges as [`super::history`].

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, Order, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Asterisk, Expr, Query, SelectStatement},
};
use uuid::Uuid;

use super::history::{HistoryFilter, Side, Step, account_column, at, seq_column};
use crate::{
    entity::{account, journal_entry, posting},
    error::Result,
    id::{Id, kind},
    list::keyset::union,
    page::{Page, Paged},
};

/// The place of a posting in the one list: its time, its account and its number on the account.
pub type Place = (DateTime<Utc>, Uuid, i64);

/// The numbers of the first and the last posting of each account.
type Ranges = HashMap<Id<kind::Account>, (i64, i64)>;

/// The postings of several accounts of one book and one kind that match a filter, ready to be read in pages, newest first. In the
/// one list, a posting between two of the accounts is one row: that of the account which pays.
#[derive(Clone, Debug)]
pub struct MergedSteps {
    accounts: Vec<account::Model>,
    filter: HistoryFilter,
    /// The postings in the time range of the filter.
    ranges: Ranges,
}

/// Finds the number ranges of the postings in the filter's time range. Reads no postings yet.
///
/// # Errors
/// When the database fails.
pub async fn merged_steps(
    conn: &impl ConnectionTrait,
    accounts: Vec<account::Model>,
    filter: HistoryFilter,
) -> Result<MergedSteps> {
    let ranges = accounts.iter().map(|account| (account.id, (1, account.postings))).collect();
    let (from, to) = (filter.from.map(just_before), filter.to.map(just_before));
    let all = MergedSteps { accounts, filter, ranges };
    let ranges = all.narrowed(conn, |_| from, |_| to).await?;
    Ok(MergedSteps { ranges, ..all })
}

/// The place of a row in the one list.
#[must_use]
pub fn place(step: &Step) -> Place {
    (step.entry.created_at, step.account_id().uuid(), step.seq)
}

impl MergedSteps {
    /// A page of the one list.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn page(&self, conn: &impl ConnectionTrait, page: &Page<Place>) -> Result<Paged<Step>> {
        // Of the postings at the time of a place, those of accounts with lower ids come after it, as older ones do.
        let older = |place: Option<Place>| {
            move |id: Uuid| place.map(|(time, account, _)| if id < account { time } else { just_before(time) })
        };
        let mut ranges = self.narrowed(conn, older(page.before), older(page.after)).await?;
        for (id, (first, last)) in &mut ranges {
            let seq = |place: Option<Place>| place.filter(|(_, account, _)| *account == id.uuid()).map(|(.., seq)| seq);
            if let Some(before) = seq(page.before) {
                *first = self.ranges[id].0.max(before.saturating_add(1));
            }
            if let Some(after) = seq(page.after) {
                *last = self.ranges[id].1.min(after.saturating_sub(1));
            }
        }
        let direction = if page.from_end { Order::Asc } else { Order::Desc };
        let Some(all) = union(self.arms(&ranges, true).map(|arm| cut(arm, page, &direction))) else {
            return Ok(page.cut(Vec::new()));
        };
        let mut rows = Query::select();
        rows.column(Asterisk).from_subquery(all, "steps").limit(page.ask());
        for column in ["created_at", "account", "seq"] {
            rows.order_by(column, direction.clone());
        }
        let mut steps = read(conn, &rows).await?;
        steps.sort_unstable_by_key(|step| std::cmp::Reverse(place(step)));
        Ok(page.cut(steps))
    }

    /// The length of the one list.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count(&self, conn: &impl ConnectionTrait) -> Result<i64> {
        Ok(self.count_arms(conn, true).await?.into_values().sum())
    }

    /// A page of each account's history.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pages(
        &self,
        conn: &impl ConnectionTrait,
        page: &Page<i64>,
    ) -> Result<HashMap<Id<kind::Account>, Paged<Step>>> {
        let within = |(first, last): (i64, i64)| {
            let first = page.before.map_or(first, |before| first.max(before.saturating_add(1)));
            (first, page.after.map_or(last, |after| last.min(after.saturating_sub(1))))
        };
        let ranges: Ranges = self.ranges.iter().map(|(id, range)| (*id, within(*range))).collect();
        let order = if page.from_end { Order::Asc } else { Order::Desc };
        let mut histories: HashMap<_, Vec<_>> = HashMap::new();
        if let Some(all) = union(self.arms(&ranges, false).map(|arm| cut(arm, page, &order))) {
            for step in read(conn, &all).await? {
                histories.entry(step.account_id()).or_default().push(step);
            }
        }
        let sorted = |mut steps: Vec<Step>| {
            steps.sort_unstable_by_key(|step| std::cmp::Reverse(step.seq));
            // Each side of the account has given as many rows as the page.
            let most = usize::try_from(page.ask()).unwrap_or(usize::MAX);
            let rest = steps.len().saturating_sub(most);
            if page.from_end {
                drop(steps.drain(..rest));
            } else {
                steps.truncate(most);
            }
            page.cut(steps)
        };
        Ok(histories.into_iter().map(|(id, steps)| (id, sorted(steps))).collect())
    }

    /// The length of each account's history.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn counts(&self, conn: &impl ConnectionTrait) -> Result<HashMap<Id<kind::Account>, i64>> {
        if matches!(self.filter, HistoryFilter { kind: None, status: None, side: None, .. }) {
            return Ok(self.ranges.iter().map(|(id, (first, last))| (*id, last - first + 1)).collect());
        }
        self.count_arms(conn, false).await
    }

    async fn count_arms(
        &self,
        conn: &impl ConnectionTrait,
        is_merged: bool,
    ) -> Result<HashMap<Id<kind::Account>, i64>> {
        let Some(all) = union(self.arms(&self.ranges, is_merged)) else { return Ok(HashMap::new()) };
        let counts = Query::select()
            .column("account")
            .expr_as(Expr::cust("COUNT(*)"), "number")
            .from_subquery(all, "steps")
            .group_by_col("account")
            .take();
        let rows = conn.query_all(&counts).await?;
        Ok(rows
            .iter()
            .map(|row| Ok((row.try_get("", "account")?, row.try_get("", "number")?)))
            .collect::<Result<_, sea_orm::DbErr>>()?)
    }

    /// The keys of the postings in these ranges: one query for each account and side.
    fn arms<'a>(&'a self, ranges: &'a Ranges, is_merged: bool) -> impl Iterator<Item = SelectStatement> + 'a {
        let accounts = self.accounts.iter().map(|account| (account, ranges[&account.id]));
        let accounts = accounts.filter(|(_, (first, last))| first <= last);
        let arm = move |account: &account::Model, (first, last), side| {
            // Where one side is asked for, each posting is on it once.
            let is_once = !is_merged || side == Side::Debit || self.filter.side.is_some() || self.accounts.len() == 1;
            let paid_from_elsewhere = || posting::Column::DebitAccountId.not_in_subquery(alike(account));
            let wanted = self.filter.condition(side, Expr::value(account.id), first, last);
            let mut arm = posting::Entity::find()
                .select_only()
                .columns([posting::Column::EntryId, posting::Column::Line])
                .column_as(account_column(side), "account")
                .column_as(seq_column(side), "seq");
            if is_merged {
                arm = arm.column_as(journal_entry::Column::CreatedAt, "created_at");
            }
            if is_merged || self.filter.kind.is_some() {
                arm = arm.inner_join(journal_entry::Entity);
            }
            arm.filter(wanted.add_option((!is_once).then(paid_from_elsewhere))).into_query()
        };
        accounts.flat_map(move |(account, range)| self.filter.sides().map(move |side| arm(account, range, side)))
    }

    /// The ranges after the times `above` and until the times `until`, which are given for each account.
    async fn narrowed(
        &self,
        conn: &impl ConnectionTrait,
        above: impl Fn(Uuid) -> Option<DateTime<Utc>>,
        until: impl Fn(Uuid) -> Option<DateTime<Utc>>,
    ) -> Result<Ranges> {
        let bounds: Vec<_> = self.accounts.iter().map(|it| (it, above(it.id.uuid()), until(it.id.uuid()))).collect();
        let moments: Vec<_> = bounds
            .iter()
            .flat_map(|(account, above, until)| above.iter().chain(until).map(move |time| (*account, *time)))
            .collect();
        let mut found = at(conn, &moments).await?.into_iter().map(|state| state.seq);
        let mut ranges = Ranges::new();
        for (account, above, until) in bounds {
            let (first, last) = self.ranges[&account.id];
            let first = above.and_then(|_| found.next()).map_or(first, |seq| first.max(seq + 1));
            let last = until.and_then(|_| found.next()).map_or(last, |seq| last.min(seq));
            ranges.insert(account.id, (first, last));
        }
        Ok(ranges)
    }
}

/// Restricts a query of keys to as many as a page may need.
fn cut<K>(mut arm: SelectStatement, page: &Page<K>, order: &Order) -> SelectStatement {
    arm.order_by("seq", order.clone()).limit(page.ask()).take()
}

/// Reads the postings of these keys, with their entries, in any order.
async fn read(conn: &impl ConnectionTrait, keys: &SelectStatement) -> Result<Vec<Step>> {
    let mut accounts: HashMap<(Id<kind::Entry>, i32), Vec<Id<kind::Account>>> = HashMap::new();
    for row in conn.query_all(keys).await? {
        let key = (row.try_get("", "entry_id")?, row.try_get("", "line")?);
        accounts.entry(key).or_default().push(row.try_get("", "account")?);
    }
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    let entries = accounts.keys().map(|(entry, _)| *entry);
    let rows = posting::Entity::find().find_both_related(journal_entry::Entity);
    let rows = rows.filter(posting::Column::EntryId.is_in(entries)).all(conn).await?;
    let steps = rows.into_iter().flat_map(|(posting, entry)| {
        let accounts = accounts.get(&(posting.entry_id, posting.line)).cloned().unwrap_or_default();
        accounts.into_iter().map(move |account| {
            let side = if posting.debit_account_id == account { Side::Debit } else { Side::Credit };
            Step::new(entry.clone(), posting.clone(), side)
        })
    });
    Ok(steps.collect())
}

/// The accounts of the same kind in the same book.
fn alike(of: &account::Model) -> SelectStatement {
    let accounts = account::Entity::find().select_only().column(account::Column::Id);
    let accounts = accounts.filter(account::Column::BookId.eq(of.book_id));
    accounts.filter(account::Column::Kind.eq(of.kind)).into_query()
}

fn just_before(time: DateTime<Utc>) -> DateTime<Utc> {
    time.checked_sub_signed(TimeDelta::nanoseconds(1)).unwrap_or(time)
}
