//! Patterns of the numbers of invoices, receipts and notes. Pure.
//!
//! A pattern is text with a count in it, `{0000}`, padded with zeros to as many digits, and perhaps the year or the month of
//! the document.

use chrono::{Datelike, NaiveDate};

use crate::{
    error::{Code, Refusal},
    text,
};

/// The most characters of a number or a pattern.
pub(super) const LONGEST: usize = 40;
/// The most digits that a pattern can pad the count to.
pub(super) const MOST_DIGITS: usize = 9;

/// A parsed pattern: the text before the count, the number of its digits, and the text after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    before: String,
    digits: usize,
    after: String,
}

impl Pattern {
    /// Parses a pattern.
    ///
    /// # Errors
    /// `INVALID`, with an empty path.
    pub(super) fn parse(pattern: &str) -> Result<Self, Refusal> {
        let refused = |message: &str| Refusal::new(Code::Invalid, "", message);
        let pattern = text::line(pattern, LONGEST, "")?;
        let mut parsed: Option<Self> = None;
        let mut before = String::new();
        let mut rest = pattern.as_str();
        while let Some((text, more)) = rest.split_once('{') {
            let (name, more) = more.split_once('}').ok_or_else(|| refused("The pattern has a `{` without a `}`."))?;
            before += text;
            match name {
                "YYYY" | "YY" | "MM" | "FY" => before.extend(["{", name, "}"]),
                _ if !name.is_empty() && name.len() <= MOST_DIGITS && name.bytes().all(|byte| byte == b'0') => {
                    if parsed.is_some() {
                        return Err(refused("The pattern must have only one counter, such as {0000}."));
                    }
                    parsed =
                        Some(Self { before: std::mem::take(&mut before), digits: name.len(), after: String::new() });
                }
                _ => return Err(refused("Braces may contain only YYYY, YY, MM, FY, or 1 to 9 zeros such as {0000}.")),
            }
            rest = more;
        }
        let mut parsed = parsed.ok_or_else(|| refused("The pattern must have a counter, such as {0000}."))?;
        parsed.after = before + rest;
        Ok(parsed)
    }

    /// How a series of numbers is stored: the pattern without the number of digits of its count, which may change.
    pub(super) fn series(&self) -> String {
        format!("{}{{}}{}", self.before, self.after)
    }

    /// Parses the name of a series: the kind of document and the pattern. The series does not store the number of digits,
    /// so the pattern has 1.
    pub(super) fn of_series(series: &str) -> Option<Self> {
        let (before, after) = series.split_once("{}")?;
        Some(Self { before: before.to_owned(), digits: 1, after: after.to_owned() })
    }

    /// Replaces the placeholders for year and month with those of a document's date.
    pub(super) fn on(&self, date: NaiveDate) -> Self {
        // India's financial year, from April to March: 2627 is from April 2026 to March 2027.
        let starts = if date.month() < 4 { date.year() - 1 } else { date.year() };
        let put_in = |text: &str| {
            text.replace("{YYYY}", &format!("{:04}", date.year()))
                .replace("{YY}", &format!("{:02}", date.year() % 100))
                .replace("{MM}", &format!("{:02}", date.month()))
                .replace("{FY}", &format!("{:02}{:02}", starts % 100, (starts + 1) % 100))
        };
        Self { before: put_in(&self.before), digits: self.digits, after: put_in(&self.after) }
    }

    /// The same pattern with another number of digits for the count.
    pub(super) fn with_digits(&self, digits: usize) -> Self {
        Self { digits, ..self.clone() }
    }

    pub(super) fn number(&self, count: i64) -> String {
        format!("{}{count:0digits$}{}", self.before, self.after, digits = self.digits)
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::Pattern;

    fn number(pattern: &str, date: (i32, u32, u32), count: i64) -> String {
        let (year, month, day) = date;
        Pattern::parse(pattern).unwrap().on(NaiveDate::from_ymd_opt(year, month, day).unwrap()).number(count)
    }

    #[test]
    fn a_pattern_makes_numbers() {
        assert_eq!(number("INV-{0000}", (2026, 11, 21), 7), "INV-0007");
        assert_eq!(number("INV-{0000}", (2026, 11, 21), 12_345), "INV-12345");
        assert_eq!(number("{YYYY}/{MM}/{0}", (2026, 1, 2), 3), "2026/01/3");
        assert_eq!(number("{000}-{YY}", (2005, 1, 2), 3), "003-05");
        for (date, expected) in [((2026, 4, 1), "2627-1"), ((2027, 3, 31), "2627-1"), ((2000, 1, 1), "9900-1")] {
            assert_eq!(number("{FY}-{0}", date, 1), expected);
        }
    }

    #[test]
    fn a_pattern_without_exactly_one_count_is_refused() {
        for pattern in ["", "INV", "{0}{0}", "{0", "{x}", "{}", "{0000000000}", &format!("{}{{0}}", "x".repeat(40))] {
            assert!(Pattern::parse(pattern).is_err(), "{pattern}");
        }
    }
}
