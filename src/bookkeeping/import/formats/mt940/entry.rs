//! Field 61, an entry of a statement, and the fields with balances. Pure.

use chrono::NaiveDate;

use super::super::{answers::Mark, day, number, record::Balance, text};
use crate::money::Decimal;

/// A parsed field 61.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) date: NaiveDate,
    pub(super) value_date: NaiveDate,
    pub(super) amount: Decimal,
    pub(super) is_reversal: bool,
    pub(super) bank_id: Option<String>,
    /// What stands in the lines after the first.
    pub(super) more: Option<String>,
    /// Whether the file has 30 February as a date, which is read as the last day of the month.
    pub(super) has_february_30: bool,
}

impl Entry {
    /// Parses the lines of a field 61.
    pub(super) fn parse(lines: &[String]) -> Result<Self, String> {
        let (first, rest) = lines.split_first().ok_or("The entry is empty.")?;
        let more = |rest: &[String]| text::line(&rest.join(" "));
        match (Self::first(first), rest.split_first()) {
            (Ok(entry), _) => Ok(Self { more: more(rest), ..entry }),
            // Some banks break the line within the amount.
            (Err(message), Some((second, rest))) => match Self::first(&format!("{}{second}", first.trim_end())) {
                Ok(entry) => Ok(Self { more: more(rest), ..entry }),
                Err(_) => Err(message),
            },
            (Err(message), None) => Err(message),
        }
    }

    /// Parses `2612310102DR12,50NTRFNONREF//4711`: value date, booking date, direction, amount, kind, reference, the bank's reference.
    fn first(line: &str) -> Result<Self, String> {
        let line = line.trim();
        let digits = line.get(..6).unwrap_or_default();
        let value = day::short(digits).ok_or_else(|| format!("{} does not begin with a date.", text::quoted(line)))?;
        let rest = line.get(6..).unwrap_or_default();
        let (booked, rest) = match rest.get(..4).filter(|part| part.bytes().all(|byte| byte.is_ascii_digit())) {
            Some(part) => (day::nearest(part, value), rest.get(4..).unwrap_or_default()),
            None => (Some(value), rest),
        };
        let date = booked.ok_or_else(|| format!("The booking date of {} does not exist.", text::quoted(line)))?;
        let (is_out, is_reversal, rest) = direction(rest)
            .ok_or_else(|| format!("{} has no sign (C, D, RC or RD) after the date.", text::quoted(line)))?;
        // The third letter of the currency may follow.
        let rest = rest.strip_prefix(|c: char| c.is_ascii_alphabetic()).unwrap_or(rest).trim_start();
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != ',').unwrap_or(rest.len());
        let (amount, rest) = rest.split_at(end);
        let amount = amount_of(amount).ok_or_else(|| format!("{} has no amount.", text::quoted(line)))?;
        let bank_id = rest.split_once("//").and_then(|(_, reference)| text::id(reference));
        Ok(Self {
            date,
            value_date: value,
            amount: number::signed(&amount, is_out),
            is_reversal,
            bank_id,
            more: None,
            has_february_30: digits.ends_with("0230")
                || (digits.ends_with("0229") && !value.to_string().ends_with("29")),
        })
    }
}

/// Whether money went out, and whether an entry was taken back: `RC` takes back a credit, so money goes out.
fn direction(rest: &str) -> Option<(bool, bool, &str)> {
    [
        ("RC", true, true),
        ("RD", false, true),
        ("EC", false, false),
        ("ED", true, false),
        ("C", false, false),
        ("D", true, false),
    ]
    .into_iter()
    .find_map(|(mark, is_out, is_reversal)| Some((is_out, is_reversal, rest.strip_prefix(mark)?)))
}

/// An amount with a decimal comma, which may be its last character.
fn amount_of(text: &str) -> Option<Decimal> {
    number::with_mark(text, Mark::Comma).filter(|_| text.bytes().any(|byte| byte.is_ascii_digit()))
}

/// Parses a balance such as `C261103EUR1234,56`, with its currency.
pub(super) fn balance(field: &str) -> Option<(Balance, Option<String>)> {
    let field = text::code(field)?;
    let (is_out, _, rest) = direction(&field)?;
    let date = day::short(rest.get(..6)?);
    let rest = rest.get(6..)?;
    let (currency, amount) = match rest.get(..3).and_then(text::currency) {
        Some(currency) => (Some(currency), rest.get(3..)?),
        None => (None, rest),
    };
    let amount = number::signed(&amount_of(amount)?, is_out);
    date.map(|date| (Balance { amount, date: Some(date) }, currency))
}

#[cfg(test)]
mod tests {
    use super::{Entry, balance};

    fn read(lines: &[&str]) -> String {
        let lines: Vec<_> = lines.iter().map(|line| (*line).to_owned()).collect();
        match Entry::parse(&lines) {
            Ok(Entry { date, value_date, amount, is_reversal, bank_id, more, .. }) => {
                let reversal = if is_reversal { " reversal" } else { "" };
                format!(
                    "{date} {value_date} {amount}{reversal} {} {}",
                    bank_id.unwrap_or_default(),
                    more.unwrap_or_default()
                )
            }
            Err(message) => message,
        }
    }

    #[test]
    fn entries_of_many_banks_are_read() {
        for (lines, expected) in [
            (vec!["100722D25,03NOV NONREF"], "2010-07-22 2010-07-22 -25.03  "),
            (
                vec!["1701190119CN0,01NTRFNONREF//MB170119012058", "911-IPH"],
                "2017-01-19 2017-01-19 0.01 MB170119012058 911-IPH",
            ),
            (vec!["1612310102DR12,5NTRFNONREF//NONREF"], "2017-01-02 2016-12-31 -12.5  "),
            (vec!["1701021230RC800,NSTONONREF//55555"], "2016-12-30 2017-01-02 -800 reversal 55555 "),
            (vec!["020317RDM5000,00S051"], "2002-03-17 2002-03-17 5000 reversal  "),
            (
                vec!["130101D000000000025,00N102EREF            ", "NL70ABNA0987654321"],
                "2013-01-01 2013-01-01 -25  NL70ABNA0987654321",
            ),
            (vec!["1407290729C500NTRF29-07-2014 10:05//B4G29"], "2014-07-29 2014-07-29 500 B4G29 "),
            (vec!["1811261126CR", "30,00N062NONREF"], "2018-11-26 2018-11-26 30  "),
            (vec!["1602300301DR6,00N024NONREF"], "2016-03-01 2016-02-29 -6  "),
        ] {
            assert_eq!(read(&lines), expected, "{lines:?}");
        }
        for line in ["", "abc", "161331D1,", "161231X1,", "161231D", "161231D,", "161231D1,2,3N", "1612311399D1,"] {
            assert!(Entry::parse(&[line.to_owned()]).is_err(), "{line}");
        }
    }

    #[test]
    fn balances_have_a_sign_and_a_currency() {
        let read = |field: &str| balance(field).map(|(balance, currency)| (balance.amount.to_string(), currency));
        assert_eq!(read("C131130CHF0,"), Some(("0".to_owned(), Some("CHF".to_owned()))));
        assert_eq!(read("D020315105000,00"), Some(("-105000".to_owned(), None)));
        assert_eq!(read(" C130101EUR000000001000,00 "), Some(("1000".to_owned(), Some("EUR".to_owned()))));
        assert_eq!(read("X130101EUR1,"), None);
        assert_eq!(read("C1"), None);
    }
}
