//! Prices of one unit, which may have more decimals than an amount in the currency has: 0.125 INR, 4.5 JPY. Pure.

use crate::{
    bookkeeping::{
        document::{self, LARGEST},
        invoicing::tax,
    },
    error::{Code, Refusal},
    money::{Currency, Decimal},
};

/// The most decimals of a unit price.
const PRICE_DIGITS: u32 = 6;
/// A quantity of 1, in ten-thousandths.
const PIECE: i128 = 10_000;

/// A price of one unit as it is stored.
///
/// It has two parts, because the largest prices in millionths of the currency's unit exceed 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitPrice {
    /// The whole minor units.
    pub minor: i64,
    /// What comes on top of these, in millionths of the currency's unit: always less than one minor unit.
    pub fraction: i64,
}

/// The number of millionths of the currency's unit in one minor unit.
fn millionths(currency: Currency) -> i128 {
    10_i128.pow(PRICE_DIGITS.saturating_sub(currency.digits()))
}

impl UnitPrice {
    /// Converts a price that a client sent.
    ///
    /// # Errors
    /// `INVALID` or `LIMIT_REACHED` at `path`.
    pub(super) fn check(price: &Decimal, currency: Currency, path: &str) -> Result<Self, Refusal> {
        let invalid = |message: String| Refusal::new(Code::Invalid, path, message);
        let bounds = || {
            let most = Decimal::from_minor(LARGEST, currency);
            invalid(format!(
                "A unit price must have at most {PRICE_DIGITS} decimals, and be at most {most} {currency}."
            ))
        };
        let price = price.scaled_wide(PRICE_DIGITS as usize).ok_or_else(bounds)?;
        if price < 0 {
            return Err(invalid("The amount must not be less than zero.".to_owned()));
        }
        let part = |part: i128| i64::try_from(part).map_err(|_| bounds());
        let (minor, fraction) = (part(price / millionths(currency))?, part(price % millionths(currency))?);
        Ok(Self { minor: document::within_limit(minor, currency, path)?, fraction })
    }

    /// The price with at least as many decimals as an amount in the currency.
    #[must_use]
    pub fn decimal(self, currency: Currency) -> Decimal {
        if self.fraction == 0 {
            Decimal::from_minor(self.minor, currency)
        } else {
            Decimal::from_scaled(self.millionths(currency), PRICE_DIGITS)
        }
    }

    /// The amount of a quantity in ten-thousandths, in minor units, rounded half up; `None` when it exceeds 64 bits.
    pub(in crate::bookkeeping) fn times(self, quantity: i64, currency: Currency) -> Option<i64> {
        let exact = self.millionths(currency).checked_mul(i128::from(quantity))?;
        i64::try_from(tax::round(exact, PIECE * millionths(currency))).ok()
    }

    /// The price in millionths of the currency's unit.
    fn millionths(self, currency: Currency) -> i128 {
        i128::from(self.minor) * millionths(currency) + i128::from(self.fraction)
    }
}

#[cfg(test)]
mod tests {
    use super::UnitPrice;
    use crate::{
        error::{Code, Refusal},
        money::{Currency, Decimal},
    };

    fn price(text: &str, currency: &str) -> Result<UnitPrice, Refusal> {
        UnitPrice::check(&Decimal::from_text(text).unwrap(), currency.parse().unwrap(), "unitPrice")
    }

    #[test]
    fn a_price_keeps_all_of_its_decimals() {
        for (text, code, minor, fraction, shown) in [
            ("0.125", "INR", 12, 5000, "0.125"),
            ("10", "INR", 1000, 0, "10.00"),
            ("10.1", "INR", 1010, 0, "10.10"),
            ("4.5", "JPY", 4, 500_000, "4.5"),
            ("0.000001", "JPY", 0, 1, "0.000001"),
            ("1.2345", "KWD", 1234, 500, "1.2345"),
            ("1.200000000", "KWD", 1200, 0, "1.200"),
            ("10000000000000", "INR", 1_000_000_000_000_000, 0, "10000000000000.00"),
            ("1000000000000000", "JPY", 1_000_000_000_000_000, 0, "1000000000000000"),
            ("999999999999999.999999", "JPY", 999_999_999_999_999, 999_999, "999999999999999.999999"),
        ] {
            let currency: Currency = code.parse().unwrap();
            let checked = price(text, code).unwrap();
            assert_eq!(checked, UnitPrice { minor, fraction }, "{text} {code}");
            assert_eq!(checked.decimal(currency).to_string(), shown, "{text} {code}");
        }
    }

    #[test]
    fn a_price_that_is_none_is_refused() {
        for (text, code) in [
            ("0.0000001", Code::Invalid),
            ("-0.01", Code::Invalid),
            (&"9".repeat(90), Code::Invalid),
            ("99999999999999999999", Code::Invalid),
            ("10000000000000.01", Code::LimitReached),
        ] {
            let refused = price(text, "INR").unwrap_err();
            assert_eq!((refused.code, refused.path.as_str()), (code, "unitPrice"), "{text}");
        }
    }

    #[test]
    fn a_line_is_its_quantity_times_its_price() {
        for (quantity, text, code, amount) in [
            (25_000, "10", "INR", Some(2500)),
            (1, "50", "INR", Some(1)),          // 0.0001 x 50 = 0.005
            (1, "49.99", "INR", Some(0)),       // 0.004999
            (30_000, "0.125", "INR", Some(38)), // 0.375
            (10_000, "4.5", "JPY", Some(5)),    // 4.5
            (30_000, "4.5", "JPY", Some(14)),   // 13.5
            (10_000, "0.000001", "KWD", Some(0)),
            (i64::MAX, "0.01", "INR", Some(922_337_203_685_478)), // 922337203685477.5807
            (i64::MAX, "10000000000000", "INR", None),
        ] {
            let currency = code.parse().unwrap();
            assert_eq!(price(text, code).unwrap().times(quantity, currency), amount, "{quantity} x {text} {code}");
        }
        let most = UnitPrice { minor: i64::MAX, fraction: 999_999 };
        assert_eq!(most.times(i64::MAX, "JPY".parse().unwrap()), None);
    }
}
