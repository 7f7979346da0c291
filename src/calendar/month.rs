//! Months: calendar months, as used by budgets and reports.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::{Datelike, Months, NaiveDate};
use serde::Serialize;

use super::date::{Date, YEARS};
use crate::error::{Code, Refusal};

/// The most months that a report may cover.
pub const MOST_MONTHS: u16 = 36;

/// A calendar month in the years that a document may be dated in, stored as its first day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct YearMonth(NaiveDate);

impl YearMonth {
    /// The month that a day is in.
    #[must_use]
    pub fn of(day: NaiveDate) -> Self {
        Self(day.with_day(1).unwrap_or(day))
    }

    /// The first day of this month.
    #[must_use]
    pub fn first_day(self) -> NaiveDate {
        self.0
    }

    /// The month `months` months after this one.
    #[must_use]
    pub fn later(self, months: u32) -> Self {
        Self(self.0.checked_add_months(Months::new(months)).unwrap_or(Date::MAX))
    }

    /// The month before this one.
    #[must_use]
    pub fn before(self) -> Self {
        Self(self.0.checked_sub_months(Months::new(1)).unwrap_or(self.0))
    }

    /// The number of months from `other` to this month; negative when this month is the earlier one.
    #[must_use]
    pub fn since(self, other: Self) -> i32 {
        let count = |month: Self| month.0.year() * 12 + i32::try_from(month.0.month0()).unwrap_or_default();
        count(self) - count(other)
    }

    /// Refuses a range of months that ends before it begins, or that has more than [`MOST_MONTHS`] months.
    ///
    /// # Errors
    /// `INVALID` at `to`.
    pub fn check_range(from: Self, to: Self) -> Result<(), Refusal> {
        if to < from {
            return Err(Refusal::new(Code::Invalid, "to", "`to` must not be before `from`."));
        }
        if to.since(from) >= i32::from(MOST_MONTHS) {
            let message = format!("The period can have at most {MOST_MONTHS} months.");
            return Err(Refusal::new(Code::Invalid, "to", message));
        }
        Ok(())
    }

    /// The months from this one to `last`, both included.
    pub fn until(self, last: Self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self), |month| Some(month.later(1))).take_while(move |month| *month <= last)
    }

    /// Parses a month in the form `2026-11`. `None` when the text has another form or is outside the years 1900 to 2199.
    #[must_use]
    pub fn parse_text(text: &str) -> Option<Self> {
        let month = Date::parse_text(&format!("{text}-01"))?;
        YEARS.contains(&month.0.year()).then_some(Self(month.0))
    }
}

impl std::fmt::Display for YearMonth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m"))
    }
}

/// A month of the calendar in the format `"2026-11"`. Years 1900 to 2199.
#[Scalar(name = "YearMonth")]
impl ScalarType for YearMonth {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        Self::parse_text(text)
            .ok_or_else(|| InputValueError::custom("a month is written as in \"2026-11\", in the years 1900 to 2199"))
    }

    // Checked during validation, before anything is executed: see the same function of `Currency`.
    fn is_valid(value: &Value) -> bool {
        Self::parse(value.clone()).is_ok()
    }

    fn to_value(&self) -> Value {
        Value::String(self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{ScalarType, Value};

    use super::{MOST_MONTHS, YearMonth};

    fn month(text: &str) -> YearMonth {
        YearMonth::parse_text(text).unwrap()
    }

    #[test]
    fn a_month_is_written_with_four_and_two_digits() {
        for text in ["2026-11", "1900-01", "2199-12"] {
            assert_eq!(YearMonth::parse(Value::from(text)).unwrap().to_value(), Value::from(text));
        }
        for text in ["", "2026", "2026-1", "2026-13", "2026-00", "2026-11-01", "11-2026", "1899-12", "2200-01", "😀"]
        {
            assert!(YearMonth::parse(Value::from(text)).is_err(), "{text}");
        }
        assert!(YearMonth::parse(Value::from(202_611)).is_err());
    }

    #[test]
    fn months_follow_each_other_over_the_ends_of_years() {
        assert_eq!(month("2026-12").later(1), month("2027-01"));
        assert_eq!(month("2027-01").before(), month("2026-12"));
        assert_eq!(month("2024-02").later(36), month("2027-02"));
        assert_eq!(month("2027-01").since(month("2025-11")), 14);
        assert_eq!(YearMonth::of("2024-02-29".parse().unwrap()), month("2024-02"));
        let months: Vec<_> = month("2026-11").until(month("2027-02")).map(|month| month.to_string()).collect();
        assert_eq!(months, ["2026-11", "2026-12", "2027-01", "2027-02"]);
        assert_eq!(month("2199-12").until(month("2199-12")).count(), 1);
    }

    #[test]
    fn a_range_of_months_ends_after_it_begins_and_has_an_end() {
        let check = |from, to| YearMonth::check_range(month(from), month(to)).is_ok();
        assert!(check("2026-11", "2026-11") && check("2024-01", "2026-12") && check("2199-12", "2199-12"));
        assert!(!check("2026-12", "2026-11") && !check("2024-01", "2027-01") && !check("1900-01", "2199-12"));
        assert_eq!(month("2024-01").until(month("2026-12")).count(), usize::from(MOST_MONTHS));
    }
}
