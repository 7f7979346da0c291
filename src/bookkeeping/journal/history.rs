//! Reading an account's history: pages, the balance at a moment, and counts.
//!
//! An account's postings are numbered without a gap, and in the order of their times. So a page is two short walks along
//! two indexes (its debits, its credits), and a moment is found by halving: about 20 look-ups in a history of a
//! million postings, made for all accounts of a request together.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, Order, PaginatorTrait, QueryFilter,
    QueryTrait,
};

use super::balance;
use crate::{
    entity::{
        account,
        journal_entry::{self, EntryKind, EntryStatus},
        posting,
    },
    error::Result,
    id::{Id, kind},
    keyset::union,
};

/// Which side of a posting an account is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// It is debited: a wallet pays.
    Debit,
    /// It is credited: a wallet is paid.
    Credit,
}

/// One posting, as one of its accounts sees it.
#[derive(Clone, Debug)]
pub struct Step {
    /// What happened.
    pub entry: journal_entry::Model,
    /// The posting.
    pub posting: posting::Model,
    /// The account's side.
    pub side: Side,
    /// The posting's number on the account.
    pub seq: i64,
    /// The account's balance after it, in minor units.
    pub balance: i64,
}

/// Which postings of an account are wanted. What is absent does not matter.
#[derive(Clone, Debug, Default)]
pub struct HistoryFilter {
    /// What the entry records.
    pub kind: Option<EntryKind>,
    /// Whether it succeeded.
    pub status: Option<EntryStatus>,
    /// The account's side.
    pub side: Option<Side>,
    /// Not before this moment.
    pub from: Option<DateTime<Utc>>,
    /// Before this moment.
    pub to: Option<DateTime<Utc>>,
}

/// Postings of an account, latest first, that may be cut into pages.
#[derive(Clone, Debug)]
pub struct Steps {
    account_id: Id<kind::Account>,
    filter: HistoryFilter,
    /// The numbers of the first and the last posting in the time range.
    first: i64,
    last: i64,
}

/// The postings of an account that a filter wants.
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
    Ok(Steps { account_id: account.id, filter, first, last })
}

impl Steps {
    /// At most `limit` postings, latest first: those numbered below `below` and above `above`, from the end that
    /// `oldest` says.
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
        let arms = self.arms().map(|side| {
            let wanted = self.wanted(side, first, last);
            let mut arm = posting::Entity::find().find_also_related(journal_entry::Entity).filter(wanted).into_query();
            arm.expr_as(seq_column(side).into_expr(), "seq").order_by("seq", order.clone()).limit(limit);
            arm
        });
        let Some(mut query) = union(arms) else { return Ok(Vec::new()) };
        query.order_by("seq", order).limit(limit);
        let mut steps = Vec::new();
        for row in conn.query_all(&query).await? {
            let (posting, entry) = models(&row)?;
            let side = if posting.debit_account_id == self.account_id { Side::Debit } else { Side::Credit };
            steps.push(Step::new(entry, posting, side));
        }
        if oldest {
            steps.reverse();
        }
        Ok(steps)
    }

    /// How many there are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count(&self, conn: &impl ConnectionTrait) -> Result<u64> {
        if matches!(self.filter, HistoryFilter { kind: None, status: None, side: None, .. }) {
            return Ok(u64::try_from(self.last - self.first + 1).unwrap_or_default());
        }
        let mut count = 0;
        for side in self.arms() {
            let postings = posting::Entity::find().filter(self.wanted(side, self.first, self.last));
            count += match self.filter.kind {
                Some(_) => postings.inner_join(journal_entry::Entity).count(conn).await?,
                None => postings.count(conn).await?,
            };
        }
        Ok(count)
    }

    fn arms(&self) -> impl Iterator<Item = Side> {
        [Side::Debit, Side::Credit].into_iter().filter(|side| self.filter.side.is_none_or(|wanted| wanted == *side))
    }

    /// The postings with the account on one side, numbered from `first` to `last`.
    fn wanted(&self, side: Side, first: i64, last: i64) -> Condition {
        Condition::all()
            .add(account_column(side).eq(self.account_id))
            .add(seq_column(side).between(first, last))
            .add_option(self.filter.kind.map(|kind| journal_entry::Column::Kind.eq(kind)))
            // A failed entry leaves a posting of zero, and no other entry does: this needs no look at the entry.
            .add_option(self.filter.status.map(|status| match status {
                EntryStatus::Succeeded => posting::Column::Amount.ne(0),
                EntryStatus::Failed => posting::Column::Amount.eq(0),
            }))
    }
}

/// An account's state after one of its postings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// How many postings it had.
    pub seq: i64,
    /// Its balance, in minor units.
    pub balance: i64,
}

/// What accounts stood at at moments (those of postings at the very moment included), in the order of the questions.
///
/// # Errors
/// When the database fails.
pub async fn at(conn: &impl ConnectionTrait, questions: &[(&account::Model, DateTime<Utc>)]) -> Result<Vec<Standing>> {
    let mut searches: Vec<_> = questions.iter().map(|(account, time)| Search::new(account, *time)).collect();
    while searches.iter().any(|search| search.probe().is_some()) {
        let probes: Vec<_> = searches.iter().filter_map(Search::probe).collect();
        let found = standings(conn, &probes).await?;
        for search in &mut searches {
            if let Some((time, standing)) = search.probe().and_then(|probe| found.get(&probe)) {
                search.narrow(*time, *standing);
            } else {
                // Done, or the numbers have a gap, which `verify` tells of; it must not keep us here for ever.
                search.last = search.known.seq;
            }
        }
    }
    Ok(searches.into_iter().map(|search| search.known).collect())
}

/// A search for the last posting of an account that is not after a moment.
struct Search {
    account_id: Id<kind::Account>,
    time: DateTime<Utc>,
    /// The latest standing that is known not to be after the moment.
    known: Standing,
    /// The last number that may be the answer.
    last: i64,
}

impl Search {
    fn new(account: &account::Model, time: DateTime<Utc>) -> Self {
        let now = Standing { seq: account.postings, balance: balance(account) };
        let known = if account.posted_at.is_none_or(|posted_at| posted_at <= time) {
            now
        } else {
            Standing { seq: 0, balance: 0 }
        };
        Self { account_id: account.id, time, known, last: account.postings }
    }

    /// The posting to look at next; none when the answer is known.
    fn probe(&self) -> Option<(Id<kind::Account>, i64)> {
        (self.known.seq < self.last).then_some((self.account_id, (self.known.seq + self.last + 1) / 2))
    }

    fn narrow(&mut self, time: DateTime<Utc>, standing: Standing) {
        if time <= self.time {
            self.known = standing;
        } else {
            self.last = standing.seq - 1;
        }
    }
}

type Standings = HashMap<(Id<kind::Account>, i64), (DateTime<Utc>, Standing)>;

/// The times and standings of some postings, each named by an account and its number there.
async fn standings(conn: &impl ConnectionTrait, probes: &[(Id<kind::Account>, i64)]) -> Result<Standings> {
    let mut standings = Standings::new();
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
                let standing = Standing { seq: step.seq, balance: step.balance };
                standings.insert(probe, (step.entry.created_at, standing));
            }
        }
    }
    Ok(standings)
}

impl Step {
    fn new(entry: journal_entry::Model, posting: posting::Model, side: Side) -> Self {
        let (seq, balance) = match side {
            Side::Debit => (posting.debit_seq, posting.debit_balance),
            Side::Credit => (posting.credit_seq, posting.credit_balance),
        };
        Self { entry, posting, side, seq, balance }
    }

    fn account_id(&self) -> Id<kind::Account> {
        match self.side {
            Side::Debit => self.posting.debit_account_id,
            Side::Credit => self.posting.credit_account_id,
        }
    }
}

fn account_column(side: Side) -> posting::Column {
    match side {
        Side::Debit => posting::Column::DebitAccountId,
        Side::Credit => posting::Column::CreditAccountId,
    }
}

fn seq_column(side: Side) -> posting::Column {
    match side {
        Side::Debit => posting::Column::DebitSeq,
        Side::Credit => posting::Column::CreditSeq,
    }
}

/// The two models of a row, under the names that SeaORM gives to the columns of a join.
fn models(row: &sea_orm::QueryResult) -> Result<(posting::Model, journal_entry::Model)> {
    Ok((posting::Model::from_query_result(row, "A_")?, journal_entry::Model::from_query_result(row, "B_")?))
}
