//! Turnovers by day and by month, stored for the accounts that reports read. The totals of such an account up to a date
//! cost the same however long its history is: a sum over the earlier months and over the days of one month.
//!
//! A reversal counts on the effective date of the entry that it reverses, with negated amounts, so the turnovers of
//! that day are as if neither had been posted.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QueryResult,
    QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait, OnConflict, Query},
};

use super::fold::State;
use crate::{
    calendar::month::YearMonth,
    db::{Transaction, wide_sum},
    entity::{
        account::{self, AccountKind},
        account_day, account_month,
    },
    error::Result,
    id::{Id, kind},
    list::{any_of::MOST_TERMS, keyset::union},
    money::Currency,
};

/// The turnover of an account, in total up to a date or within a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turnover {
    /// The sum of debits in minor units.
    pub debits: i64,
    /// The sum of credits in minor units.
    pub credits: i64,
    /// The number of entries, not counting reversals and the entries that they reverse.
    pub entries: i64,
}

/// Whether turnovers are stored for accounts of this kind: for all but those that hold money.
pub(in crate::bookkeeping) fn is_kept(account_kind: AccountKind) -> bool {
    match account_kind {
        AccountKind::Wallet | AccountKind::Outside | AccountKind::Cash | AccountKind::InTransit => false,
        AccountKind::Receivable
        | AccountKind::Income
        | AccountKind::Expense
        | AccountKind::Sales
        | AccountKind::Cgst
        | AccountKind::Sgst
        | AccountKind::Igst
        | AccountKind::Charges
        | AccountKind::RoundOff
        | AccountKind::WriteOff
        | AccountKind::Opening => true,
    }
}

type Turnovers = BTreeMap<(Id<kind::Account>, NaiveDate), Turnover>;

/// Adds the postings that are being written to the stored turnovers. The accounts are locked, so no other transaction
/// changes the same rows.
pub(super) async fn write(tx: &Transaction, state: &State) -> Result<()> {
    let mut days = posted(state);
    if days.is_empty() {
        return Ok(());
    }
    let mut months = Turnovers::new();
    for ((account_id, day), turnover) in &days {
        months.entry((*account_id, YearMonth::of(*day).first_day())).or_default().add(*turnover);
    }
    for some in keys(&days, account_day::Column::AccountId, account_day::Column::Day) {
        for known in account_day::Entity::find().filter(some).all(tx).await? {
            days.entry((known.account_id, known.day)).or_default().add(known.into());
        }
    }
    for some in keys(&months, account_month::Column::AccountId, account_month::Column::Month) {
        for known in account_month::Entity::find().filter(some).all(tx).await? {
            months.entry((known.account_id, known.month)).or_default().add(known.into());
        }
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

/// The turnovers of the new postings, by account and day.
fn posted(state: &State) -> Turnovers {
    let mut days = Turnovers::new();
    let takes_back: HashMap<_, _> = state.entries.iter().map(|entry| (entry.id, entry.reverses_id.is_some())).collect();
    let mut counted = HashSet::new();
    for posting in state.postings.iter().filter(|posting| posting.amount != 0) {
        let sides = [(posting.debit_account_id, (posting.amount, 0)), (posting.credit_account_id, (0, posting.amount))];
        for (account_id, (debits, credits)) in sides {
            if state.account(account_id).is_some_and(|account| is_kept(account.kind)) {
                // An entry may have several postings on one account but counts once.
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

/// The conditions for the rows of these accounts and days: one for each [`MOST_TERMS`] accounts.
fn keys(turnovers: &Turnovers, account_id: impl ColumnTrait, start: impl ColumnTrait) -> Vec<Condition> {
    let mut starts: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (account, day) in turnovers.keys() {
        starts.entry(*account).or_default().push(*day);
    }
    let of_accounts: Vec<_> =
        starts.into_iter().map(|(account, days)| account_id.eq(account).and(start.is_in(days))).collect();
    of_accounts.chunks(MOST_TERMS).map(|some| some.iter().cloned().fold(Condition::any(), Condition::add)).collect()
}

/// Returns the total turnover of each account up to the end of the given day, in input order.
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
    // Sums the months before the month of the day, then the days of that month up to the day. Each subquery reads one
    // range of a primary key; the databases do not always do that for a join.
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

/// The turnovers of each month from `from` to `to` on the accounts of these holders, of one kind and currency. Months
/// without a row are left out.
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

/// The other currencies in which these holders have entries on accounts of one kind, with the months of those entries.
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

/// What all accounts of a book of some kinds were credited with in one month and currency, less what they were debited with.
#[derive(Clone, Copy, Debug)]
pub struct Credited {
    /// The month.
    pub month: YearMonth,
    /// The currency.
    pub currency: Currency,
    /// The kind of the accounts.
    pub kind: AccountKind,
    /// The sum in minor units. A sum over many accounts may exceed 64 bits.
    pub amount: i128,
}

/// What the accounts of a book of these kinds were credited with in each month from `from` to `to`, less what they were
/// debited with, by kind and currency. Months without turnover are left out.
///
/// # Errors
/// When the database fails.
pub async fn credited(
    conn: &impl ConnectionTrait,
    book_id: Id<kind::Book>,
    kinds: impl IntoIterator<Item = AccountKind>,
    (from, to): (YearMonth, YearMonth),
) -> Result<Vec<Credited>> {
    use account_month::Column;
    let credited = Column::Credits.into_expr().sub(Column::Debits.into_expr());
    let mut query = account_month::Entity::find()
        .inner_join(account::Entity)
        .select_only()
        .column(Column::Month)
        .columns([account::Column::Currency, account::Column::Kind])
        .filter(account::Column::BookId.eq(book_id))
        .filter(account::Column::Kind.is_in(kinds))
        .filter(Column::Month.between(from.first_day(), to.first_day()))
        .group_by(Column::Month)
        .group_by(account::Column::Currency)
        .group_by(account::Column::Kind);
    for part in wide_sum::parts(credited) {
        query = query.expr(part);
    }
    let rows: Vec<(NaiveDate, Currency, AccountKind, i64, i64)> = query.into_tuple().all(conn).await?;
    let credited = |(month, currency, kind, parts, rest)| Credited {
        month: YearMonth::of(month),
        currency,
        kind,
        amount: wide_sum::whole([parts, rest]),
    };
    Ok(rows.into_iter().map(credited).collect())
}

/// For each account, the last day from `from` to `until` on which it has an entry. Accounts without one are left out.
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

    /// The turnover after an earlier date, given the total turnover up to that date.
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
