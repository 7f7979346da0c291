//! Money: currencies, amounts, and the conversion between decimals (in the API) and minor units (in the database).
//!
//! Inside the program, an amount is a signed 64-bit count of minor units (cents, fils) together with its currency. In the API,
//! it is a decimal with exactly the currency's number of digits. Nothing here rounds: a value that does not fit is refused.

use std::{fmt, str::FromStr};

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, SimpleObject, Value};
use folding::digits;
use sea_orm::DeriveValueType;
use serde::{Serialize, Serializer};

/// A currency that Daybook supports: one of ISO 4217 that has a minor unit, or `YEM`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, DeriveValueType)]
#[sea_orm(value_type = "String")]
pub enum Currency {
    /// A currency of ISO 4217.
    Iso(iso_currency::Currency),
    /// `YEM`, the unit of the first users' wallets, with two decimals.
    Yem,
}

impl Currency {
    /// The code of three letters.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Iso(iso) => iso.code(),
            Self::Yem => "YEM",
        }
    }

    /// The number of decimals of an amount in this currency.
    #[must_use]
    pub fn digits(self) -> u32 {
        match self {
            Self::Iso(iso) => u32::from(iso.exponent().unwrap_or_default()),
            Self::Yem => 2,
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The text is not the code of a supported currency.
#[derive(Debug)]
pub struct UnknownCurrency;

impl fmt::Display for UnknownCurrency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a currency code of ISO 4217 that has a minor unit, nor YEM")
    }
}

impl std::error::Error for UnknownCurrency {}

impl FromStr for Currency {
    type Err = UnknownCurrency;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        if code == "YEM" {
            return Ok(Self::Yem);
        }
        iso_currency::Currency::from_code(code)
            .filter(|iso| iso.code() == code && iso.exponent().is_some())
            .map(Self::Iso)
            .ok_or(UnknownCurrency)
    }
}

/// A currency code of ISO 4217, three capital letters such as `USD`, `INR` or `KWD`; also `YEM`. Codes of metals and
/// for testing, which have no minor unit, are not accepted.
#[Scalar(name = "CurrencyCode", specified_by_url = "https://www.iso.org/iso-4217-currency-codes.html")]
impl ScalarType for Currency {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(code) => Ok(code.parse()?),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    // Checked during validation, before anything is executed. Otherwise an invalid value in the second field of a mutation
    // would be found only after the first field was executed.
    fn is_valid(value: &Value) -> bool {
        Self::parse(value.clone()).is_ok()
    }

    fn to_value(&self) -> Value {
        Value::String(self.code().to_owned())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

/// A decimal number, for example `1250.00`. Its form is checked; whether it is an amount of some currency is not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Decimal(String);

/// The maximum number of characters. No amount of money needs more.
const LONGEST_DECIMAL: usize = 100;

impl Decimal {
    /// Converts a count of minor units into a decimal with the currency's number of digits.
    #[must_use]
    pub fn from_minor(minor: impl Into<i128>, currency: Currency) -> Self {
        Self(rust_decimal::Decimal::from_i128_with_scale(minor.into(), currency.digits()).to_string())
    }

    /// Converts this decimal into minor units of a currency.
    ///
    /// # Errors
    /// When it has more decimals than the currency, or does not fit into 64 bits of minor units.
    pub fn to_minor(&self, currency: Currency) -> Result<i64, InexactAmount> {
        let digits = currency.digits() as usize;
        let decimals = self.0.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        if decimals > digits {
            return Err(InexactAmount::TooManyDecimals(currency));
        }
        self.scaled(digits).ok_or(InexactAmount::TooLarge(currency))
    }

    /// Whether the number has a minus sign.
    #[must_use]
    pub fn is_below_zero(&self) -> bool {
        self.0.starts_with('-')
    }

    /// This decimal as a count of `10^-digits`. `None` when it has more decimals or does not fit into 64 bits.
    #[must_use]
    pub fn scaled(&self, digits: usize) -> Option<i64> {
        self.scaled_wide(digits)?.try_into().ok()
    }

    /// Like [`scaled`](Self::scaled), within 128 bits.
    #[must_use]
    pub fn scaled_wide(&self, digits: usize) -> Option<i128> {
        let (whole, decimals) = self.0.split_once('.').unwrap_or((&self.0, ""));
        (decimals.len() <= digits).then(|| format!("{whole}{decimals:0<digits$}").parse().ok())?
    }

    /// Converts a count of `10^-digits` into a decimal without trailing zeros.
    #[must_use]
    pub fn from_scaled(scaled: impl Into<i128>, digits: u32) -> Self {
        Self(rust_decimal::Decimal::from_i128_with_scale(scaled.into(), digits).normalize().to_string())
    }

    /// Converts a count of hundredths into a decimal with two digits after the point.
    #[must_use]
    pub fn from_hundredths(hundredths: i128) -> Self {
        Self(rust_decimal::Decimal::from_i128_with_scale(hundredths, 2).to_string())
    }

    /// What is expected of a value whose only fault is that it has too many digits. `None` for a value of another form.
    pub(crate) fn limit(value: &Value) -> Option<&'static str> {
        let is_part = |byte: u8| byte.is_ascii_digit() || b"-.".contains(&byte);
        match value {
            Value::String(text) => {
                let text = digits::ascii(text);
                let is_too_long = text.len() > LONGEST_DECIMAL && text.bytes().all(is_part);
                is_too_long.then_some("a decimal number of at most 100 characters")
            }
            // The text of a double has no exponent, so one that is not read has too many digits.
            Value::Number(_) => {
                Some("a number of at most 15 digits; send a longer one as a string of at most 100 characters")
            }
            _ => None,
        }
    }

    /// Parses a decimal and normalizes it: different spellings of the same number give the same text. `None` when it has
    /// another form.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let (sign, number) = text.strip_prefix('-').map_or(("", text), |number| ("-", number));
        let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
        let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if text.len() > LONGEST_DECIMAL || !is_digits(whole) || !is_digits(decimals) {
            return None;
        }
        let (whole, decimals) = (whole.trim_start_matches('0'), decimals.trim_end_matches('0'));
        let whole = if whole.is_empty() { "0" } else { whole };
        Some(Self(if decimals.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{decimals}") }))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a decimal is not an amount in a currency.
#[derive(Debug, PartialEq, Eq)]
pub enum InexactAmount {
    /// The decimal has more digits after the point than the currency.
    TooManyDecimals(Currency),
    /// The decimal does not fit into 64 bits of minor units.
    TooLarge(Currency),
}

impl fmt::Display for InexactAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooManyDecimals(currency) => match currency.digits() {
                0 => write!(f, "An amount in {currency} has no decimals."),
                digits => write!(f, "An amount in {currency} has at most {digits} decimals."),
            },
            Self::TooLarge(currency) => {
                let most = Decimal::from_minor(i64::MAX, *currency);
                write!(f, "An amount in {currency} is at most {most}.")
            }
        }
    }
}

/// An exact decimal number. Output: a string such as `"1250.00"`; amounts have all decimals of their currency. Input: a
/// string of digits (of any script) with an optional minus sign and decimals, an integer, or a number of at most 15
/// significant digits. Numbers are read as doubles, so send a string when every digit counts.
#[Scalar(name = "Decimal")]
impl ScalarType for Decimal {
    fn parse(value: Value) -> InputValueResult<Self> {
        let malformed =
            || InputValueError::custom("a decimal is digits with an optional sign and decimals, as in \"-1250.00\"");
        let text = match &value {
            Value::String(text) => digits::number(text).ok_or_else(malformed)?.into_owned(),
            Value::Number(number) if number.is_f64() => {
                let text = number.as_f64().unwrap_or(f64::NAN).to_string();
                let significant = text.trim_start_matches(['-', '0', '.']).bytes().filter(u8::is_ascii_digit).count();
                if significant > 15 {
                    return Err(InputValueError::custom("send a number of more than 15 digits as a string"));
                }
                text
            }
            Value::Number(number) => number.to_string(),
            _ => return Err(InputValueError::expected_type(value)),
        };
        Self::from_text(&text).ok_or_else(malformed)
    }

    // Checked during validation, before anything is executed: see the same function of `Currency`.
    fn is_valid(value: &Value) -> bool {
        Self::parse(value.clone()).is_ok()
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

/// An amount of money in one currency. Amounts in different currencies are never added up.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
#[graphql(directive = crate::price::Cost::apply(0))]
pub struct Money {
    /// The amount, with all decimals of the currency, such as `"1250.00"`.
    amount: Decimal,
    /// The currency of the amount.
    currency: Currency,
}

impl Money {
    /// The amount of money that equals a count of minor units.
    #[must_use]
    pub fn from_minor(minor: impl Into<i128>, currency: Currency) -> Self {
        Self { amount: Decimal::from_minor(minor, currency), currency }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{ScalarType, Value};
    use proptest::prelude::*;

    use super::{Currency, Decimal, InexactAmount};

    fn currency(code: &str) -> Currency {
        code.parse().unwrap()
    }

    fn minor(text: &str, code: &str) -> Result<i64, InexactAmount> {
        Decimal::parse(Value::from(text)).expect(text).to_minor(currency(code))
    }

    #[test]
    fn currencies_have_the_digits_that_the_standard_gives_them() {
        for (code, digits) in [("USD", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("YEM", 2), ("YER", 2)] {
            assert_eq!(currency(code).digits(), digits, "{code}");
        }
        for code in ["usd", "XXX", "XAU", "ABC", "", "US", "ＵＳＤ"] {
            assert!(code.parse::<Currency>().is_err(), "{code}");
        }
    }

    #[test]
    fn a_decimal_is_kept_exactly_or_refused() {
        assert_eq!(minor("1250.00", "USD"), Ok(125_000));
        assert_eq!(minor("-0.1", "USD"), Ok(-10));
        assert_eq!(minor("1.50000", "USD"), Ok(150));
        assert_eq!(minor("007", "JPY"), Ok(7));
        assert_eq!(minor("92233720368547758.07", "USD"), Ok(i64::MAX));
        assert_eq!(minor("-92233720368547758.08", "USD"), Ok(i64::MIN));
        let usd = currency("USD");
        assert_eq!(minor("92233720368547758.08", "USD"), Err(InexactAmount::TooLarge(usd)));
        assert_eq!(minor(&"9".repeat(90), "USD"), Err(InexactAmount::TooLarge(usd)));
        assert_eq!(minor("0.001", "USD"), Err(InexactAmount::TooManyDecimals(usd)));
        assert_eq!(minor("0.1", "JPY"), Err(InexactAmount::TooManyDecimals(currency("JPY"))));
        assert_eq!(minor(&format!("0.{}1", "0".repeat(60)), "USD"), Err(InexactAmount::TooManyDecimals(usd)));
    }

    #[test]
    fn what_is_not_a_decimal_does_not_parse() {
        let long = "1".repeat(101);
        for text in ["", " 1", "1,000", "1.", ".5", "+1", "1e3", "--1", "NaN", "½", "1.2.3", "😀", long.as_str()] {
            assert!(Decimal::parse(Value::from(text)).is_err(), "{text}");
        }
        for text in ["١٢٫٥٠", "۱۲٫۵۰", "१२.५०", "１２．５０", "12.50", "\u{200F}١٢٫٥٠"] {
            assert_eq!(minor(text, "USD"), Ok(1250), "{text}");
        }
        assert_eq!(minor("−١٬٢٣٤٫٥٠", "USD"), Ok(-123_450));
        for text in ["١٬٢٣٫٥٠", "٬١٢٣", "١٢٣٬", "१,२३४"] {
            assert!(Decimal::parse(Value::from(text)).is_err(), "{text}");
        }
        for json in ["0.1234567890123456", "12345678901234567.5", "true", "null", "[1]"] {
            let value = serde_json::from_str(json).unwrap();
            assert!(Decimal::parse(Value::from_json(value).unwrap()).is_err(), "{json}");
        }
        for (json, cents) in
            [("12.34", 1234), ("12", 1200), ("9007199254740993", 900_719_925_474_099_300), ("1e3", 100_000)]
        {
            let value = Value::from_json(serde_json::from_str(json).unwrap()).unwrap();
            assert_eq!(Decimal::parse(value).unwrap().to_minor(currency("USD")), Ok(cents), "{json}");
        }
    }

    #[test]
    fn the_limit_is_named_to_what_exceeds_it_and_to_nothing_else() {
        let limit = |json: String| Decimal::limit(&Value::from_json(serde_json::from_str(&json).unwrap()).unwrap());
        for text in ["9".repeat(400), format!("-0.{}", "0".repeat(98)), "٩".repeat(101)] {
            assert_eq!(limit(format!("\"{text}\"")), Some("a decimal number of at most 100 characters"), "{text}");
        }
        for number in ["1e30", "-1e308", "0.1234567890123456"] {
            assert!(limit(number.to_owned()).unwrap().starts_with("a number of at most 15 digits; "), "{number}");
        }
        for other in
            ["\"five\"".to_owned(), "\"1e30\"".to_owned(), format!("\"{}\"", "x".repeat(400)), "true".to_owned()]
        {
            assert_eq!(limit(other.clone()), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn minor_units_survive_the_way_out_and_in(minor: i64, code in prop::sample::select(vec!["USD", "JPY", "KWD", "CLF"])) {
            let currency = currency(code);
            let Value::String(text) = Decimal::from_minor(minor, currency).to_value() else { panic!("not a string") };
            prop_assert_eq!(Decimal::parse(Value::from(text)).unwrap().to_minor(currency), Ok(minor));
        }
    }
}
