//! The picture of a month, as an SVG: what came in and went out, a ring of what was spent on what, and a bar for each budget.
//!
//! Pure: figures go in, a document comes out, the same one each time. Nothing here reads a database or knows of HTTP.
//!
//! | Part | Owns |
//! |---|---|
//! | `share` | which slices the ring has, and how wide they are; whole numbers only |
//! | `words` | every sentence, and what is left out of or escaped in what users typed |
//! | `fit` | how wide a text is, and where it is cut |
//! | `paper` | the document: shapes and texts, one below the other |
//! | `head`, `ring`, `bars` | the three parts of the picture, from top to bottom |
//!
//! The shapes and the widths of letters come from `charts-rs`, which carries a font to measure with: a server has none. Its
//! ready-made charts are not used: they write floats, and have no text alternative for each part. A figure that is shown is
//! always the text that [`Decimal`] makes of whole numbers; floats only say where things are. Shares are those of the report:
//! worked out anew they would differ from it in the last digit.
//!
//! Nothing depends on colour: each slice has a number, each bar a word, and neighbours differ in lightness. Who sees no
//! picture has all of it in its `<desc>`.

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
    money::{Currency, Decimal},
    month::YearMonth,
};

/// What a picture shows.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The month.
    pub month: YearMonth,
    /// The name of the book. It may hold anything that a user typed.
    pub book: String,
    /// The currency of all amounts.
    pub currency: Currency,
    /// The other currencies in which something happened in the month.
    pub others: Vec<Currency>,
    /// The sums of the month, in the order in which they are shown.
    pub summary: Vec<Figure>,
    /// The budgets, in the order in which they are shown.
    pub bars: Vec<Bar>,
    /// What was spent without a budget, in minor units.
    pub unbudgeted: i128,
    /// What was spent on what, in any order. What is not more than zero has no slice.
    pub ring: Vec<Spending>,
}

/// A sum and what it is.
#[derive(Clone, Debug)]
pub struct Figure {
    /// What it is.
    pub label: String,
    /// How much, in minor units.
    pub amount: i128,
}

/// What was spent on something.
#[derive(Clone, Debug)]
pub struct Spending {
    /// On what.
    pub label: String,
    /// How much, in minor units.
    pub amount: i64,
    /// How much that is of all spending, in hundredths of a per cent.
    pub share: i128,
}

/// A budget and what was spent of it.
#[derive(Clone, Debug)]
pub struct Bar {
    /// Its name.
    pub label: String,
    /// How much may be spent, in minor units. Not more than zero when overspending was carried over.
    pub limit: i64,
    /// How much was spent, in minor units. Not negative.
    pub spent: i64,
    /// How the two compare.
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
