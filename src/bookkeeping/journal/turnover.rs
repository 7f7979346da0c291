//! Turnovers by day and by month of the accounts that reports read, so that what such an account stood at on a date costs
//! the same however long its history is: a sum over the months before and the days of one month.
//!
//! A reversal counts for the day of what it takes back, with negated amounts, so that the turnovers of that day are
//! as if both had never been.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QueryResult,
    QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait, OnConflict, Query},
};

use super::fold::State;
use crate::{
    db::Transaction,
    entity::{
        account::{self, AccountKind},
        account_day, account_month,
    },
    error::Result,
    id::{Id, kind},
    keyset::union,
    money::Currency,
    month::YearMonth,
};

/// What moved on an account up to a date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turnover {
    /// What was debited, in minor units.
    pub debits: i64,
    /// What was credited, in minor units.
    pub credits: i64,
    /// How many entries there were, without those that were reversed.
    pub entries: i64,
}

/// Whether turnovers are kept for accounts of a kind.
pub(in crate::bookkeeping) fn is_kept(account_kind: AccountKind) -> bool {
    matches!(account_kind, AccountKind::Receivable | AccountKind::Income | AccountKind::Expense)
}

type Turnovers = BTreeMap<(Id<kind::Account>, NaiveDate), Turnover>;

/// Adds what is being posted to the turnovers. The accounts are locked, so nobody else adds to them at the same time.
pub(super) async fn write(tx: &Transaction, state: &State) -> Result<()> {
    let mut days = posted(state);
    if days.is_empty() {
        return Ok(());
    }
    let mut months = Turnovers::new();
    for ((account_id, day), turnover) in &days {
        months.entry((*account_id, YearMonth::of(*day).first_day())).or_default().add(*turnover);
    }
    for known in account_day::Entity::find()
        .filter(keys(&days, account_day::Column::AccountId, account_day::Column::Day))
        .all(tx)
        .await?
    {
        days.entry((known.account_id, known.day)).or_default().add(known.into());
    }
    for known in account_month::Entity::find()
        .filter(keys(&months, account_month::Column::AccountId, account_month::Column::Month))
        .all(tx)
        .await?
    {
        months.entry((known.account_id, known.month)).or_default().add(known.into());
    }
    let days = days.into_iter().map(|((account_id, day), Turnover { debits, credits, entries })| {
        account_day::Model { account_id, day, debits, credits, entries }.into_active_model()
    });
    let mut replace = OnConflict::columns([account_day::Column::AccountId, account_day::Column::Day]);
    replace.update_columns([account_day::Column::Debits, account_day::Column::Credits, account_day::Column::Entries]);
    account_day::Entity::insert_many(days).on_conflict(replace).exec_without_returning(tx).await?;
    let months = months.into_iter().map(|((account_id, month), Turnover { debits, credits, entries })| {
        account_month::Model { account_id, month, debits, credits, entries }.into_active_model()
    });
    let mut replace = OnConflict::columns([account_month::Column::AccountId, account_month::Column::Month]);
    replace.update_columns([
        account_month::Column::Debits,
        account_month::Column::Credits,
        account_month::Column::Entries,
    ]);
    account_month::Entity::insert_many(months).on_conflict(replace).exec_without_returning(tx).await?;
    Ok(())
}

/// What the postings to be written add to the turnovers of days.
fn posted(state: &State) -> Turnovers {
    let mut days = Turnovers::new();
    let takes_back: HashMap<_, _> = state.entries.iter().map(|entry| (entry.id, entry.reverses_id.is_some())).collect();
    let mut counted = HashSet::new();
    for posting in state.postings.iter().filter(|posting| posting.amount != 0) {
        let sides = [(posting.debit_account_id, (posting.amount, 0)), (posting.credit_account_id, (0, posting.amount))];
        for (account_id, (debits, credits)) in sides {
            if state.account(account_id).is_some_and(|account| is_kept(account.kind)) {
                // An entry may have several postings on one account; it is one entry all the same.
                let entries = match takes_back.get(&posting.entry_id) {
                    _ if !counted.insert((posting.entry_id, account_id)) => 0,
                    Some(true) => -1,
                    _ => 1,
                };
                let day = days.entry((account_id, posting.effective_on)).or_default();
                day.add(Turnover { debits, credits, entries });
            }
        }
    }
    days
}

/// The rows of some accounts and days. Few terms for many rows: SQLite takes no more than 1,000 in one condition.
fn keys(turnovers: &Turnovers, account_id: impl ColumnTrait, start: impl ColumnTrait) -> Condition {
    let mut starts: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (account, day) in turnovers.keys() {
        starts.entry(*account).or_default().push(*day);
    }
    starts
        .into_iter()
        .fold(Condition::any(), |any, (account, days)| any.add(account_id.eq(account).and(start.is_in(days))))
}

/// What had moved on accounts by the end of days, in the order of the questions.
///
/// # Errors
/// When the database fails.
pub async fn turnovers(
    conn: &impl ConnectionTrait,
    questions: &[(Id<kind::Account>, NaiveDate)],
) -> Result<Vec<Turnover>> {
    let mut answers = vec![Turnover::default(); questions.len()];
    let rows: Vec<_> = questions
        .iter()
        .zip(0_i64..)
        .map(|((account_id, day), number)| (number, account_id.uuid(), YearMonth::of(*day).first_day(), *day))
        .collect();
    if rows.is_empty() {
        return Ok(answers);
    }
    let [number, account_id, month, day] =
        ["column1", "column2", "column3", "column4"].map(|name| Expr::col(("question", name)));
    // The months before that of the day, and the days of that month: each a walk along a primary key, which a join is not
    // always taken for.
    let months = Query::select()
        .from(account_month::Entity)
        .and_where(Expr::col((account_month::Entity, account_month::Column::AccountId)).eq(account_id.clone()))
        .and_where(Expr::col((account_month::Entity, account_month::Column::Month)).lt(month.clone()))
        .take();
    let days = Query::select()
        .from(account_day::Entity)
        .and_where(Expr::col((account_day::Entity, account_day::Column::AccountId)).eq(account_id))
        .and_where(Expr::col((account_day::Entity, account_day::Column::Day)).gte(month))
        .and_where(Expr::col((account_day::Entity, account_day::Column::Day)).lte(day))
        .take();
    let mut query = Query::select();
    query.expr_as(number, "number").from_values(rows, "question");
    for name in ["debits", "credits", "entries"] {
        let [months, days] = [&months, &days].map(|turnovers| {
            let sum = turnovers.clone().expr(Expr::col(name).sum().if_null(0_i64).cast_as("bigint")).take();
            Expr::SubQuery(None, Box::new(sum.into()))
        });
        query.expr_as(months.add(days), name);
    }
    for row in conn.query_all(&query).await? {
        let number: i64 = row.try_get("", "number")?;
        if let Some(answer) = usize::try_from(number).ok().and_then(|number| answers.get_mut(number)) {
            let [debits, credits, entries] = ["debits", "credits", "entries"].map(|name| row.try_get("", name));
            answer.add(Turnover { debits: debits?, credits: credits?, entries: entries? });
        }
    }
    Ok(answers)
}

/// What moved in each month from one to another on the accounts that some holders have of a kind and in a currency; months in
/// which nothing ever did are left out.
///
/// # Errors
/// When the database fails.
pub async fn months(
    conn: &impl ConnectionTrait,
    (account_kind, currency): (AccountKind, Currency),
    holders: impl IntoIterator<Item = Id<kind::Holder>>,
    (from, to): (YearMonth, YearMonth),
) -> Result<Vec<(Id<kind::Holder>, YearMonth, Turnover)>> {
    use account_month::Column;
    let months: Vec<(Id<kind::Holder>, NaiveDate, i64, i64, i64)> = account_month::Entity::find()
        .inner_join(account::Entity)
        .select_only()
        .column(account::Column::HolderId)
        .columns([Column::Month, Column::Debits, Column::Credits, Column::Entries])
        .filter(account::Column::HolderId.is_in(holders))
        .filter(account::Column::Kind.eq(account_kind))
        .filter(account::Column::Currency.eq(currency))
        .filter(Column::Month.between(from.first_day(), to.first_day()))
        .into_tuple()
        .all(conn)
        .await?;
    let month = |(holder, month, debits, credits, entries)| {
        (holder, YearMonth::of(month), Turnover { debits, credits, entries })
    };
    Ok(months.into_iter().map(month).collect())
}

/// The other currencies in which some holders have entries on accounts of a kind, and the months of these.
///
/// # Errors
/// When the database fails.
pub async fn months_in_others(
    conn: &impl ConnectionTrait,
    (account_kind, currency): (AccountKind, Currency),
    holders: impl IntoIterator<Item = Id<kind::Holder>>,
    (from, to): (YearMonth, YearMonth),
) -> Result<Vec<(YearMonth, Currency)>> {
    use account_month::Column;
    let months: Vec<(NaiveDate, Currency)> = account_month::Entity::find()
        .inner_join(account::Entity)
        .select_only()
        .column(Column::Month)
        .column(account::Column::Currency)
        .distinct()
        .filter(account::Column::HolderId.is_in(holders))
        .filter(account::Column::Kind.eq(account_kind))
        .filter(account::Column::Currency.ne(currency))
        .filter(Column::Month.between(from.first_day(), to.first_day()))
        .filter(Column::Entries.gt(0))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(months.into_iter().map(|(month, currency)| (YearMonth::of(month), currency)).collect())
}

/// The last day in a range on which each of some accounts has an entry.
///
/// # Errors
/// When the database fails.
pub async fn last_days(
    conn: &impl ConnectionTrait,
    accounts: &[Id<kind::Account>],
    from: Option<NaiveDate>,
    until: NaiveDate,
) -> Result<HashMap<Id<kind::Account>, NaiveDate>> {
    let arms = accounts.iter().map(|account_id| {
        let days = account_day::Entity::find()
            .filter(account_day::Column::AccountId.eq(*account_id))
            .filter(account_day::Column::Day.lte(until))
            .filter(Condition::all().add_option(from.map(|from| account_day::Column::Day.gte(from))))
            .filter(account_day::Column::Entries.gt(0));
        days.order_by_desc(account_day::Column::Day).limit(1).into_query()
    });
    let Some(query) = union(arms) else { return Ok(HashMap::new()) };
    let rows = conn.query_all(&query).await?;
    let day = |row: &QueryResult| Ok((row.try_get("", "account_id")?, row.try_get("", "day")?));
    rows.iter().map(day).collect()
}

impl Turnover {
    pub(in crate::bookkeeping) fn add(&mut self, more: Self) {
        self.debits += more.debits;
        self.credits += more.credits;
        self.entries += more.entries;
    }

    /// What moved after an earlier date that `before` tells of.
    #[must_use]
    pub fn since(self, before: Self) -> Self {
        Self {
            debits: self.debits - before.debits,
            credits: self.credits - before.credits,
            entries: self.entries - before.entries,
        }
    }
}

impl From<account_day::Model> for Turnover {
    fn from(day: account_day::Model) -> Self {
        Self { debits: day.debits, credits: day.credits, entries: day.entries }
    }
}

impl From<account_month::Model> for Turnover {
    fn from(month: account_month::Model) -> Self {
        Self { debits: month.debits, credits: month.credits, entries: month.entries }
    }
}
