//! Reading one setting, and the error when it cannot be used.

use std::fmt;

/// A setting that cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub struct BadSetting {
    /// The name of the environment variable.
    pub variable: &'static str,
    /// The name of the flag.
    pub flag: &'static str,
    /// The value given; for a secret, a description that does not reveal it.
    pub holds: String,
    /// A description of the values that are allowed.
    pub should_hold: String,
}

impl fmt::Display for BadSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { variable, flag, holds, should_hold } = self;
        write!(f, "{variable} ({flag}) holds {holds}; it should hold {should_hold}")
    }
}

impl BadSetting {
    pub(super) fn new(variable: &'static str, flag: &'static str, holds: &str, should_hold: impl Into<String>) -> Self {
        Self { variable, flag, holds: format!("{holds:?}"), should_hold: should_hold.into() }
    }
}

pub(super) fn count(
    variable: &'static str,
    flag: &'static str,
    text: &str,
    range: std::ops::RangeInclusive<u32>,
) -> Result<u32, BadSetting> {
    text.parse().ok().filter(|count| range.contains(count)).ok_or_else(|| {
        BadSetting::new(variable, flag, text, format!("a number from {} to {}", range.start(), range.end()))
    })
}
