//! Parses amounts in the notations of banks.
//!
//! | part | forms |
//! |---|---|
//! | decimals | after a point or a comma, also without digits before it: `.99` |
//! | groups | of three, or as in India (`1,00,000`), separated by a comma, point, apostrophe or any blank |
//! | minus | before or after the number or the currency, Unicode minus, brackets, `DR` |
//! | plus | `+`, `CR` |
//! | currency | a code or a sign, before or after the number |
//! | digits | of all scripts |

use std::borrow::Cow;

use async_graphql::Enum;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{cell, currency_sign, flag};
use folding::digits;

use crate::money::Currency;

/// The sign before the decimals of amounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[graphql(name = "ImportDecimalSign")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DecimalSign {
    /// A point, as in 1,250.00.
    Point,
    /// A comma, as in 1.250,00.
    Comma,
}

/// A number as it is written, in each way in which it can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number {
    /// Its value when a point is the decimal sign.
    pub point: Option<Decimal>,
    /// Its value when a comma is the decimal sign.
    pub comma: Option<Decimal>,
    /// Its currency, if it has one that is clear. `$` is not.
    pub currency: Option<Currency>,
    /// Whether it is marked as more than zero, by a plus or a word such as `CR`.
    pub has_plus: bool,
    /// Whether a word such as `CR` or `DR` marks it. Words say the same in the files of all banks; signs do not.
    pub has_word: bool,
    /// Whether it looks like money: it has decimals, a sign or a currency.
    pub is_like_money: bool,
}

impl Number {
    /// The value with this decimal sign. Without one, the only value that the number can have.
    #[must_use]
    pub fn value(&self, decimal: Option<DecimalSign>) -> Option<Decimal> {
        match (decimal, self.point, self.comma) {
            (Some(DecimalSign::Point), point, _) => point,
            (Some(DecimalSign::Comma), _, comma) => comma,
            (None, Some(point), Some(comma)) => (point == comma).then_some(point),
            (None, point, comma) => point.or(comma),
        }
    }
}

/// Stands for the Arabic decimal sign, which is never a separator of groups.
const CERTAIN: char = '\u{1}';

/// Reads a number; `None` when the text is none.
#[must_use]
pub fn number(text: &str) -> Option<Number> {
    const LONGEST: usize = 60;
    let text = cell::bare(text);
    if text.is_empty() || text.len() > LONGEST || text.contains(CERTAIN) || !text.chars().any(char::is_numeric) {
        return None;
    }
    let text = plain(text);
    let is_digit = |c: char| c.is_ascii_digit();
    let mut begin = text.find(is_digit)?;
    let end = text.rfind(is_digit)? + 1;
    let before = text.get(..begin)?;
    let is_bracketed = before.contains('(') && text.get(end..)?.contains(')');
    // A point before the first digit begins the decimals, unless it ends an abbreviation: `.99`, `Rs.500`.
    if let Some(rest) = before.strip_suffix(['.', ',', CERTAIN])
        && !rest.ends_with(char::is_alphabetic)
    {
        begin -= 1;
    }
    let (before, body, after) = (text.get(..begin)?, text.get(begin..end)?, text.get(end..)?);
    // `100,-` has no decimals.
    let rest = after.strip_prefix(",-").or_else(|| after.strip_prefix(".-"));
    let after = rest.map_or(after, |rest| rest.trim_start_matches('-'));
    let mut affix = Affix { sign: is_bracketed.then_some(true), ..Affix::default() };
    if is_bracketed {
        affix.take(&before.replacen('(', "", 1))?;
        affix.take(&after.replacen(')', "", 1))?;
    } else {
        affix.take(before)?;
        affix.take(after)?;
    }
    let value = |decimal| value(body, decimal).map(|value| if affix.sign == Some(true) { -value } else { value });
    let number = Number {
        point: value('.'),
        comma: value(','),
        currency: affix.currency,
        has_plus: affix.sign == Some(false),
        has_word: affix.has_word,
        is_like_money: affix.sign.is_some() || affix.has_currency || body.contains(['.', ',', CERTAIN]),
    };
    (number.point.is_some() || number.comma.is_some()).then_some(number)
}

/// The text with ASCII digits, signs and separators.
fn plain(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return text.into();
    }
    let sign = |c: char| match c {
        '\u{66B}' => CERTAIN,
        '\u{66C}' | '\u{2019}' | '\u{2BC}' | '\u{B4}' => '\'',
        '\u{FF0C}' => ',',
        '\u{2010}'..='\u{2015}' | '\u{FE63}' => '-',
        c if c.is_whitespace() => ' ',
        c => c,
    };
    let text: String = text.chars().filter(|c| !cell::is_hidden(*c)).map(sign).collect();
    digits::ascii(&text).into_owned().into()
}

/// What is before and after the digits.
#[derive(Clone, Copy, Debug, Default)]
struct Affix {
    /// Whether its sign says below zero, if it has one.
    sign: Option<bool>,
    has_word: bool,
    currency: Option<Currency>,
    has_currency: bool,
}

impl Affix {
    /// Reads an affix; `None` when it is not one of a number.
    fn take(&mut self, text: &str) -> Option<()> {
        let is_sign = |c: char| c == '-' || c == '+';
        for word in text.split([' ', '\'']).flat_map(|word| word.split_inclusive(is_sign)) {
            let (word, sign) = match word.strip_suffix(is_sign) {
                Some(rest) => (rest, word.chars().last()),
                None => (word, None),
            };
            if let Some(sign) = sign {
                self.sign(sign == '-')?;
            }
            if word.is_empty() {
                continue;
            }
            if let Some(is_out) = flag::of_amount(word) {
                self.sign(is_out)?;
                self.has_word = true;
            } else {
                let currency = currency_sign::find(word)?;
                if self.has_currency {
                    return None;
                }
                (self.currency, self.has_currency) = (currency, true);
            }
        }
        Some(())
    }

    /// A second sign makes a text that is no number, such as a range or a phone number.
    fn sign(&mut self, is_below: bool) -> Option<()> {
        let before = self.sign.replace(is_below);
        before.is_none().then_some(())
    }
}

/// The value of digits and separators with a decimal sign.
fn value(body: &str, decimal: char) -> Option<Decimal> {
    let decimal = if body.contains(CERTAIN) { CERTAIN } else { decimal };
    let (whole, decimals) = match body.split_once(decimal) {
        Some((whole, decimals)) => (whole, Some(decimals)),
        None => (body, None),
    };
    if decimals.is_some_and(|decimals| !decimals.bytes().all(|byte| byte.is_ascii_digit())) || !is_whole(whole) {
        return None;
    }
    let scale = decimals.map_or(0, str::len);
    let digits = whole.bytes().filter(u8::is_ascii_digit).chain(decimals.unwrap_or_default().bytes());
    let mut mantissa = 0_i128;
    for digit in digits {
        mantissa = mantissa.checked_mul(10)?.checked_add(i128::from(digit - b'0'))?;
    }
    Decimal::try_from_i128_with_scale(mantissa, u32::try_from(scale).ok()?).ok()
}

/// Whether these are digits, without separators or in groups.
fn is_whole(whole: &str) -> bool {
    let Some(separator) = whole.chars().find(|c| !c.is_ascii_digit()) else { return true };
    let groups: Vec<_> = whole.split(separator).collect();
    let [first, middle @ .., last] = groups.as_slice() else { return false };
    let are_digits = groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_digit()));
    let are = |size: usize| middle.iter().all(|group| group.len() == size);
    let is_first = |most: usize| (1..=most).contains(&first.len()) && !first.starts_with('0');
    let is_indian = separator == ',' && are(2) && is_first(2);
    are_digits && last.len() == 3 && ((are(3) && is_first(3)) || is_indian)
}

#[cfg(test)]
mod tests {
    use super::{
        DecimalSign::{Comma, Point},
        number,
    };

    #[test]
    fn amounts_are_read_in_the_notations_of_banks() {
        for (text, decimal, expected) in [
            ("12.50", None, "12.50"),
            ("12,50", None, "12.50"),
            ("1,00,000.00", None, "100000.00"),
            ("1,25,00,000", None, "12500000"),
            ("1,234.56", None, "1234.56"),
            ("+1.250,00", None, "1250.00"),
            ("(50.00)", None, "-50.00"),
            ("(£50.00)", None, "-50.00"),
            ("$(50.00)", None, "-50.00"),
            ("- $1,250.00", None, "-1250.00"),
            ("50.00-", None, "-50.00"),
            ("50,00 -", None, "-50.00"),
            ("- 50.00", None, "-50.00"),
            ("\u{2212}50.00", None, "-50.00"),
            ("\u{2013}50.00", None, "-50.00"),
            (".99", None, "0.99"),
            ("-.99", None, "-0.99"),
            ("£12.50", None, "12.50"),
            ("-£12.50", None, "-12.50"),
            ("£-12.50", None, "-12.50"),
            ("₹1,00,000.00", None, "100000.00"),
            ("Rs.500.00", None, "500.00"),
            ("Rs. 500.00", None, "500.00"),
            ("1 234,50 zł", None, "1234.50"),
            ("1\u{A0}234,50\u{A0}€", None, "1234.50"),
            ("1\u{202F}234,50", None, "1234.50"),
            ("1'234.50", None, "1234.50"),
            ("CHF 1\u{2019}234.50", None, "1234.50"),
            ("EUR -12,50", None, "-12.50"),
            ("12.50 CR", None, "12.50"),
            ("12.50DR", None, "-12.50"),
            ("12.50 Dr.", None, "-12.50"),
            ("100,-", None, "100"),
            ("-100,--", None, "-100"),
            ("١٢٫٥٠٠", None, "12.500"),
            ("١٬٢٣٤٫٥٦", None, "1234.56"),
            ("۱۲۳۴", None, "1234"),
            ("१,००,०००.००", None, "100000.00"),
            ("1.250", Some(Point), "1.250"),
            ("1.250", Some(Comma), "1250"),
            ("1,250", Some(Point), "1250"),
            ("0.750", None, "0.750"),
            ("1.234.567", None, "1234567"),
            ("0", None, "0"),
            ("=\"12.50\"", None, "12.50"),
            ("US$ 5", None, "5"),
            ("100.00H", None, "100.00"),
            ("100,00 S", None, "-100.00"),
        ] {
            let value = number(text).unwrap_or_else(|| panic!("{text}")).value(decimal);
            assert_eq!(value.map(|value| value.to_string()).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_number_that_can_be_read_in_two_ways_has_no_value_of_its_own() {
        for text in ["1.250", "1,250", "-12.345", "(1,250)"] {
            assert_eq!(number(text).unwrap().value(None), None, "{text}");
        }
        assert_eq!(number("12.5").unwrap().value(Some(Comma)), None);
        assert_eq!(number("1,00,000.00").unwrap().value(Some(Comma)), None);
    }

    #[test]
    fn what_is_no_amount_is_not_read() {
        for text in [
            "",
            "-",
            "abc",
            "1e3",
            "12.50.1",
            "--1",
            "-1-",
            "(1",
            "12:30",
            "2026-11-20",
            "20.11.2026",
            "5%",
            "1/2",
            "½",
            "²",
            "A1",
            "LT00",
            "12 34",
            "1,2,3",
            "+1-",
            "5 apples",
            "EUR 5 USD",
            "12,34,56",
            "999999999999999999999999999999",
            "1..2",
            "5.",
        ] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn the_currency_of_an_amount_is_known_where_it_is_clear() {
        let currency = |text| number(text).unwrap().currency.map(|currency| currency.code());
        assert_eq!(currency("£5"), Some("GBP"));
        assert_eq!(currency("5 EUR"), Some("EUR"));
        assert_eq!(currency("$5"), None);
        assert!(number("$5").unwrap().is_like_money && !number("5").unwrap().is_like_money);
        assert!(number("+5").unwrap().has_plus && number("5 CR").unwrap().has_plus && !number("5").unwrap().has_plus);
    }
}
