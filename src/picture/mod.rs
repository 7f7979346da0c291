//! The picture of a month, as an SVG: what came in and went out, a ring of what was spent on what, and a bar for each budget.
//!
//! Pure: figures go in, a document comes out, the same one each time. Nothing here reads a database or knows of HTTP.
//!
//! | Part | Owns |
//! |---|---|
//! | `share` | which slices the ring has, and their percent; whole numbers only |
//! | `words` | every sentence, and what is left out of or escaped in what users typed |
//! | `fit` | how wide a text is, and where it is cut |
//! | `paper` | the document: shapes and texts, one below the other |
//! | `head`, `ring`, `bars` | the three parts of the picture, from top to bottom |
//!
//! The shapes and the widths of letters come from `charts-rs`, which carries a font to measure with: a server has none. Its
//! ready-made charts are not used: they write floats, and have no text alternative for each part. A figure that is shown is
//! always the text that [`Decimal`] makes of the minor units; floats only say where things are.
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

use std::fmt;

use self::paper::Paper;
use crate::{
    bookkeeping::report::BudgetState,
    money::{Currency, Decimal},
};

/// What a picture shows.
#[derive(Clone, Debug)]
pub struct Picture {
    /// What stands over it. It may hold anything that a user typed.
    pub title: String,
    /// The currency of all amounts.
    pub currency: Currency,
    /// The sums of the month, in the order in which they are shown.
    pub summary: Vec<Figure>,
    /// The budgets, in the order in which they are shown.
    pub bars: Vec<Bar>,
    /// What was spent on what, in any order. What is not more than zero has no slice.
    pub ring: Vec<Figure>,
}

/// An amount and what it is.
#[derive(Clone, Debug)]
pub struct Figure {
    /// What it is; a category or a sum.
    pub label: String,
    /// How much, in minor units.
    pub amount: i64,
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

/// The slices of the ring come to more than 64 bits of minor units together, so their sum cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMuch;

impl fmt::Display for TooMuch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the spending comes to more than can be counted")
    }
}

impl std::error::Error for TooMuch {}

impl Picture {
    fn written(&self, minor: i64) -> String {
        Decimal::from_minor(minor, self.currency).to_string()
    }
}

/// Draws the picture as an SVG document.
///
/// # Errors
/// [`TooMuch`] when the slices cannot be added up.
pub fn draw(picture: &Picture) -> Result<String, TooMuch> {
    let ring = share::cut(&picture.ring)?;
    let mut paper = Paper::new();
    head::draw(&mut paper, picture);
    ring::draw(&mut paper, picture, &ring);
    bars::draw(&mut paper, picture);
    Ok(paper.finish(&words::title(picture), &words::description(picture, &ring)))
}
