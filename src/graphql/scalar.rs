//! Scalars that are used only in the schema. The others are next to their Rust types, such as `Date` in `calendar/date.rs`.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::{Datelike, SecondsFormat, Utc};

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
