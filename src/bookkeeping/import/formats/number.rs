//! Parses amounts in the notations of the formats. Pure.

use super::answers::Mark;
use crate::money::Decimal;

/// What an amount in an unknown notation is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Number {
    /// It can be read in one way only.
    Sure(Decimal, Option<Mark>),
    /// It has one separator, before three digits.
    MarkOrThousands,
    /// It is not an amount.
    Wrong,
}

/// Parses an amount whose decimal sign is known. Separators between groups of three digits are allowed.
pub(super) fn with_mark(text: &str, mark: Mark) -> Option<Decimal> {
    let (point, group) = if mark == Mark::Point { ('.', ',') } else { (',', '.') };
    let (sign, number) = split_sign(text.trim())?;
    let (whole, decimals) = number.split_once(point).unwrap_or((number, ""));
    let groups: Vec<_> = whole.split([group, ' ', '\u{A0}', '\u{202F}', '\'', '\u{2019}']).collect();
    let is_grouped = match groups.as_slice() {
        [first, rest @ ..] if !rest.is_empty() => {
            (1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3)
        }
        _ => true,
    };
    let whole = groups.concat();
    if !is_grouped || (whole.is_empty() && decimals.is_empty()) {
        return None;
    }
    let whole = if whole.is_empty() { "0" } else { &whole };
    let decimals = if decimals.is_empty() { "0" } else { decimals };
    Decimal::from_text(&format!("{sign}{whole}.{decimals}"))
}

/// Parses an amount in which a single separator is always the decimal sign, as OFX has it; with two kinds of separators, the last
/// kind is.
pub(super) fn of_any_mark(text: &str) -> Option<Decimal> {
    match (text.rfind('.'), text.rfind(',')) {
        (Some(point), Some(comma)) => with_mark(text, if point > comma { Mark::Point } else { Mark::Comma }),
        (None, Some(_)) => with_mark(text, Mark::Comma),
        _ => with_mark(text, Mark::Point),
    }
}

/// Parses an amount in an unknown notation, as QIF has it.
pub(super) fn guess(text: &str) -> Number {
    let text = text.trim();
    let marks: Vec<char> = text.chars().filter(|c| matches!(c, '.' | ',')).collect();
    let sure = |read: Option<Decimal>, mark| read.map_or(Number::Wrong, |read| Number::Sure(read, mark));
    let (Some(first), Some(last)) = (marks.first(), marks.last()) else {
        return sure(with_mark(text, Mark::Point), None);
    };
    let (mark, other) = if *last == '.' { (Mark::Point, Mark::Comma) } else { (Mark::Comma, Mark::Point) };
    let decimals = text.rsplit(*last).next().unwrap_or_default().trim_end_matches(['-', ')', ' ']);
    match marks.len() {
        1 if decimals.len() == 3 && !text.trim_start_matches(['-', '+']).starts_with(['0', *last]) => {
            if with_mark(text, other).is_some() {
                Number::MarkOrThousands
            } else {
                sure(with_mark(text, mark), Some(mark))
            }
        }
        1 => sure(with_mark(text, mark), Some(mark)),
        // A sign that comes twice is between thousands.
        _ if first == last => sure(with_mark(text, other), Some(other)),
        _ => sure(with_mark(text, mark), Some(mark)),
    }
}

/// Takes off a sign before or after the number, or brackets around it.
fn split_sign(text: &str) -> Option<(&'static str, &str)> {
    let minus = |text: &str| text.starts_with('-') || text.starts_with('\u{2212}');
    if let Some(number) = text.strip_prefix('(') {
        return Some(("-", number.strip_suffix(')')?.trim()));
    }
    if let Some(number) = text.strip_suffix('-').or_else(|| text.strip_suffix('\u{2212}')) {
        return (!minus(number)).then_some(("-", number.trim()));
    }
    if minus(text) {
        return Some(("-", text.trim_start_matches(['-', '\u{2212}']).trim())).filter(|_| !text.starts_with("--"));
    }
    Some(("", text.strip_prefix('+').unwrap_or(text).trim()))
}

/// The amount with the other sign, or without one. Zero has none.
pub(super) fn signed(amount: &Decimal, is_negative: bool) -> Decimal {
    let text = amount.to_string();
    let plain = text.trim_start_matches('-');
    let is_zero = plain.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    let text = if is_negative && !is_zero { format!("-{plain}") } else { plain.to_owned() };
    Decimal::from_text(&text).unwrap_or_else(|| amount.clone())
}

/// The most decimals with which sums are formed.
pub(super) const SCALE: usize = 10;

/// Writes a sum in units of `10^-SCALE` as people write it, with at least two decimals.
pub(super) fn shown(sum: i128) -> String {
    let unit = 10_u128.pow(10);
    let (whole, decimals) = (sum.unsigned_abs() / unit, sum.unsigned_abs() % unit);
    let decimals = format!("{decimals:010}");
    let kept = decimals.trim_end_matches('0').len().max(2);
    format!("{}{whole}.{}", if sum < 0 { "-" } else { "" }, decimals.get(..kept).unwrap_or(&decimals))
}

#[cfg(test)]
mod tests {
    use super::{Mark, Number, guess, of_any_mark, shown, signed, with_mark};
    use crate::money::Decimal;

    fn sure(text: &str) -> String {
        match guess(text) {
            Number::Sure(number, mark) => format!("{number} {mark:?}"),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn the_notation_of_an_amount_is_guessed_only_where_it_is_clear() {
        for (text, expected) in [
            ("-1,234.56", "-1234.56 Some(Point)"),
            ("1.234,56", "1234.56 Some(Comma)"),
            ("12,5", "12.5 Some(Comma)"),
            ("-12.50", "-12.5 Some(Point)"),
            ("1,234,567", "1234567 Some(Point)"),
            ("1.234.567", "1234567 Some(Comma)"),
            ("1,234", "MarkOrThousands"),
            ("-1.234", "MarkOrThousands"),
            ("0,125", "0.125 Some(Comma)"),
            ("1234.567", "1234.567 Some(Point)"),
            ("7", "7 None"),
            (".99", "0.99 Some(Point)"),
            ("5.", "5 Some(Point)"),
            ("(50.00)", "-50 Some(Point)"),
            ("50,00-", "-50 Some(Comma)"),
            ("", "Wrong"),
            ("-", "Wrong"),
            (",", "Wrong"),
            ("--5", "Wrong"),
            ("1e3", "Wrong"),
            ("12,34,56.7", "Wrong"),
            ("five", "Wrong"),
        ] {
            assert_eq!(sure(text), expected, "{text}");
        }
    }

    #[test]
    fn a_single_separator_of_ofx_is_the_decimal_sign() {
        for (text, expected) in
            [("-1400,82", "-1400.82"), ("1.400,82", "1400.82"), ("1,400.82", "1400.82"), ("+1,234", "1.234")]
        {
            assert_eq!(of_any_mark(text).map(|amount| amount.to_string()).as_deref(), Some(expected), "{text}");
        }
        assert!(of_any_mark("1,4,0.8").is_none());
        assert_eq!(with_mark("0,", Mark::Comma), Decimal::from_text("0"));
    }

    #[test]
    fn zero_has_no_sign() {
        let zero = Decimal::from_text("0.00").unwrap();
        assert_eq!(signed(&zero, true).to_string(), "0");
        assert_eq!(signed(&Decimal::from_text("-5").unwrap(), false).to_string(), "5");
        assert_eq!(shown(-125_000_000_000), "-12.50");
        assert_eq!(shown(10_000_000_001), "1.0000000001");
    }
}
