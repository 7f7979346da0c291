//! The monthly report as an SVG picture: totals, a ring chart of spending by category, and a bar for each budget.
//!
//! Pure code: figures go in, a document comes out, and equal figures give an equal document. Nothing here reads a database or
//! knows about HTTP.
//!
//! | module | owns |
//! |---|---|
//! | `share` | the slices of the ring and their angles, in whole numbers |
//! | `words` | all sentences, and cleaning and escaping of texts that users typed |
//! | `fit` | the estimated width of texts, and shortening them |
//! | `paper` | the SVG document, to which shapes and texts are added from top to bottom |
//! | `head`, `ring`, `bars` | the three parts of the picture, from top to bottom |
//!
//! The shapes and the widths of letters come from `charts-rs`, which contains a font for measuring; a server has none
//! installed. The crate's ready-made charts are not used: they print amounts as floats and give the parts of a chart no text
//! alternative. Every amount shown is formatted by [`Decimal`] from whole numbers; floats are only coordinates. Percentages are
//! taken from the report, since recomputing them could give another last digit.
//!
//! No information depends on colour: each slice has a number, each bar has a word, and neighbouring slices differ in lightness.
//! The `<desc>` element contains everything as text, for screen readers.

mod bars;
mod fit;
mod head;
mod paper;
mod ring;
mod share;
#[cfg(test)]
mod tests;
mod words;

use self::paper::Paper;
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
    /// Spending in categories without a budget, in minor units.
    pub unbudgeted: i128,
    /// Spending by category, in any order. Amounts of zero or less get no slice.
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
    /// The amount in minor units.
    pub amount: i64,
    /// The share of all spending, in hundredths of a percent.
    pub share: i128,
}

/// A budget and the spending against it.
#[derive(Clone, Debug)]
pub struct Bar {
    /// The name of the category.
    pub label: String,
    /// The limit in minor units. Zero or negative when overspending was carried over from earlier months.
    pub limit: i64,
    /// The spending in minor units. Never negative.
    pub spent: i64,
    /// Whether the spending is under, at or over the limit.
    pub status: BudgetState,
}

impl Picture {
    fn written(&self, minor: impl Into<i128>) -> String {
        Decimal::from_minor(minor, self.currency).to_string()
    }
}

/// Draws the picture as an SVG document.
#[must_use]
pub fn draw(picture: &Picture) -> String {
    let ring = share::cut(&picture.ring);
    let mut paper = Paper::new();
    head::draw(&mut paper, picture);
    ring::draw(&mut paper, picture, &ring);
    bars::draw(&mut paper, picture);
    paper.finish(&words::title(picture), &words::description(picture, &ring))
}
