//! Discounts on a line or on a whole invoice: an amount, or a part in per cent of what it is taken from. Pure.
//!
//! A discount that is recorded on the invoice is left out of the taxable value (Central Goods and Services Tax Act 2017,
//! section 15(3)(a)), so it is taken off before taxes are worked out.

use super::check::per_cent;
use crate::{
    bookkeeping::{document, invoicing::tax},
    error::{Code, Refusal},
    money::{Currency, Decimal},
};

/// A discount as a client asked for it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Wanted {
    /// No discount.
    #[default]
    Nothing,
    /// An amount in minor units.
    Amount(i64),
    /// A part in thousandths of a per cent.
    Percent(i32),
}

/// A discount as it is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::bookkeeping) struct Discount {
    /// In minor units.
    pub(in crate::bookkeeping) amount: i64,
    /// The part that it was given as, in thousandths of a per cent; `None` when it was given as an amount.
    pub(in crate::bookkeeping) percent: Option<i32>,
}

/// Checks a discount as far as that is possible without knowing what it is taken from. `prefix` is what comes before
/// the names of its fields in paths.
///
/// # Errors
/// `INVALID` or `LIMIT_REACHED`.
pub(super) fn check(
    amount: Option<&Decimal>,
    percent: Option<&Decimal>,
    currency: Currency,
    prefix: &str,
) -> Result<Wanted, Refusal> {
    let path = |field: &str| format!("{prefix}{field}");
    match (amount, percent) {
        (None, None) => Ok(Wanted::Nothing),
        (Some(amount), None) => document::amount_or_zero(amount, currency, &path("discountAmount")).map(Wanted::Amount),
        (None, Some(percent)) => per_cent(percent, "discount", &path("discountPercent")).map(Wanted::Percent),
        (Some(_), Some(_)) => {
            let message = "Give the discount as an amount or in per cent, not both.";
            Err(Refusal::new(Code::Invalid, path("discountPercent"), message))
        }
    }
}

impl Wanted {
    /// The discount on a whole of so many minor units.
    ///
    /// # Errors
    /// `INVALID` when it is more than the whole.
    pub(super) fn of(self, whole: i64, currency: Currency, prefix: &str) -> Result<Discount, Refusal> {
        match self {
            Self::Nothing => Ok(Discount::default()),
            Self::Percent(percent) => Ok(Discount { amount: part(whole, percent), percent: Some(percent) }),
            Self::Amount(amount) if amount <= whole => Ok(Discount { amount, percent: None }),
            Self::Amount(_) => {
                let whole = Decimal::from_minor(whole, currency);
                let message = format!("The discount must be at most {whole} {currency}, which it is taken from.");
                Err(Refusal::new(Code::Invalid, format!("{prefix}discountAmount"), message))
            }
        }
    }
}

impl Discount {
    /// The path of the input that it was given by.
    pub(super) fn path(self) -> &'static str {
        if self.percent.is_some() { "discountPercent" } else { "discountAmount" }
    }
}

/// A part in thousandths of a per cent of a whole in minor units, rounded half up.
pub(in crate::bookkeeping) fn part(whole: i64, percent: i32) -> i64 {
    let part = tax::round(i128::from(whole) * i128::from(percent), tax::WHOLE.into());
    // At most the whole, since a discount is at most 100 per cent.
    i64::try_from(part).unwrap_or(whole)
}

#[cfg(test)]
mod tests {
    use super::part;

    #[test]
    fn a_part_is_rounded_half_up_and_never_more_than_the_whole() {
        for (whole, percent, expected) in [
            (10_000, 10_000, 1000),
            (5, 10_000, 1),     // 0.5
            (4, 10_000, 0),     // 0.4
            (333, 33_333, 111), // 110.99889
            (1, 100_000, 1),
            (i64::MAX, 100_000, i64::MAX),
            (999, 0, 0),
        ] {
            assert_eq!(part(whole, percent), expected, "{percent} of {whole}");
        }
    }
}
