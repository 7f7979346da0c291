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
    /// What a value is, with an example, for error messages.
    pub example: &'static str,
    /// Whether a value has the form of this scalar.
    pub is_valid: fn(&Value) -> bool,
}

/// All scalars of the schema that the specification does not know.
pub const CUSTOM_SCALARS: [CustomScalar; 6] = [
    CustomScalar { name: "CurrencyCode", example: "a currency code, such as \"USD\"", is_valid: Currency::is_valid },
    CustomScalar { name: "Date", example: "a day of the calendar, such as \"2026-11-20\"", is_valid: Date::is_valid },
    CustomScalar {
        name: "DateTime",
        example: "a time with its offset, such as \"2026-11-20T10:00:00Z\"",
        is_valid: DateTime::is_valid,
    },
    CustomScalar { name: "Decimal", example: "a decimal number, such as \"12.50\"", is_valid: Decimal::is_valid },
    CustomScalar { name: "TimeZone", example: "a time zone, such as \"Asia/Aden\"", is_valid: TimeZone::is_valid },
    CustomScalar {
        name: "YearMonth",
        example: "a month, such as \"2026-11\", in the years 1900 to 2199",
        is_valid: YearMonth::is_valid,
    },
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
