//! The monthly report as an SVG picture: totals, a ring chart of spending by category, and a bar for each budget.
//!
//! Pure code: figures go in, a document comes out, and equal figures give an equal document. Nothing here reads a database or
//! knows about HTTP.
//!
//! | module | owns |
//! |---|---|
//! | `figures` | what the picture shows |
//! | `share` | the slices of the ring and their angles, in whole numbers |
//! | `words` | all sentences, and cleaning and escaping of texts that users typed |
//! | `fit` | the estimated width of texts, and shortening them |
//! | `paper` | the SVG document, to which shapes and texts are added from top to bottom |
//! | `head`, `ring`, `bars` | the three parts of the picture, from top to bottom |
//!
//! The shapes and the widths of letters come from `charts-rs`, which contains a font for measuring; a server has none
//! installed. The crate's ready-made charts are not used: they print amounts as floats and give the parts of a chart no text
//! alternative. Every amount shown is formatted by [`crate::money::Decimal`] from whole numbers; floats are only coordinates. Percentages are
//! taken from the report, since recomputing them could give another last digit.
//!
//! No information depends on colour: each slice has a number, each bar has a word, and neighbouring slices differ in lightness.
//! The `<desc>` element contains everything as text, for screen readers.

mod bars;
mod figures;
mod fit;
mod head;
mod paper;
mod ring;
mod share;
#[cfg(test)]
mod tests;
mod words;

pub use self::figures::{Bar, Figure, Picture, Spending};
use self::paper::Paper;

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
