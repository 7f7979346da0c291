//! Dates: calendar days, without a time of day and without a time zone.

use async_graphql::{Enum, InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::{Datelike, NaiveDate};
use folding::digits;
use serde::Serialize;

use crate::error::{Code, Refusal};

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Date(pub NaiveDate);

/// The years that the date of a document may be in. A date outside of them is taken for a typing error.
pub(crate) const YEARS: std::ops::RangeInclusive<i32> = 1900..=2199;

impl Date {
    /// The last day that [`Date`] can represent.
    pub const MAX: NaiveDate = NaiveDate::from_ymd_opt(9999, 12, 31).expect("it is a date");

    /// The date of a document, checked to lie in the years 1900 to 2199.
    ///
    /// # Errors
    /// `INVALID` at `path` when the year is outside of that range.
    pub fn of_document(self, path: &str) -> Result<NaiveDate, Refusal> {
        if YEARS.contains(&self.0.year()) {
            return Ok(self.0);
        }
        let message = format!("The date must be in the years {} to {}.", YEARS.start(), YEARS.end());
        Err(Refusal::new(Code::Invalid, path, message))
    }

    /// Refuses a range of dates that ends before it begins.
    ///
    /// # Errors
    /// `INVALID` at `path` when `from` is after `to`.
    pub fn check_range(from: Option<Self>, to: Option<Self>, path: &str) -> Result<(), Refusal> {
        match (from, to) {
            (Some(from), Some(to)) if from > to => {
                Err(Refusal::new(Code::Invalid, path, "`to` must not be before `from`."))
            }
            _ => Ok(()),
        }
    }

    /// Parses a date in the form `2026-11-20`, in digits of any script. `None` when the text has another form or names no
    /// calendar day.
    #[must_use]
    pub fn parse_text(text: &str) -> Option<Self> {
        let text = &*digits::ascii(text);
        let digits = |at: std::ops::Range<usize>| text.get(at)?.parse().ok();
        let is_digit = |(at, byte): (usize, u8)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() };
        if text.len() != 10 || !text.bytes().enumerate().all(is_digit) {
            return None;
        }
        let year = digits(0..4)?;
        let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, digits(5..7)?, digits(8..10)?)?;
        (year > 0).then_some(Self(date))
    }
}

/// A calendar date without a time zone, in the RFC 3339 full-date format: `"2026-11-20"`. Years 1 to 9999. Input may have
/// digits of any script.
#[Scalar(name = "Date", specified_by_url = "https://datatracker.ietf.org/doc/html/rfc3339")]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => Self::parse_text(text)
                .ok_or_else(|| InputValueError::custom("a date is a day of the calendar, as in \"2026-11-20\"")),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    // Checked during validation, before anything is executed: see the same function of `Currency`.
    fn is_valid(value: &Value) -> bool {
        Self::parse(value.clone()).is_ok()
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.format("%Y-%m-%d").to_string())
    }
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum Weekday {
    /// Monday, day 1 of the ISO 8601 week.
    Monday,
    /// Tuesday, day 2 of the ISO 8601 week.
    Tuesday,
    /// Wednesday, day 3 of the ISO 8601 week.
    Wednesday,
    /// Thursday, day 4 of the ISO 8601 week.
    Thursday,
    /// Friday, day 5 of the ISO 8601 week.
    Friday,
    /// Saturday, day 6 of the ISO 8601 week.
    Saturday,
    /// Sunday, day 7 of the ISO 8601 week.
    Sunday,
}

impl From<NaiveDate> for Weekday {
    fn from(date: NaiveDate) -> Self {
        match date.weekday() {
            chrono::Weekday::Mon => Self::Monday,
            chrono::Weekday::Tue => Self::Tuesday,
            chrono::Weekday::Wed => Self::Wednesday,
            chrono::Weekday::Thu => Self::Thursday,
            chrono::Weekday::Fri => Self::Friday,
            chrono::Weekday::Sat => Self::Saturday,
            chrono::Weekday::Sun => Self::Sunday,
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{ScalarType, Value};
    use chrono::NaiveDate;

    use super::{Date, Weekday};

    #[test]
    fn a_date_is_a_day_of_the_calendar() {
        for text in ["2026-11-20", "2024-02-29", "0001-01-01", "9999-12-31"] {
            assert_eq!(Date::parse(Value::from(text)).unwrap().to_value(), Value::from(text));
        }
        for text in ["٢٠٢٦-١١-٢٠", "۲۰۲۶-۱۱-۲۰", "२०२६-११-२०", "２０２６－１１－２０"]
        {
            assert_eq!(Date::parse(Value::from(text)).unwrap().to_value(), Value::from("2026-11-20"), "{text}");
        }
        for text in
            ["", "2026-02-29", "0000-01-01", "2026-1-1", "2026-13-01", "+026-11-20", "20261120", "2026-11-20T00", "😀"]
        {
            assert!(Date::parse(Value::from(text)).is_err(), "{text}");
        }
        assert!(Date::parse(Value::from(20_261_120)).is_err());
    }

    #[test]
    fn a_document_is_of_a_year_that_somebody_may_mean() {
        let date = |year| Date(NaiveDate::from_ymd_opt(year, 1, 1).unwrap()).of_document("date");
        assert!(date(1900).is_ok() && date(2199).is_ok());
        assert!(date(1).is_err() && date(1899).is_err() && date(2200).is_err() && date(9999).is_err());
    }

    #[test]
    fn days_have_their_names() {
        let date = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        assert_eq!(Weekday::from(date), Weekday::Saturday);
    }
}
