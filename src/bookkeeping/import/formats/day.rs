//! Parses dates in the notations of the formats. Pure.

use chrono::{Datelike, NaiveDate};

/// Two digits of a year: from 1980 to 2079.
pub(super) fn century(year: i32) -> i32 {
    if year < 80 { 2000 + year } else { 1900 + year }
}

/// A date that begins with `2026-11-03` or `20261103`; what follows (a time, a time zone) is ignored. The day is the one that the bank
/// writes: in its own time zone.
pub(super) fn iso(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    let number = |from: usize, to: usize| {
        let part = text.get(from..to).filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()))?;
        part.parse::<u32>().ok()
    };
    let (month, day) = if text.get(4..5) == Some("-") && text.get(7..8) == Some("-") {
        (number(5, 7)?, number(8, 10)?)
    } else {
        (number(4, 6)?, number(6, 8)?)
    };
    NaiveDate::from_ymd_opt(i32::try_from(number(0, 4)?).ok()?, month, day)
}

/// A date of six digits: `261103`. Banks that count interest with months of 30 days write 30 February; it is taken for the last day of
/// February.
pub(super) fn short(text: &str) -> Option<NaiveDate> {
    if text.len() != 6 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = |from: usize| text.get(from..from + 2)?.parse::<u32>().ok();
    let year = century(i32::try_from(number(0)?).ok()?);
    let (month, day) = (number(2)?, number(4)?);
    let end_of_february = || (28..=29).rev().find_map(|day| NaiveDate::from_ymd_opt(year, 2, day));
    NaiveDate::from_ymd_opt(year, month, day)
        .or_else(|| end_of_february().filter(|_| month == 2 && (29..=30).contains(&day)))
}

/// The date with this month and day (`1103`) that is nearest to another date: a booking of 2 January may have a value date in December.
pub(super) fn nearest(text: &str, to: NaiveDate) -> Option<NaiveDate> {
    if text.len() != 4 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (month, day) = (text.get(..2)?.parse().ok()?, text.get(2..)?.parse().ok()?);
    let years = [to.year() - 1, to.year(), to.year() + 1];
    let dates = years.into_iter().filter_map(|year| NaiveDate::from_ymd_opt(year, month, day));
    dates.min_by_key(|date| (*date - to).num_days().abs())
}

#[cfg(test)]
mod tests {
    use super::{iso, nearest, short};

    fn shown(date: Option<chrono::NaiveDate>) -> String {
        date.map(|date| date.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_day_is_read_as_the_bank_writes_it() {
        for text in ["2026-11-03", "20261103", "20261103235959.123[-5:EST]", "2026-11-03T00:30:00+01:00", "2026-11-03Z"]
        {
            assert_eq!(shown(iso(text)), "2026-11-03", "{text}");
        }
        for text in ["", "2026", "2026-13-01", "20260230", "é26-11-03", "+026-11-03", "3.11.2026"] {
            assert_eq!(iso(text), None, "{text}");
        }
        assert_eq!(shown(short("160230")), "2016-02-29");
        assert_eq!(shown(short("991231")), "1999-12-31");
        assert_eq!(shown(short("260431")), "");
    }

    #[test]
    fn the_booking_is_near_the_value_date() {
        let value = short("261231").unwrap();
        assert_eq!(shown(nearest("0102", value)), "2027-01-02");
        assert_eq!(shown(nearest("1230", value)), "2026-12-30");
        assert_eq!(shown(nearest("1228", short("270102").unwrap())), "2026-12-28");
        assert_eq!(nearest("1350", value), None);
    }
}
