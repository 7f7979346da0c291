//! A row of a sheet, and how large it may be.

/// The most columns of a row.
pub(super) const MOST_COLUMNS: usize = 256;

/// The most characters of a cell, as in Excel.
pub(super) const LONGEST_CELL: usize = 32_767;

/// A row of a sheet that is not empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its number in the sheet, from 1.
    pub number: u32,
    /// Its cells up to the last that is not empty: dates as `2026-11-03` or `2026-11-03 14:30:00`, numbers with a point as decimal sign and
    /// at most 15 digits.
    pub cells: Vec<String>,
}

/// The message about a row that is too large.
pub(super) fn wide(row: u32) -> String {
    format!("Row {row} has more than {MOST_COLUMNS} columns, or a cell with more than {LONGEST_CELL} characters.")
}
