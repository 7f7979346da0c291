//! Parses amounts and dates in the notations of other programs. Pure.

use chrono::{
    NaiveDate,
    format::{Item, StrftimeItems},
};
use folding::digits;

use crate::{calendar::date::Date, money::Decimal};

/// The notation of dates.
#[derive(Clone, Debug, Default)]
pub(super) enum DateFormat {
    /// For example 2026-11-20.
    #[default]
    Iso,
    /// A `strftime` format, for example `%d.%m.%Y`.
    Like(String),
}

impl DateFormat {
    /// Checks a `strftime` format; `None` when it is malformed or does not determine a date.
    pub(super) fn of(format: &str) -> Option<Self> {
        let is_format = StrftimeItems::new(format).all(|item| item != Item::Error);
        // Writes a date and reads it back, to see whether the format contains the whole date.
        let day = NaiveDate::from_ymd_opt(2026, 11, 20)?.and_hms_opt(13, 14, 15)?;
        let written = is_format.then(|| day.and_utc().format(format).to_string())?;
        NaiveDate::parse_from_str(&written, format).ok().filter(|read| *read == day.date())?;
        Some(Self::Like(format.to_owned()))
    }

    /// Parses a date.
    pub(super) fn read(&self, text: &str) -> Result<Date, String> {
        let read = match self {
            Self::Iso => Date::parse_text(text),
            Self::Like(format) => {
                let parse = |text: &str| NaiveDate::parse_from_str(text, format).ok().map(Date);
                // The format may have signs of another script between its digits, so the text as it is comes first.
                parse(text).or_else(|| parse(&digits::ascii(text)))
            }
        };
        read.ok_or_else(|| match self {
            _ if text.is_empty() => "There is no date.".to_owned(),
            Self::Iso => format!("{} is not a date such as 2026-11-20.", quoted(text)),
            Self::Like(format) => format!("{} is not a date in the format {format}.", quoted(text)),
        })
    }
}

/// Parses an amount: digits of any script with an optional sign, decimals after a point (or after a comma with
/// `decimal_comma`), and separators between groups of three digits. Refuses an amount whose separator could also be the
/// decimal sign.
pub(super) fn amount(text: &str, decimal_comma: bool) -> Result<Decimal, String> {
    let wrong = || match text {
        "" => "There is no amount.".to_owned(),
        _ => format!("{} is not an amount.", quoted(text)),
    };
    let (point, other) = if decimal_comma { (',', '.') } else { ('.', ',') };
    // The Arabic separators are never ambiguous: one is always the decimal sign, the other always between groups.
    let plain =
        text.replace('\u{66B}', point.encode_utf8(&mut [0; 4])).replace('\u{66C}', "'").replace('\u{FF0C}', ",");
    let plain = &*digits::ascii(&plain);
    let (sign, number) = match plain.strip_prefix('-') {
        Some(number) => ("-", number),
        None => ("", plain.strip_prefix('+').unwrap_or(plain)),
    };
    let (whole, decimals) = match number.split_once(point) {
        Some((whole, decimals)) => (whole, Some(decimals)),
        None => (number, None),
    };
    let groups: Vec<_> = whole.split([other, ' ', '\u{A0}', '\u{202F}', '\'', '\u{2019}']).collect();
    let is_grouped = match groups.as_slice() {
        [_] => true,
        [first, rest @ ..] => (1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3),
        [] => false,
    };
    if !is_grouped {
        let advice =
            if whole.contains(other) { format!(" Its decimals must follow a `{point}`.") } else { String::new() };
        return Err(wrong() + &advice);
    }
    if groups.len() == 2 && decimals.is_none() && whole.contains(other) {
        let readings = (groups.concat(), whole.replace(other, &point.to_string()));
        return Err(format!(
            "{} may mean {} or {}. Write it in one of these ways.",
            quoted(text),
            readings.0,
            readings.1
        ));
    }
    let plain = match decimals {
        Some(decimals) => format!("{sign}{}.{decimals}", groups.concat()),
        None => format!("{sign}{}", groups.concat()),
    };
    Decimal::from_text(&plain).ok_or_else(wrong)
}

/// Quotes a text of the file for a message: shortened, with control characters escaped, since a terminal would
/// interpret them.
pub(super) fn quoted(text: &str) -> String {
    const MOST: usize = 40;
    let dots = if text.chars().nth(MOST).is_some() { "..." } else { "" };
    format!("\"{}{dots}\"", text.chars().take(MOST).collect::<String>().escape_debug())
}

#[cfg(test)]
mod tests {
    use super::{DateFormat, amount};

    #[test]
    fn amounts_are_read_as_they_are_meant_or_not_at_all() {
        for (text, comma, expected) in [
            ("12.50", false, "12.5"),
            ("-12.50", false, "-12.5"),
            ("+7", false, "7"),
            ("\u{2212}7", false, "-7"),
            ("1,234.56", false, "1234.56"),
            ("1,234,567", false, "1234567"),
            ("1.234,56", true, "1234.56"),
            ("-0,05", true, "-0.05"),
            ("1 234,56", true, "1234.56"),
            ("1'234.5", false, "1234.5"),
            ("١٢", false, "12"),
            ("−١٢٫٥٠", false, "-12.5"),
            ("١٬٢٣٤٫٥٦", true, "1234.56"),
            ("١٬٢٣٤", false, "1234"),
            ("۱۲۳۴.۵", false, "1234.5"),
            ("१,२३४.५६", false, "1234.56"),
            ("＋１，２３４．５０", false, "1234.5"),
        ] {
            assert_eq!(amount(text, comma).unwrap().to_string(), expected, "{text}");
        }
        for (text, comma) in [
            ("", false),
            ("12,50", false),
            ("12.50", true),
            ("1,234", false),
            ("1.234", true),
            ("12,34,567", false),
            ("1.2.3", false),
            ("--1", false),
            ("1e3", false),
            ("$5", false),
            (".5", false),
            ("5.", false),
            ("-", false),
            ("NaN", false),
            ("١,٢٣٤", false),
            ("١٢٫٥٫٠", false),
            ("１．２３４", true),
            ("²", false),
            ("½", false),
            ("1\0", false),
        ] {
            assert!(amount(text, comma).is_err(), "{text}");
        }
    }

    #[test]
    fn dates_are_read_as_the_format_says() {
        let read = |format: &str, text: &str| DateFormat::of(format).unwrap().read(text).map(|date| date.0.to_string());
        assert_eq!(read("%d.%m.%Y", "20.11.2026"), Ok("2026-11-20".to_owned()));
        assert_eq!(read("%m/%d/%y", "11/20/26"), Ok("2026-11-20".to_owned()));
        assert_eq!(read("%Y-%m-%d %H:%M", "2026-11-20 23:59"), Ok("2026-11-20".to_owned()));
        assert_eq!(read("%d.%m.%Y", "٢٠.١١.٢٠٢٦"), Ok("2026-11-20".to_owned()));
        assert_eq!(read("%Y年%m月%d日", "２０２６年１１月２０日"), Ok("2026-11-20".to_owned()));
        assert_eq!(read("%d．%m．%Y", "20．11．2026"), Ok("2026-11-20".to_owned()));
        assert!(read("%d.%m.%Y", "2026-11-20").is_err());
        assert!(DateFormat::Iso.read("20.11.2026").is_err());
        for format in ["", "%", "%d", "%H:%M", "%Q", "2026-11-20", "%d.%m"] {
            assert!(DateFormat::of(format).is_none(), "{format}");
        }
    }
}
