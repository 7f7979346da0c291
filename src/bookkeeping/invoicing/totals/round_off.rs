//! Rounds the total of an invoice to the whole unit of its currency. Pure.

use crate::money::Currency;

/// What is added to a total in minor units so that it becomes whole, half a unit up: below zero when it is rounded
/// down.
pub(in crate::bookkeeping) fn round_off(total: i64, currency: Currency) -> i64 {
    let unit = 10_i64.pow(currency.digits());
    let over = total.rem_euclid(unit);
    if over * 2 < unit || over == 0 { -over } else { unit - over }
}

#[cfg(test)]
mod tests {
    use super::round_off;

    #[test]
    fn half_a_unit_or_more_is_rounded_up_and_less_is_rounded_down() {
        for (code, total, expected) in [
            ("INR", 11_849, -49),
            ("INR", 11_850, 50),
            ("INR", 11_899, 1),
            ("INR", 11_900, 0),
            ("INR", 49, -49),
            ("KWD", 1499, -499),
            ("KWD", 1500, 500),
            ("JPY", 7, 0),
            ("CLF", 14_999, -4999),
        ] {
            assert_eq!(round_off(total, code.parse().unwrap()), expected, "{total} {code}");
        }
    }
}
