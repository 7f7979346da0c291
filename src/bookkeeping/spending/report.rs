//! The monthly report: income and expenses by category, and the use of budgets.
//!
//! Reads the stored turnovers per month, never the transactions, so its cost does not grow with their number. What the shop
//! sold and received stands beside income and expenses and is not part of them. The other parts add up to the totals: the categories of a kind to the total of that kind, and the amounts spent with and without a
//! budget to all expenses.

use std::collections::{BTreeMap, HashMap};

use sea_orm::{ConnectionTrait, DbErr};

use super::{
    budget_list, category, percent,
    rollover::{Available, Budgets},
};
use crate::{
    bookkeeping::{
        book,
        invoicing::sales::{Figures as Sales, months as sales},
        journal::{self, Turnover},
    },
    calendar::month::YearMonth,
    entity::{account::AccountKind, budget as budget_entity, category as category_entity, category::CategoryKind},
    error::Result,
    id::{Id, kind},
    money::{Currency, Decimal},
    viewer::Viewer,
};

/// The report of one month in one currency. Amounts are in minor units.
#[derive(Clone, Debug)]
pub struct Report {
    /// The month.
    pub month: YearMonth,
    /// The currency.
    pub currency: Currency,
    /// All income. A sum over many accounts may exceed 64 bits, although each account stays within them.
    pub income: i128,
    /// All expenses.
    pub expense: i128,
    /// The categories with a transaction in this month or the month before: income first, then the largest amount
    /// first.
    pub categories: Vec<CategoryTotal>,
    /// The budgets that apply in the month, ordered by the names of their categories.
    pub budgets: Vec<BudgetUse>,
    /// The expenses in categories without a budget. Negative when more was refunded there than spent.
    pub unbudgeted: i128,
    /// What the shop sold and received from customers. Invoices are not counted.
    pub sales: Sales,
    /// The other currencies in which there are transactions or sales in the month.
    pub others: Vec<Currency>,
}

/// The figures of one category in one month.
#[derive(Clone, Debug)]
pub struct CategoryTotal {
    /// The category.
    pub category: category_entity::Model,
    /// The amount in the month; negative when more was refunded than spent.
    pub total: i64,
    /// The refunds that `total` is lowered by: the sum of the lines below zero, without its sign.
    pub refunded: i64,
    /// The share of the category in the sum of the categories of its kind that are above zero, in hundredths of a per cent.
    /// The shares of a kind add up to 100 per cent.
    pub share: i128,
    /// The number of transactions with a line in the category.
    pub transactions: i64,
    /// The amount in the month before.
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

/// The use of one budget in one month. Amounts are in minor units.
#[derive(Clone, Debug)]
pub struct BudgetUse {
    /// The budget that applies in the month.
    pub budget: budget_entity::Model,
    /// Its category.
    pub category: category_entity::Model,
    /// The amount carried over from the month before; negative when too much was spent.
    pub carried: i64,
    /// The limit including the amount carried over.
    pub limit: i64,
    /// The amount spent in the month; negative when more was refunded than spent.
    pub spent: i64,
    /// Whether the limit was kept, reached or exceeded.
    pub state: BudgetState,
}

impl BudgetUse {
    /// The part of the limit that was spent, in per cent with two decimals; `None` when the limit is not above zero.
    #[must_use]
    pub fn used(&self) -> Option<Decimal> {
        percent::used(self.spent, self.limit)
    }
}

/// The reports of consecutive months in one currency, or in the book's when `currency` is `None`.
///
/// # Errors
/// `INVALID` at `to` when it is before `from` or too many months after it.
pub async fn months(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    (from, to): (YearMonth, YearMonth),
    currency: Option<Currency>,
) -> Result<Vec<Report>> {
    YearMonth::check_range(from, to)?;
    let currency = match currency {
        Some(currency) => currency,
        None => book::find(conn, viewer).await?.currency,
    };
    let categories = category::all(conn, viewer).await?;
    let mut budgets = Budgets::of(budget_list::all(conn, viewer).await?);
    budgets.retain(|(_, of), _| *of == currency);
    let sales = sales::turned_over(conn, viewer, (from, to)).await?;
    let mut figures =
        Figures { currency, categories: &categories, moved: HashMap::new(), others: BTreeMap::new(), sales: &sales };
    for month in from.until(to) {
        let others = sales.currencies(month).filter(|other| *other != currency).map(|other| (other.code(), other));
        figures.others.entry(month).or_default().extend(others);
    }
    for kind in [CategoryKind::Income, CategoryKind::Expense] {
        let of_kind = || categories.iter().filter(|category| category.kind == kind).map(|category| category.id.cast());
        let accounts = (category::account_kind(kind), currency);
        figures.add(journal::months(conn, accounts, of_kind(), (from.before(), to)).await?);
        for (month, other) in journal::months_in_others(conn, accounts, of_kind(), (from, to)).await? {
            figures.others.entry(month).or_default().insert(other.code(), other);
        }
    }
    // The amounts carried over depend on earlier months. Reads those of the categories whose budgets carry something
    // over.
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
    Ok(from.until(to).map(|month| figures.report(month, &available)).collect())
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

/// The data from which the reports are computed.
struct Figures<'a> {
    currency: Currency,
    categories: &'a [category_entity::Model],
    moved: HashMap<(Id<kind::Category>, YearMonth), Turnover>,
    /// The other currencies in which there are transactions or sales in each month, by their codes.
    others: BTreeMap<YearMonth, BTreeMap<&'static str, Currency>>,
    sales: &'a sales::Months,
}

impl Figures<'_> {
    fn add(&mut self, moved: Vec<(Id<kind::Holder>, YearMonth, Turnover)>) {
        self.moved.extend(moved.into_iter().map(|(holder, month, moved)| ((holder.cast(), month), moved)));
    }

    fn turnover(&self, category: &category_entity::Model, month: YearMonth) -> Turnover {
        self.moved.get(&(category.id, month)).copied().unwrap_or_default()
    }

    /// The amount of a category in a month.
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
            sales: self.sales.of(month, self.currency),
            others: self.others.get(&month).map(|others| others.values().copied().collect()).unwrap_or_default(),
        }
    }

    fn category_totals(&self, kind: CategoryKind, month: YearMonth) -> Vec<CategoryTotal> {
        let rows = self.categories.iter().filter(|category| category.kind == kind).filter_map(|category| {
            let (turnover, before) = (self.turnover(category, month), self.turnover(category, month.before()));
            (turnover.entries > 0 || before.entries > 0).then(|| {
                let total = self.amount(category, month);
                (category, total, turnover, self.amount(category, month.before()))
            })
        });
        let mut rows: Vec<_> = rows.collect();
        // The sort is stable, so categories with equal totals stay ordered by name.
        rows.sort_by_key(|(_, total, ..)| std::cmp::Reverse(*total));
        let shares = percent::shares(&rows.iter().map(|(_, total, ..)| *total).collect::<Vec<_>>());
        let row = |((category, total, turnover, before), share): ((&category_entity::Model, _, Turnover, _), _)| {
            let refunded = category::refunded(kind, turnover);
            CategoryTotal { category: category.clone(), total, refunded, share, transactions: turnover.entries, before }
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
