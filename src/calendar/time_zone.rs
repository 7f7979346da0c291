//! Time zones: they decide when the days of a book begin and end.

use std::{fmt, str::FromStr};

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::{DateTime, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use sea_orm::DeriveValueType;

use super::date::Date;

/// A time zone of the [IANA database](https://www.iana.org/time-zones).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, DeriveValueType)]
#[sea_orm(value_type = "String")]
pub struct TimeZone(Tz);

impl TimeZone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(Tz::UTC);

    /// The calendar day in this time zone at a moment.
    #[must_use]
    pub fn day(self, moment: DateTime<Utc>) -> Date {
        Date(moment.with_timezone(&self.0).date_naive())
    }

    /// The moment at which a calendar day begins in this time zone.
    #[must_use]
    pub fn begin(self, day: Date) -> DateTime<Utc> {
        let midnight = day.0.and_time(NaiveTime::MIN);
        // Where the clocks go forward at midnight, midnight does not exist, so the day begins later.
        let quarters = (0..96).map(|quarter| midnight + TimeDelta::minutes(15 * quarter));
        let begin = quarters.into_iter().find_map(|time| self.0.from_local_datetime(&time).earliest());
        begin.map_or(midnight.and_utc(), |begin| begin.to_utc())
    }
}

impl fmt::Display for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name())
    }
}

impl FromStr for TimeZone {
    type Err = chrono_tz::ParseError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        name.parse().map(Self)
    }
}

/// The name of a time zone in the IANA database, such as `Asia/Aden`, `Asia/Kolkata` or `UTC`.
#[Scalar(name = "TimeZone", specified_by_url = "https://www.iana.org/time-zones")]
impl ScalarType for TimeZone {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(name) = &value else { return Err(InputValueError::expected_type(value)) };
        name.parse().map_err(|_| InputValueError::custom("a time zone is named as in \"Asia/Aden\""))
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
    use super::{Date, TimeZone};

    #[test]
    fn a_day_begins_and_ends_where_the_book_is() {
        let day = |zone: &str, moment: &str| {
            let day = zone.parse::<TimeZone>().unwrap().day(moment.parse().unwrap());
            day.0.to_string()
        };
        assert_eq!(day("UTC", "2026-12-31T21:30:00Z"), "2026-12-31");
        assert_eq!(day("Asia/Aden", "2026-12-31T21:30:00Z"), "2027-01-01");
        assert_eq!(day("America/New_York", "2024-03-01T04:59:59Z"), "2024-02-29");
        let begin = |zone: &str, day: &str| {
            let day = Date::parse_text(day).unwrap();
            zone.parse::<TimeZone>().unwrap().begin(day).format("%FT%TZ").to_string()
        };
        assert_eq!(begin("Asia/Aden", "2027-01-01"), "2026-12-31T21:00:00Z");
        // In Cairo the clocks go forward from 0:00 to 1:00, and back from 24:00 to 23:00.
        assert_eq!(begin("Africa/Cairo", "2026-04-24"), "2026-04-23T22:00:00Z");
        assert_eq!(begin("Africa/Cairo", "2026-10-30"), "2026-10-29T22:00:00Z");
        assert!("Asia/Nowhere".parse::<TimeZone>().is_err());
    }
}
