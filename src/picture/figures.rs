//! The figures that a picture shows.

use crate::{
    bookkeeping::spending::report::BudgetState,
    calendar::month::YearMonth,
    money::{Currency, Decimal},
};

/// The figures that a picture shows.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The month.
    pub month: YearMonth,
    /// The name of the book. A user typed it, so it may contain any characters.
    pub book: String,
    /// The currency of all amounts.
    pub currency: Currency,
    /// The other currencies with transactions in the month. Their amounts are not shown.
    pub others: Vec<Currency>,
    /// The totals of the month, in display order.
    pub summary: Vec<Figure>,
    /// The budgets, in display order.
    pub bars: Vec<Bar>,
    /// Spending in categories without a budget, in minor units. Negative when more was refunded there than spent.
    pub unbudgeted: i128,
    /// Spending by category, in any order. Amounts of zero or less get no slice; those below zero are named beside the ring.
    pub ring: Vec<Spending>,
}

/// A total with its label.
#[derive(Clone, Debug)]
pub struct Figure {
    /// The label.
    pub label: String,
    /// The amount in minor units.
    pub amount: i128,
}

/// The spending in one category.
#[derive(Clone, Debug)]
pub struct Spending {
    /// The name of the category.
    pub label: String,
    /// The amount in minor units; negative when more was refunded than spent.
    pub amount: i64,
    /// The share of all amounts above zero, in hundredths of a percent.
    pub share: i128,
}

/// A budget and the spending against it.
#[derive(Clone, Debug)]
pub struct Bar {
    /// The name of the category.
    pub label: String,
    /// The limit in minor units. Zero or negative when overspending was carried over from earlier months.
    pub limit: i64,
    /// The spending in minor units. Negative when more was refunded than spent; the bar is then empty.
    pub spent: i64,
    /// Whether the spending is under, at or over the limit.
    pub status: BudgetState,
}

impl Picture {
    pub(super) fn written(&self, minor: impl Into<i128>) -> String {
        Decimal::from_minor(minor, self.currency).to_string()
    }
}
