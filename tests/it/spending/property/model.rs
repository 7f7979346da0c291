//! What a household's months come to, worked out from the list of its transactions.

use chrono::{Datelike, Days, Months, NaiveDate};

/// How many months the household lives through.
pub const MONTHS: u32 = 24;
/// The categories: the first brings money, the others take it.
pub const CATEGORIES: [&str; 4] = ["Salary", "Food", "Data", "Transport"];

/// Days since the first.
pub type Day = u64;

fn first() -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 1, 1).unwrap()
}

pub fn date(day: Day) -> NaiveDate {
    first() + Days::new(day)
}

pub fn month_text(month: u32) -> String {
    (first() + Months::new(month)).format("%Y-%m").to_string()
}

fn month_of(day: Day) -> u32 {
    let date = date(day);
    u32::try_from(date.year() - 2025).unwrap() * 12 + date.month0()
}

/// Where money is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purse {
    Cash,
    Wallet,
    Savings,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is an income or an expense.
    Counts,
    /// It is half of a transfer, which is no income or expense.
    Half,
    Deleted,
}

#[derive(Clone, Debug)]
pub struct Transaction {
    /// Category and amount; below zero for a refund.
    pub lines: Vec<(usize, i64)>,
    pub day: Day,
    pub dollars: bool,
    pub purse: Purse,
    pub state: State,
    /// Whether it is not as it was written first.
    pub changed: bool,
}

impl Transaction {
    pub fn new(lines: Vec<(usize, i64)>, day: Day, dollars: bool, purse: Purse) -> Self {
        Self { lines, day, dollars, purse, state: State::Counts, changed: false }
    }

    /// Whether it counts as income or expense, and can be changed.
    pub fn counts(&self) -> bool {
        self.state == State::Counts
    }

    pub fn amount(&self) -> i64 {
        self.lines.iter().map(|(_, amount)| amount).sum()
    }

    /// What it brings into a wallet.
    pub fn brings(&self, purse: Purse) -> i64 {
        let brought = if self.lines[0].0 == 0 { self.amount() } else { -self.amount() };
        if self.purse == purse { brought } else { 0 }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rollover {
    None,
    Surplus,
    Full,
}

#[derive(Clone, Debug)]
pub struct Budget {
    pub category: usize,
    pub dollars: bool,
    /// None is every month.
    pub month: Option<u32>,
    pub limit: i64,
    pub rollover: Rollover,
    /// For every month: from when on it carries.
    pub from: u32,
}

impl Budget {
    /// Whether the two are for the same category, currency and month.
    pub fn is_in_place_of(&self, other: &Self) -> bool {
        (self.category, self.dollars, self.month) == (other.category, other.dollars, other.month)
    }
}

#[derive(Debug, Default)]
pub struct Model {
    pub transactions: Vec<Transaction>,
    pub budgets: Vec<Budget>,
}

impl Model {
    pub fn wallet(&self, purse: Purse) -> i64 {
        let stand = self.transactions.iter().filter(|transaction| transaction.state != State::Deleted);
        stand.map(|transaction| transaction.brings(purse)).sum()
    }

    pub fn in_month(&self, month: u32, dollars: bool) -> impl Iterator<Item = &Transaction> {
        self.transactions.iter().filter(move |transaction| {
            transaction.counts() && transaction.dollars == dollars && month_of(transaction.day) == month
        })
    }

    pub fn total(&self, category: usize, month: u32, dollars: bool) -> i64 {
        let lines = self.in_month(month, dollars).flat_map(|transaction| &transaction.lines);
        lines.filter(|(of, _)| *of == category).map(|(_, amount)| amount).sum()
    }

    /// What came back of a category, as an amount above zero.
    pub fn refunded(&self, category: usize, month: u32, dollars: bool) -> i64 {
        let lines = self.in_month(month, dollars).flat_map(|transaction| &transaction.lines);
        lines.filter(|(of, amount)| *of == category && *amount < 0).map(|(_, amount)| -amount).sum()
    }

    /// The rollover of a budget that is set without one.
    pub fn rollover(&self, budget: &Budget) -> Rollover {
        if let Some(same) = self.budgets.iter().find(|other| other.is_in_place_of(budget)) {
            return same.rollover;
        }
        let standing = budget.month.and_then(|month| {
            self.of_every_month(budget.category, budget.dollars).filter(|standing| standing.from <= month)
        });
        standing.map_or(Rollover::None, |standing| standing.rollover)
    }

    pub fn count(&self, category: usize, month: u32, dollars: bool) -> usize {
        let has_it = |transaction: &&Transaction| transaction.lines.iter().any(|(of, _)| *of == category);
        self.in_month(month, dollars).filter(has_it).count()
    }

    fn own(&self, category: usize, month: u32, dollars: bool) -> Option<&Budget> {
        self.budgets
            .iter()
            .find(|budget| budget.category == category && budget.dollars == dollars && budget.month == Some(month))
    }

    fn of_every_month(&self, category: usize, dollars: bool) -> Option<&Budget> {
        self.budgets
            .iter()
            .find(|budget| budget.category == category && budget.dollars == dollars && budget.month.is_none())
    }

    /// The limit of a month without and with what came over from the month before.
    pub fn limit(&self, category: usize, month: u32, dollars: bool) -> Option<(i64, i64)> {
        let own = self.own(category, month, dollars);
        let budget = own.or_else(|| self.of_every_month(category, dollars))?;
        Some((budget.limit, budget.limit + self.carried(category, month, dollars)))
    }

    fn carried(&self, category: usize, month: u32, dollars: bool) -> i64 {
        let Some(before) = month.checked_sub(1) else { return 0 };
        let of_every_month = || self.of_every_month(category, dollars).filter(|budget| budget.from <= before);
        let Some(budget) = self.own(category, before, dollars).or_else(of_every_month) else { return 0 };
        let spent = self.total(category, before, dollars);
        let left = budget.limit + self.carried(category, before, dollars) - spent;
        match budget.rollover {
            Rollover::None => 0,
            Rollover::Surplus => left.max(0),
            Rollover::Full => left,
        }
    }
}
