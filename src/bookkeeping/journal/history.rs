//! Reads the history of an account: pages of postings, the balance at a moment, and counts.
//!
//! The postings of an account are numbered without gaps, in the order of their times. So a page reads two short index
//! ranges (the account's debits and its credits), and a moment is found by binary search: about 20 look-ups in a
//! history of a million postings. The searches of all accounts of one request advance together, with one query per
//! step.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, Iterable, Order, QueryFilter, QueryResult,
    QuerySelect, QueryTrait,
    sea_query::{self, Expr, Query, SelectStatement},
};

use super::{balance, in_order};
use crate::{
    db::InOrder,
    entity::{
        account::{self, AccountKind},
        journal_entry::{self, EntryKind, EntryStatus},
        posting,
    },
    error::Result,
    id::{Id, kind},
    list::keyset::union,
};

/// The side of a posting that an account is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The account is debited. A wallet pays.
    Debit,
    /// The account is credited. A wallet receives.
    Credit,
}

/// A posting as seen from one of its two accounts.
#[derive(Clone, Debug)]
pub struct Step {
    /// The entry that the posting belongs to.
    pub entry: journal_entry::Model,
    /// The posting.
    pub posting: posting::Model,
    /// The side that the account is on.
    pub side: Side,
    /// The number of the posting on the account, from 1.
    pub seq: i64,
    /// The balance of the account after the posting, in minor units.
    pub balance: i64,
}

/// Which postings of an account to return. A field that is `None` does not restrict them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct HistoryFilter {
    /// Only entries of this kind.
    pub kind: Option<EntryKind>,
    /// Only entries with this status.
    pub status: Option<EntryStatus>,
    /// Only postings with the account on this side.
    pub side: Option<Side>,
    /// Only entries at this time or later.
    pub from: Option<DateTime<Utc>>,
    /// Only entries before this time.
    pub to: Option<DateTime<Utc>>,
}

/// The postings of an account that match a filter, ready to be read in pages, newest first.
#[derive(Clone, Debug)]
pub struct Steps {
    /// The id of the account.
    account: Expr,
    filter: HistoryFilter,
    /// The numbers of the first and the last posting in the time range of the filter.
    first: i64,
    last: i64,
}

/// The postings of the only account of this kind that a holder in this book has. Reads nothing yet. The filter must have no time
/// range.
#[must_use]
pub fn steps_of_holder(
    book: Id<kind::Book>,
    holder: Id<kind::Holder>,
    account_kind: AccountKind,
    filter: HistoryFilter,
) -> Steps {
    let account = account::Entity::find()
        .select_only()
        .column(account::Column::Id)
        .filter(account::Column::HolderId.eq(holder))
        .filter(account::Column::Kind.eq(account_kind))
        .filter(account::Column::BookId.eq(book));
    Steps { account: Expr::SubQuery(None, Box::new(account.into_query().into())), filter, first: 1, last: i64::MAX }
}

/// Finds the number range of the postings in the filter's time range. Reads no postings yet.
///
/// # Errors
/// When the database fails.
pub async fn steps(conn: &impl ConnectionTrait, account: &account::Model, filter: HistoryFilter) -> Result<Steps> {
    let just_before = |time: DateTime<Utc>| time.checked_sub_signed(TimeDelta::nanoseconds(1)).unwrap_or(time);
    let mut bounds = Vec::new();
    bounds.extend(filter.from.map(just_before));
    bounds.extend(filter.to.map(just_before));
    let moments: Vec<_> = bounds.into_iter().map(|time| (account, time)).collect();
    let mut found = at(conn, &moments).await?.into_iter();
    let first = filter.from.and_then(|_| found.next()).map_or(1, |before| before.seq + 1);
    let last = filter.to.and_then(|_| found.next()).map_or(account.postings, |until| until.seq);
    Ok(Steps { account: Expr::value(account.id), filter, first, last })
}

impl Steps {
    /// Returns at most `limit` postings, newest first, numbered between `above` and `below` (both exclusive). Takes the
    /// oldest of them when `oldest` is true, otherwise the newest.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn page(
        &self,
        conn: &impl ConnectionTrait,
        above: Option<i64>,
        below: Option<i64>,
        oldest: bool,
        limit: u64,
    ) -> Result<Vec<Step>> {
        let first = above.map_or(self.first, |above| self.first.max(above.saturating_add(1)));
        let last = below.map_or(self.last, |below| self.last.min(below.saturating_sub(1)));
        let order = if oldest { Order::Asc } else { Order::Desc };
        let arms = self.filter.sides().map(|side| {
            let mut arm =
                posting::Entity::find().filter(self.filter.condition(side, self.account.clone(), first, last));
            if self.filter.kind.is_some() {
                arm = arm.inner_join(journal_entry::Entity);
            }
            let mut arm = arm.into_query();
            arm.expr_as(seq_column(side).into_expr(), "seq").expr_as(Expr::value(side == Side::Debit), "is_debit");
            arm.order_by("seq", order.clone()).limit(limit);
            arm
        });
        let Some(mut query) = union(arms) else { return Ok(Vec::new()) };
        query.order_by("seq", order.clone()).limit(limit);
        let mut steps = Vec::new();
        for row in conn.query_all(&with_entries(query, order)).await? {
            let mut row = InOrder::new(&row);
            let (posting, entry) = in_order::posting_and_entry(&mut row)?;
            let side = if row.read()? { Side::Debit } else { Side::Credit };
            steps.push(Step::new(entry, posting, side));
        }
        if oldest {
            steps.reverse();
        }
        Ok(steps)
    }
}

/// The entries of these postings, with columns in the order in which [`in_order::posting_and_entry`] reads them. The entries are
/// joined last: PostgreSQL then knows that they are few, and does not read all entries when it has no statistics yet.
fn with_entries(postings: SelectStatement, order: Order) -> SelectStatement {
    let mut query = Query::select();
    query.columns(posting::Column::iter().map(|column| ("steps", column)));
    query.exprs(journal_entry::Column::iter().map(ColumnTrait::into_expr));
    let is_entry = equal(Expr::col(("steps", posting::Column::EntryId)), journal_entry::Column::Id.into_expr());
    query
        .column(("steps", "is_debit"))
        .from_subquery(postings, "steps")
        .inner_join(journal_entry::Entity, is_entry)
        .order_by(("steps", "seq"), order)
        .take()
}

impl HistoryFilter {
    /// The sides that the filter admits.
    pub(super) fn sides(&self) -> impl Iterator<Item = Side> + use<> {
        let side = self.side;
        [Side::Debit, Side::Credit].into_iter().filter(move |other| side.is_none_or(|wanted| wanted == *other))
    }

    /// The condition for postings with an account on this side, numbered from `first` to `last`.
    pub(super) fn condition(&self, side: Side, account: impl Into<Expr>, first: i64, last: i64) -> Condition {
        Condition::all()
            .add(equal(account_column(side).into_expr(), account.into()))
            .add(seq_column(side).between(first, last))
            .add_option(self.kind.map(|kind| journal_entry::Column::Kind.eq(kind)))
            // Failed entries have postings of amount zero and no other entry does, so the status needs no join with the
            // entry.
            .add_option(self.status.map(|status| match status {
                EntryStatus::Succeeded => posting::Column::Amount.ne(0),
                EntryStatus::Failed => posting::Column::Amount.eq(0),
            }))
    }
}

fn equal(left: Expr, right: Expr) -> Expr {
    // The trait is not imported, since its `min` and `max` stand in the way of those of numbers.
    sea_query::ExprTrait::eq(left, right)
}

/// The state of an account after one of its postings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BalanceAt {
    /// The number of postings up to then.
    pub seq: i64,
    /// The balance in minor units.
    pub balance: i64,
}

/// Returns the state of each account at the given time, postings at exactly that time included, in input order.
///
/// # Errors
/// When the database fails.
pub async fn at(conn: &impl ConnectionTrait, questions: &[(&account::Model, DateTime<Utc>)]) -> Result<Vec<BalanceAt>> {
    let mut searches: Vec<_> = questions.iter().map(|(account, time)| Search::new(account, *time)).collect();
    while searches.iter().any(|search| search.probe().is_some()) {
        let probes: Vec<_> = searches.iter().filter_map(Search::probe).collect();
        let found = standings(conn, &probes).await?;
        for search in &mut searches {
            if let Some((time, standing)) = search.probe().and_then(|probe| found.get(&probe)) {
                search.narrow(*time, *standing);
            } else {
                // The search is done, or the numbering has a gap, which `daybook verify` reports. Ends the search so
                // that a gap cannot cause an endless loop.
                search.last = search.known.seq;
            }
        }
    }
    Ok(searches.into_iter().map(|search| search.known).collect())
}

/// A binary search for the last posting of an account that is not after a moment.
struct Search {
    account_id: Id<kind::Account>,
    time: DateTime<Utc>,
    /// The state after the latest posting that is known to be not after the moment.
    known: BalanceAt,
    /// The highest posting number that may be the answer.
    last: i64,
}

impl Search {
    fn new(account: &account::Model, time: DateTime<Utc>) -> Self {
        let now = BalanceAt { seq: account.postings, balance: balance(account) };
        let known = if account.posted_at.is_none_or(|posted_at| posted_at <= time) {
            now
        } else {
            BalanceAt { seq: 0, balance: 0 }
        };
        Self { account_id: account.id, time, known, last: account.postings }
    }

    /// The number of the posting to look at next; `None` when the answer is known.
    fn probe(&self) -> Option<(Id<kind::Account>, i64)> {
        (self.known.seq < self.last).then_some((self.account_id, (self.known.seq + self.last + 1) / 2))
    }

    fn narrow(&mut self, time: DateTime<Utc>, standing: BalanceAt) {
        if time <= self.time {
            self.known = standing;
        } else {
            self.last = standing.seq - 1;
        }
    }
}

type BalancesAt = HashMap<(Id<kind::Account>, i64), (DateTime<Utc>, BalanceAt)>;

/// Reads the time and the account's state for each probe (an account and the number of one of its postings).
async fn standings(conn: &impl ConnectionTrait, probes: &[(Id<kind::Account>, i64)]) -> Result<BalancesAt> {
    let mut standings = BalancesAt::new();
    let arms = [Side::Debit, Side::Credit].map(|side| {
        let wanted = probes.iter().fold(Condition::any(), |any, (account_id, seq)| {
            any.add(Condition::all().add(account_column(side).eq(*account_id)).add(seq_column(side).eq(*seq)))
        });
        posting::Entity::find().find_also_related(journal_entry::Entity).filter(wanted).into_query()
    });
    let Some(query) = union(arms) else { return Ok(standings) };
    let wanted: HashSet<_> = probes.iter().copied().collect();
    for row in conn.query_all(&query).await? {
        let (posting, entry) = models(&row)?;
        for side in [Side::Debit, Side::Credit] {
            let step = Step::new(entry.clone(), posting.clone(), side);
            let probe = (step.account_id(), step.seq);
            if wanted.contains(&probe) {
                let standing = BalanceAt { seq: step.seq, balance: step.balance };
                standings.insert(probe, (step.entry.created_at, standing));
            }
        }
    }
    Ok(standings)
}

impl Step {
    /// A posting as seen from its account on this side.
    #[must_use]
    pub fn new(entry: journal_entry::Model, posting: posting::Model, side: Side) -> Self {
        let (seq, balance) = match side {
            Side::Debit => (posting.debit_seq, posting.debit_balance),
            Side::Credit => (posting.credit_seq, posting.credit_balance),
        };
        Self { entry, posting, side, seq, balance }
    }

    /// The account that the posting is seen from.
    #[must_use]
    pub fn account_id(&self) -> Id<kind::Account> {
        match self.side {
            Side::Debit => self.posting.debit_account_id,
            Side::Credit => self.posting.credit_account_id,
        }
    }
}

pub(super) fn account_column(side: Side) -> posting::Column {
    match side {
        Side::Debit => posting::Column::DebitAccountId,
        Side::Credit => posting::Column::CreditAccountId,
    }
}

pub(super) fn seq_column(side: Side) -> posting::Column {
    match side {
        Side::Debit => posting::Column::DebitSeq,
        Side::Credit => posting::Column::CreditSeq,
    }
}

/// Reads the two models of a joined row. SeaORM prefixes the columns with `A_` and `B_`.
fn models(row: &QueryResult) -> Result<(posting::Model, journal_entry::Model)> {
    Ok((posting::Model::from_query_result(row, "A_")?, journal_entry::Model::from_query_result(row, "B_")?))
}
