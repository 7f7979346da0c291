//! [`Moment`]: a time as the tables that grow fastest store it. Pure.

use chrono::{DateTime, Datelike, Utc};
use sea_orm::DeriveValueType;

/// A time in microseconds since 1970. SQLite would store it as a text of 32 bytes otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType)]
pub struct Moment(i64);

impl Moment {
    /// The moment that is so many microseconds after the beginning of 1970. `None` when it is not in one of the years 1 to 9999.
    #[must_use]
    pub fn from_micros(micros: i64) -> Option<Self> {
        let time = DateTime::from_timestamp_micros(micros).filter(|time| (1..=9999).contains(&time.year()));
        time.map(Self::from)
    }

    /// The microseconds since the beginning of 1970.
    #[must_use]
    pub fn micros(self) -> i64 {
        self.0
    }

    /// The time.
    #[must_use]
    pub fn time(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or_default()
    }
}

impl From<DateTime<Utc>> for Moment {
    fn from(time: DateTime<Utc>) -> Self {
        Self(time.timestamp_micros())
    }
}
