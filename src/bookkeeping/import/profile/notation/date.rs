//! Parses dates in the notations of banks: in any order, with any separator, with names of months, with a time of day.

use std::borrow::Cow;

use async_graphql::Enum;
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{cell, doubt::Doubt, month_name};
use folding::digits;

/// The order of day, month and year in dates of three numbers. Dates whose order is clear, such as 2026-11-20 and
/// 20 Nov 2026, are read in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[graphql(name = "ImportDateOrder")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DateOrder {
    /// Day, month, year: 20.11.2026.
    DayFirst,
    /// Month, day, year: 11/20/2026.
    MonthFirst,
    /// Year, month, day: 26-11-20.
    YearFirst,
}

/// All orders.
pub const ORDERS: [DateOrder; 3] = [DateOrder::DayFirst, DateOrder::MonthFirst, DateOrder::YearFirst];

/// A date as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrittenDate {
    /// The date in each of [`ORDERS`].
    readings: [Option<NaiveDate>; 3],
    /// Whether its form tells the order, by a year of four digits at the beginning or the name of a month.
    pub is_clear: bool,
    /// The character between its parts, `\0` when there is none.
    pub separator: char,
    /// Its first and its last number.
    pub ends: (u32, u32),
    /// Whether its year has two digits.
    pub is_short: bool,
    /// Why it may be another date, whatever its order is.
    pub doubt: Option<Doubt>,
}

impl WrittenDate {
    fn new(readings: [Option<NaiveDate>; 3], is_clear: bool, ends: (u32, u32), is_short: bool) -> Self {
        Self { readings, is_clear, separator: '\0', ends, is_short, doubt: None }
    }

    /// The date when it is in this order. Without one, the only date that it can be.
    #[must_use]
    pub fn value(&self, order: Option<DateOrder>) -> Option<NaiveDate> {
        let [day, month, year] = self.readings;
        match order {
            Some(DateOrder::DayFirst) => day,
            Some(DateOrder::MonthFirst) => month,
            Some(DateOrder::YearFirst) => year,
            None => {
                let mut readings = self.readings.into_iter().flatten();
                let first = readings.next()?;
                readings.all(|other| other == first).then_some(first)
            }
        }
    }

    /// The date with a doubt about a year of two digits. No bank writes of the years around 2060 or 1980: they are of another
    /// calendar. As days, such numbers are too large, so that the order does not matter.
    fn checked(self) -> Self {
        let is_far = |date: &NaiveDate| (1970..=1989).contains(&date.year()) || (2040..=2099).contains(&date.year());
        let is_doubtful = self.is_short && self.readings.iter().flatten().any(is_far);
        Self { doubt: self.doubt.or(is_doubtful.then_some(Doubt::Year)), ..self }
    }
}

/// Words that may be between the parts of a date, and after its day.
const FILLERS: [&str; 13] = ["de", "del", "of", "st", "nd", "rd", "th", "d", "er", "ère", "º", "г", "года"];
/// The beginnings of names of days of the week.
const WEEKDAYS: &[&str] = &[
    "mon", "tue", "wed", "thu", "fri", "sat", "sun", "fr", "mo", "di", "mi", "do", "sa", "so", "lun", "mar", "mer",
    "jeu", "ven", "sam", "dim", "mie", "jue", "vie", "sab", "dom", "пн", "вт",
];

/// Reads a date; `None` when the text is none.
#[must_use]
pub fn date(text: &str) -> Option<WrittenDate> {
    const LONGEST: usize = 60;
    let text = cell::bare(text);
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    let text: Cow<'_, str> = if text.is_ascii() {
        text.into()
    } else {
        let seen: String = text.chars().filter(|c| !cell::is_hidden(*c)).collect();
        digits::ascii(&seen).into_owned().into()
    };
    let mut rest = &*text;
    let mut numbers: [(u32, usize); 3] = [(0, 0); 3];
    let (mut count, mut named, mut separator) = (0, None, '\0');
    let mut croatian = None;
    while count + usize::from(named.is_some()) < 3 {
        let begin = rest.find(|c: char| !is_separator(c))?;
        if count + usize::from(named.is_some()) > 0 && begin > 0 && separator == '\0' {
            separator = rest.chars().next()?;
        }
        let has_point = count == 1 && rest.get(..begin)?.contains('.');
        rest = rest.get(begin..)?;
        let is_number = rest.starts_with(|c: char| c.is_ascii_digit());
        let is_end = |c: char| if is_number { !c.is_ascii_digit() } else { !c.is_alphabetic() && !is_mark(c) };
        let (part, after) = rest.split_at(rest.find(is_end).unwrap_or(rest.len()));
        rest = after;
        if is_number {
            if count == 0 && named.is_none() && part.len() >= 6 {
                return compact(part, rest).map(WrittenDate::checked);
            }
            if part.len() > 4 || part.len() == 3 {
                return None;
            }
            *numbers.get_mut(count)? = (part.parse().ok()?, part.len());
            count += 1;
        } else if let Some(month) =
            month_name::month(part).filter(|_| named.is_none() && !is_weekday(part, count, after))
        {
            named = Some(month);
            croatian = month_name::croatian(part).filter(|_| has_point);
        } else if !(FILLERS.contains(&part) || is_weekday(part, count, after)) {
            return None;
        }
    }
    is_time(rest).then_some(())?;
    // Croatian has points after the day and after the year, Polish has none.
    let is_croatian = croatian.is_some() && rest.starts_with('.');
    let written = match croatian.filter(|_| is_croatian).or(named) {
        Some(month) => of_name(&numbers, month),
        None => of_numbers(&numbers),
    }?;
    let doubt = (croatian.is_some() && !is_croatian).then_some(Doubt::Month);
    Some(WrittenDate { separator, doubt, ..written }.checked())
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '.' | '/' | '-' | ',' | '_' | '\'' | '年' | '月' | '日')
}

/// A vowel sign of Hindi, which is part of a word.
fn is_mark(c: char) -> bool {
    ('\u{900}'..='\u{963}').contains(&c)
}

/// Whether a word before a date is a day of the week. `mar` is one in French, when a month follows.
fn is_weekday(word: &str, count: usize, after: &str) -> bool {
    let lower = word.to_lowercase();
    let is_name = count == 0 && WEEKDAYS.iter().any(|day| lower.starts_with(day));
    let mut words = after.split(|c: char| !c.is_alphabetic());
    is_name && (month_name::month(&lower).is_none() || words.any(|word| month_name::month(word).is_some()))
}

/// Whether this may follow a date: nothing, or a time of day with a zone.
fn is_time(rest: &str) -> bool {
    let time = rest.trim_start_matches(['.', ',', '日', 'г', 'T', 't', ' ', '\u{A0}']);
    if time.is_empty() {
        return true;
    }
    let is_part = |c: char| c.is_ascii_alphanumeric() || " :.+-/".contains(c);
    let begins = time.len() < rest.len() && time.starts_with(|c: char| c.is_ascii_digit());
    let is_compact = matches!(time.len(), 4 | 6) && time.bytes().all(|byte| byte.is_ascii_digit());
    begins && (is_compact || time.contains([':', 'h'])) && time.chars().all(is_part)
}

fn day(year: u32, month: u32, day: u32) -> Option<NaiveDate> {
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    (1900..=2199).contains(&date.year()).then_some(date)
}

fn full_year((year, width): (u32, usize)) -> Option<u32> {
    match width {
        4 => Some(year),
        2 if year >= 70 => Some(1900 + year),
        2 => Some(2000 + year),
        _ => None,
    }
}

/// A date of digits only, such as 20261120.
fn compact(digits: &str, rest: &str) -> Option<WrittenDate> {
    let is_stamp = digits.len() == 14 && rest.is_empty();
    let (digits, rest) = if is_stamp { digits.split_at(8) } else { (digits, if is_time(rest) { "" } else { rest }) };
    let part = |begin: usize, end: usize| digits.get(begin..end)?.parse::<u32>().ok();
    if !(rest.is_empty() || is_stamp) {
        return None;
    }
    let readings = match digits.len() {
        8 => [
            day(part(4, 8)?, part(2, 4)?, part(0, 2)?),
            day(part(4, 8)?, part(0, 2)?, part(2, 4)?),
            day(part(0, 4)?, part(4, 6)?, part(6, 8)?),
        ],
        6 => [
            day(2000 + part(4, 6)?, part(2, 4)?, part(0, 2)?),
            day(2000 + part(4, 6)?, part(0, 2)?, part(2, 4)?),
            day(2000 + part(0, 2)?, part(2, 4)?, part(4, 6)?),
        ],
        _ => return None,
    };
    // 20261120 could only be a date of another order in a year such as 1120, and those are not in the range.
    let is_clear = digits.len() == 8 && readings.iter().flatten().count() == 1 && readings[2].is_some();
    let ends = (part(0, 2)?, part(digits.len() - 2, digits.len())?);
    let is_short = digits.len() == 6;
    let readings = if is_clear { [readings[2]; 3] } else { readings };
    readings.iter().any(Option::is_some).then_some(WrittenDate::new(readings, is_clear, ends, is_short))
}

/// A date with the name of a month. Where the year has two digits, the day is taken to be first, as banks write it.
fn of_name(numbers: &[(u32, usize); 3], month: u32) -> Option<WrittenDate> {
    let [first, second, _] = *numbers;
    let (of_month, year) = if first.1 == 4 { (second, first) } else { (first, second) };
    let date = day(full_year(year)?, month, of_month.0).filter(|_| of_month.1 <= 2)?;
    let (ends, is_short) = ((first.0, second.0), year.1 == 2);
    Some(WrittenDate::new([Some(date); 3], true, ends, is_short))
}

fn of_numbers(numbers: &[(u32, usize); 3]) -> Option<WrittenDate> {
    let [first, second, third] = *numbers;
    let ends = (first.0, third.0);
    let is_short = third.1 != 4 && first.1 != 4;
    if first.1 == 4 {
        let date = day(first.0, second.0, third.0)?;
        return Some(WrittenDate::new([Some(date); 3], true, ends, is_short));
    }
    let by_day = full_year(third).and_then(|year| day(year, second.0, first.0));
    let by_month = full_year(third).and_then(|year| day(year, first.0, second.0));
    let by_year = if third.1 == 4 { None } else { full_year(first).and_then(|year| day(year, second.0, third.0)) };
    let readings = [by_day, by_month, by_year];
    readings.iter().any(Option::is_some).then_some(WrittenDate::new(readings, false, ends, is_short))
}

#[cfg(test)]
mod tests {
    use super::{
        DateOrder::{DayFirst, MonthFirst, YearFirst},
        Doubt::{Month, Year},
        date,
    };

    fn read(text: &str, order: Option<super::DateOrder>) -> String {
        date(text).and_then(|date| date.value(order)).map_or_else(String::new, |date| date.to_string())
    }

    #[test]
    fn dates_whose_order_is_clear_need_no_order() {
        for text in [
            "2026-11-20",
            "2026/11/20",
            "2026.11.20",
            "2026. 11. 20.",
            "20261120",
            "20.11.2026",
            "20/11/2026",
            "11/20/2026",
            "20-11-2026",
            "20 Nov 2026",
            "20-Nov-2026",
            "20-Nov-26",
            "Nov 20, 2026",
            "November 20, 2026",
            "20 November 2026",
            "20th November 2026",
            "20. November 2026",
            "20 de noviembre de 2026",
            "20 nov. 2026",
            "20 ноября 2026 г.",
            "20 نوفمبر 2026",
            "20 नवंबर 2026",
            "2026年11月20日",
            "٢٠٢٦-١١-٢٠",
            "٢٠/١١/٢٠٢٦",
            "Fri 20 Nov 2026",
            "Friday, 20 November 2026",
            "Fr, 20.11.2026",
            "2026-11-20T13:14:15Z",
            "2026-11-20T13:14:15.123+05:30",
            "2026-11-20 13:14",
            "20.11.2026 13:14:15",
            "11/20/2026 1:14 PM",
            "20/11/2026 13:14:15 UTC",
            "20261120131415",
            "20261120 131415",
            " 20.11.2026 ",
            "\u{200E}20.11.2026",
            "20NOV2026",
            "20.11.2026, 13:14",
        ] {
            assert_eq!(read(text, None), "2026-11-20", "{text}");
        }
        assert_eq!(read("12-Sept-2025", None), "2025-09-12");
        assert_eq!(read("03 févr. 2026", None), "2026-02-03");
        assert_eq!(read("1 Nov 2026", None), "2026-11-01");
    }

    #[test]
    fn other_dates_need_one() {
        for (text, order, expected) in [
            ("04/09/2026", None, ""),
            ("04/09/2026", Some(DayFirst), "2026-09-04"),
            ("04/09/2026", Some(MonthFirst), "2026-04-09"),
            ("04/09/2026", Some(YearFirst), ""),
            ("02.11.26", None, ""),
            ("02.11.26", Some(DayFirst), "2026-11-02"),
            ("26-11-02", Some(YearFirst), "2026-11-02"),
            ("31/12/99", None, "1999-12-31"),
            ("11/11/2026", None, "2026-11-11"),
            ("01112026", None, ""),
            ("01112026", Some(DayFirst), "2026-11-01"),
            ("2026-11-02", Some(DayFirst), "2026-11-02"),
            ("13/11/2026", Some(MonthFirst), ""),
        ] {
            assert_eq!(read(text, order), expected, "{text} {order:?}");
        }
    }

    #[test]
    fn a_date_that_may_be_another_one_is_in_doubt() {
        for (text, expected) in [
            ("25/11/69", Some(Year)),
            ("25/11/70", Some(Year)),
            ("69-11-25", Some(Year)),
            ("251169", Some(Year)),
            ("25 Nov 69", Some(Year)),
            ("25/11/2069", None),
            ("25/11/26", None),
            ("26-11-25", None),
            ("31/12/99", None),
            ("25. listopada 2026", Some(Month)),
            ("25. listopada 2026.", None),
            ("25 listopada 2026", None),
            ("25. listopadu 2026", None),
            ("3. srpnja 2026", None),
        ] {
            assert_eq!(date(text).unwrap().doubt, expected, "{text}");
        }
        for (text, expected) in [
            ("25. listopada 2026.", "2026-10-25"),
            ("25 listopada 2026", "2026-11-25"),
            ("25. listopadu 2026", "2026-11-25"),
            ("3. srpnja 2026.", "2026-07-03"),
            ("12. studenoga 2026.", "2026-11-12"),
            ("1er mars 2026", "2026-03-01"),
        ] {
            assert_eq!(read(text, None), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_not_read() {
        for text in [
            "",
            "-",
            "20",
            "20.11.",
            "2026-11",
            "2026-02-30",
            "31.02.2026",
            "1,234.56",
            "12.50",
            "1.234.567",
            "abc",
            "1 2 3 4",
            "20.11.2026 x",
            "20.11.2026 Bakery",
            "Marble 20 2026 1",
            "123456789",
            "0000-01-01",
            "2500-01-01",
            "10:00",
            "May",
            "20261320",
            "99999999",
            "12.345.678",
        ] {
            assert_eq!(date(text).and_then(|date| date.value(None)), None, "{text}");
        }
    }
}
