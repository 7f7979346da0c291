//! The monthly report: where the money went, and whether it was within the limits.
//!
//! It reads turnovers that are kept by month, never the transactions, so it costs the same however many there are. Its parts
//! sum to its totals: the categories of a kind to the total of the kind, and what was spent under the budgets and without
//! one to all that was spent.

use std::collections::{BTreeMap, HashMap};

use sea_orm::{ConnectionTrait, DbErr};

use super::{
    book, budget, category,
    journal::{self, Turnover},
    percent,
    rollover::{Available, Budgets},
};
use crate::{
    entity::{
        account::AccountKind,
        budget as budget_entity,
        category::{self as category_entity, CategoryKind},
    },
    error::{Code, Refusal, Result},
    id::{Id, kind},
    identity::Viewer,
    money::{Currency, Decimal},
    month::YearMonth,
};

/// The most months of one list of reports.
const MOST_MONTHS: i32 = 36;

/// A month in one currency. Amounts are in minor units.
#[derive(Clone, Debug)]
pub struct Report {
    /// The month.
    pub month: YearMonth,
    /// The currency.
    pub currency: Currency,
    /// What came in. One account is within 64 bits; all of them need not be.
    pub income: i128,
    /// What was spent.
    pub expense: i128,
    /// The categories in which something happened in the month or in the one before, income first, the largest first.
    pub categories: Vec<CategoryTotal>,
    /// The budgets of the month, by the names of their categories.
    pub budgets: Vec<BudgetUse>,
    /// What was spent in categories that have no budget.
    pub unbudgeted: i128,
    /// The other currencies in which something happened in the month.
    pub others: Vec<Currency>,
}

/// A category in a month.
#[derive(Clone, Debug)]
pub struct CategoryTotal {
    /// The category.
    pub category: category_entity::Model,
    /// What went into it.
    pub total: i64,
    /// How much that is of all of its kind, in hundredths of a per cent. The shares of a kind sum to 100 per cent.
    pub share: i128,
    /// How many transactions have a line in it.
    pub transactions: i64,
    /// What went into it in the month before.
    pub before: i64,
}

/// How the spending of a month compares to the budget's limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, async_graphql::Enum)]
pub enum BudgetState {
    /// Less than the limit was spent.
    Under,
    /// Exactly the limit was spent.
    Reached,
    /// More than the limit was spent.
    Over,
}

/// A budget in a month.
#[derive(Clone, Debug)]
pub struct BudgetUse {
    /// The budget that is in force.
    pub budget: budget_entity::Model,
    /// Its category.
    pub category: category_entity::Model,
    /// What was carried over from the month before.
    pub carried: i64,
    /// The limit with what was carried over.
    pub limit: i64,
    /// What was spent.
    pub spent: i64,
    /// How it stands.
    pub state: BudgetState,
}

impl BudgetUse {
    /// How much of the limit was spent, in per cent with two decimals; none when there is nothing to spend.
    #[must_use]
    pub fn used(&self) -> Option<Decimal> {
        percent::used(self.spent, self.limit)
    }
}

/// The reports of some months that follow each other, in one currency; in the book's, when none is given.
///
/// # Errors
/// `INVALID` at `to` when it is before `from`, or too far after it.
pub async fn months(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    (from, to): (YearMonth, YearMonth),
    currency: Option<Currency>,
) -> Result<Vec<Report>> {
    if to < from {
        return Err(Refusal::new(Code::Invalid, "to", "`to` must not be before `from`.").into());
    }
    if to.since(from) >= MOST_MONTHS {
        return Err(
            Refusal::new(Code::Invalid, "to", format!("The period can have at most {MOST_MONTHS} months.")).into()
        );
    }
    let currency = match currency {
        Some(currency) => currency,
        None => book::find(conn, viewer).await?.currency,
    };
    let categories = category::all(conn, viewer).await?;
    let mut budgets = Budgets::of(budget::list(conn, viewer, None).await?);
    budgets.retain(|(_, of), _| *of == currency);
    let mut figures = Figures { currency, categories: &categories, moved: HashMap::new(), others: BTreeMap::new() };
    for kind in [CategoryKind::Income, CategoryKind::Expense] {
        let of_kind = || categories.iter().filter(|category| category.kind == kind).map(|category| category.id.cast());
        let accounts = (category::account_kind(kind), currency);
        figures.add(journal::months(conn, accounts, of_kind(), (from.before(), to)).await?);
        for (month, other) in journal::months_in_others(conn, accounts, of_kind(), (from, to)).await? {
            figures.others.entry(month).or_default().insert(other.code(), other);
        }
    }
    // What was carried over is known from the months before, of the categories of which something was.
    let carrying = || budgets.iter().filter_map(|((category, _), budgets)| Some((category, budgets.since()?)));
    if let Some(since) = carrying().map(|(_, since)| since).min().filter(|since| *since < from.before()) {
        let holders = carrying().map(|(category, _)| category.cast());
        let accounts = (AccountKind::Expense, currency);
        figures.add(journal::months(conn, accounts, holders, (since, from.before())).await?);
    }
    let of_category = |category: &category_entity::Model| {
        let budgets = budgets.get(&(category.id, currency))?;
        Some((category.id, budgets.available(from, to, |month| figures.amount(category, month))))
    };
    let available: HashMap<_, _> = categories.iter().filter_map(of_category).collect();
    let mut reports = Vec::new();
    let mut month = from;
    while month <= to {
        reports.push(figures.report(month, &available));
        month = month.later(1);
    }
    Ok(reports)
}

/// The report of one month.
///
/// # Errors
/// When the database fails.
pub async fn month(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    month: YearMonth,
    currency: Option<Currency>,
) -> Result<Report> {
    let report = months(conn, viewer, (month, month), currency).await?.pop();
    Ok(report.ok_or_else(|| DbErr::Custom("a month has no report".to_owned()))?)
}

/// All that reports are made of.
struct Figures<'a> {
    currency: Currency,
    categories: &'a [category_entity::Model],
    moved: HashMap<(Id<kind::Category>, YearMonth), Turnover>,
    /// The other currencies of each month, by their codes.
    others: BTreeMap<YearMonth, BTreeMap<&'static str, Currency>>,
}

impl Figures<'_> {
    fn add(&mut self, moved: Vec<(Id<kind::Holder>, YearMonth, Turnover)>) {
        self.moved.extend(moved.into_iter().map(|(holder, month, moved)| ((holder.cast(), month), moved)));
    }

    fn turnover(&self, category: &category_entity::Model, month: YearMonth) -> Turnover {
        self.moved.get(&(category.id, month)).copied().unwrap_or_default()
    }

    /// What went into a category in a month.
    fn amount(&self, category: &category_entity::Model, month: YearMonth) -> i64 {
        category::amount(category.kind, self.turnover(category, month))
    }

    fn report(
        &self,
        month: YearMonth,
        available: &HashMap<Id<kind::Category>, BTreeMap<YearMonth, Available<'_>>>,
    ) -> Report {
        let of_kind = |kind| self.categories.iter().filter(move |category| category.kind == kind);
        let total = |kind| of_kind(kind).map(|category| i128::from(self.amount(category, month))).sum::<i128>();
        let (income, expense) = (total(CategoryKind::Income), total(CategoryKind::Expense));
        let mut budgets = Vec::new();
        for category in self.categories {
            let in_force = available.get(&category.id).and_then(|months| months.get(&month));
            budgets.extend(in_force.map(|available| self.budget_use(category, month, *available)));
        }
        let budgeted: i128 = budgets.iter().map(|budget: &BudgetUse| i128::from(budget.spent)).sum();
        let mut categories = self.category_totals(CategoryKind::Income, month);
        categories.extend(self.category_totals(CategoryKind::Expense, month));
        Report {
            month,
            currency: self.currency,
            income,
            expense,
            categories,
            budgets,
            unbudgeted: expense - budgeted,
            others: self.others.get(&month).map(|others| others.values().copied().collect()).unwrap_or_default(),
        }
    }

    fn category_totals(&self, kind: CategoryKind, month: YearMonth) -> Vec<CategoryTotal> {
        let rows = self.categories.iter().filter(|category| category.kind == kind).filter_map(|category| {
            let (turnover, before) = (self.turnover(category, month), self.turnover(category, month.before()));
            (turnover.entries > 0 || before.entries > 0).then(|| {
                let total = self.amount(category, month);
                (category, total, turnover.entries, self.amount(category, month.before()))
            })
        });
        let mut rows: Vec<_> = rows.collect();
        // Those of the same size stay in the order of their names.
        rows.sort_by_key(|(_, total, ..)| std::cmp::Reverse(*total));
        let shares = percent::shares(&rows.iter().map(|(_, total, ..)| *total).collect::<Vec<_>>());
        let row = |((category, total, transactions, before), share): ((&category_entity::Model, _, _, _), _)| {
            CategoryTotal { category: category.clone(), total, share, transactions, before }
        };
        rows.into_iter().zip(shares).map(row).collect()
    }

    fn budget_use(&self, category: &category_entity::Model, month: YearMonth, available: Available<'_>) -> BudgetUse {
        let (limit, spent) = (available.limit(), self.amount(category, month));
        let state = match spent.cmp(&limit) {
            std::cmp::Ordering::Less => BudgetState::Under,
            std::cmp::Ordering::Equal => BudgetState::Reached,
            std::cmp::Ordering::Greater => BudgetState::Over,
        };
        let (budget, category) = (available.budget.clone(), category.clone());
        BudgetUse { budget, category, carried: available.carried, limit, spent, state }
    }
}
