//! Finds out what the categories of a file of transactions are for, before any of them is created. Pure apart from reading the
//! file.
//!
//! One line cannot tell: a refund is above zero, as income is. So all lines of the file are counted. Lines that say their kind
//! decide. Otherwise a category is for expenses if at least half of its lines are below zero. Lines are counted and amounts are
//! not added up, since one large refund must not outweigh several purchases.

use std::{
    collections::HashMap,
    io::{Read, Seek},
};

use super::{
    options::Format,
    reader::{Reader, Record},
    run::cannot_rewind,
    transaction_line::{COLUMNS, kind_of},
    value,
};
use crate::{bookkeeping::spending::category_reference, entity::category::CategoryKind, error::Result};

/// The most categories of a file that are counted. A book may have fewer.
const MOST: usize = 10_000;

/// What the lines of a file say about its categories, by their names in the form in which names are compared.
#[derive(Debug, Default)]
pub(super) struct CategoryKinds(HashMap<String, Lines>);

/// What the lines of one category say.
#[derive(Clone, Copy, Debug, Default)]
struct Lines {
    /// The kind of the first line that says one.
    kind: Option<CategoryKind>,
    below_zero: u64,
    above_zero: u64,
}

impl CategoryKinds {
    /// Reads the whole file, and rewinds it.
    ///
    /// # Errors
    /// As for [`Reader::open`]; `INVALID` at `csv` for a file that cannot be read again.
    pub(super) fn of(mut file: impl Read + Seek, format: &Format) -> Result<Self> {
        let mut kinds = Self::default();
        let mut reader = Reader::open(&mut file, format.delimiter, &COLUMNS, &format.names)?.of_bank(format.is_plain);
        while let Some(record) = reader.next() {
            // What is wrong with a line is reported when it is imported.
            if let Ok(record) = record {
                kinds.count(&record, format);
            }
        }
        file.rewind().map_err(|error| cannot_rewind(&error))?;
        Ok(kinds)
    }

    /// What a category is for; `None` when no line that can be read is in it.
    pub(super) fn of_category(&self, key: &str) -> Option<CategoryKind> {
        let Lines { kind, below_zero, above_zero } = *self.0.get(key)?;
        let by_sign = if below_zero >= above_zero { CategoryKind::Expense } else { CategoryKind::Income };
        kind.or((below_zero + above_zero > 0).then_some(by_sign))
    }

    fn count(&mut self, record: &Record, format: &Format) {
        let name = record.text("category");
        let Ok(amount) = value::amount(record.text("amount"), format.decimal_comma) else { return };
        if name.is_empty() {
            return;
        }
        let key = category_reference::key(name);
        if self.0.len() >= MOST && !self.0.contains_key(&key) {
            return;
        }
        let lines = self.0.entry(key).or_default();
        lines.kind = lines.kind.or(kind_of(record).ok().flatten());
        if amount.is_below_zero() {
            lines.below_zero += 1;
        } else {
            lines.above_zero += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::{CategoryKind, CategoryKinds, Format};
    use crate::bookkeeping::import::{FileOptions, Mode, TransactionColumns};

    fn kind(lines: &[&str], key: &str) -> Option<CategoryKind> {
        let file = format!("date,amount,category,description,kind\n{}\n", lines.join("\n"));
        let options = FileOptions {
            dry_run: false,
            mode: Mode::AllOrNothing,
            delimiter: ",".to_owned(),
            decimal_comma: false,
            date_format: None,
            default_currency: None,
            file_name: None,
            most_lines: None,
        };
        let format = Format::check(&options, None::<&TransactionColumns>).unwrap();
        let mut file = Cursor::new(file.into_bytes());
        let kinds = CategoryKinds::of(&mut file, &format).unwrap();
        assert_eq!(file.position(), 0);
        kinds.of_category(key)
    }

    #[test]
    fn all_lines_of_a_category_tell_what_it_is_for() {
        let (bought, returned) = ("2026-11-07,-15,Food,,", "2026-11-08,80,FOOD,,");
        let (expense, income) = (Some(CategoryKind::Expense), Some(CategoryKind::Income));
        assert_eq!(kind(&[bought, bought, returned], "food"), expense);
        assert_eq!(kind(&[returned, bought], "food"), expense);
        assert_eq!(kind(&[returned, bought, returned], "food"), income);
        assert_eq!(kind(&[returned], "food"), income);
        assert_eq!(kind(&[bought], "data"), None);
    }

    #[test]
    fn a_line_that_says_its_kind_decides() {
        let said = "2026-11-08,80,Food,,expense";
        let above = "2026-11-08,80,Food,,";
        assert_eq!(kind(&[above, above, said], "food"), Some(CategoryKind::Expense));
        assert_eq!(kind(&[above, "2026-11-08,80,Food,,SPENT"], "food"), Some(CategoryKind::Income));
        assert_eq!(kind(&["2026-11-08,much,Food,,EXPENSE", "2026-11-08"], "food"), None);
    }
}
