//! Scalars that are used only in the schema. The others are next to their Rust types, such as `Date` in `calendar/date.rs`.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::{Datelike, SecondsFormat, Utc};

use crate::{
    calendar::{date::Date, month::YearMonth, time_zone::TimeZone},
    money::{Currency, Decimal},
};

/// A scalar of the schema that the specification does not know.
#[derive(Clone, Copy, Debug)]
pub struct CustomScalar {
    /// The name in the schema.
    pub name: &'static str,
    /// What a value is, with an example.
    example: &'static str,
    /// Whether a value has the form of this scalar.
    pub is_valid: fn(&Value) -> bool,
    /// What is expected of a value whose only fault is that it is too long.
    limit: fn(&Value) -> Option<&'static str>,
}

impl CustomScalar {
    /// What is expected in place of a value that is not valid, for error messages.
    #[must_use]
    pub fn expected(&self, value: &Value) -> &'static str {
        (self.limit)(value).unwrap_or(self.example)
    }

    const fn new(name: &'static str, example: &'static str, is_valid: fn(&Value) -> bool) -> Self {
        Self { name, example, is_valid, limit: |_| None }
    }
}

/// All scalars of the schema that the specification does not know.
pub const CUSTOM_SCALARS: [CustomScalar; 6] = [
    CustomScalar::new("CurrencyCode", "a currency code, such as \"USD\"", Currency::is_valid),
    CustomScalar::new("Date", "a day of the calendar, such as \"2026-11-20\"", Date::is_valid),
    CustomScalar::new("DateTime", "a time with its offset, such as \"2026-11-20T10:00:00Z\"", DateTime::is_valid),
    CustomScalar {
        limit: Decimal::limit,
        ..CustomScalar::new("Decimal", "a decimal number, such as \"12.50\"", Decimal::is_valid)
    },
    CustomScalar::new("TimeZone", "a time zone, such as \"Asia/Aden\"", TimeZone::is_valid),
    CustomScalar::new("YearMonth", "a month, such as \"2026-11\", in the years 1900 to 2199", YearMonth::is_valid),
];

#[derive(Clone, Copy, Debug)]
pub(super) struct DateTime(pub(super) chrono::DateTime<Utc>);

/// A point in time in the RFC 3339 format. Output is in UTC with microseconds: `"2026-11-20T09:30:00.000000Z"`. Input
/// may have any UTC offset.
#[Scalar(name = "DateTime", specified_by_url = "https://datatracker.ietf.org/doc/html/rfc3339")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => {
                let time = chrono::DateTime::parse_from_rfc3339(text)?;
                let time = time.to_utc();
                // The databases store and compare years outside of this range differently.
                if !(0..=9999).contains(&time.year()) {
                    return Err(InputValueError::custom("a time in UTC must be in the years 0 to 9999"));
                }
                Ok(Self(time))
            }
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    // Checked during validation, before anything is executed: see the same function of `Currency`.
    fn is_valid(value: &Value) -> bool {
        Self::parse(value.clone()).is_ok()
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_rfc3339_opts(SecondsFormat::Micros, true))
    }
}
