//! Reads a row column by column.

use sea_orm::{DbErr, QueryResult, TryGetable};

/// A row whose columns are read one after the other. By their names it takes several times as long: each name is made, and
/// looked up, for each row.
#[derive(Debug)]
pub struct InOrder<'a> {
    row: &'a QueryResult,
    at: usize,
}

impl<'a> InOrder<'a> {
    /// Starts at the first column.
    #[must_use]
    pub fn new(row: &'a QueryResult) -> Self {
        Self { row, at: 0 }
    }

    /// Reads the next column.
    ///
    /// # Errors
    /// When there is no further column, or it holds another type.
    pub fn read<T: TryGetable>(&mut self) -> Result<T, DbErr> {
        let at = self.at;
        self.at += 1;
        self.row.try_get_by_index(at)
    }
}
