//! Scalars of the schema that have no better home.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::{SecondsFormat, Utc};

#[derive(Clone, Copy, Debug)]
pub(super) struct DateTime(pub(super) chrono::DateTime<Utc>);

/// A moment in time, as RFC 3339 writes it. Out: in UTC with microseconds, `"2026-11-20T09:30:00.000000Z"`. In: with any
/// offset.
#[Scalar(name = "DateTime", specified_by_url = "https://datatracker.ietf.org/doc/html/rfc3339")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => {
                let time = chrono::DateTime::parse_from_rfc3339(text)?;
                Ok(Self(time.to_utc()))
            }
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    // As for `Currency`.
    fn is_valid(value: &Value) -> bool {
        Self::parse(value.clone()).is_ok()
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_rfc3339_opts(SecondsFormat::Micros, true))
    }
}
