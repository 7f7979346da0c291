//! Goods and services tax (GST) on an invoice. Pure.
//!
//! Within a state, the tax is split into CGST and SGST, each at half the rate; between states it is IGST at the full
//! rate (Integrated Goods and Services Tax Act 2017, sections 7 and 8). Each tax is rounded to the currency's minor
//! unit, halves up, so CGST and SGST are always equal.
//!
//! Here taxes are rounded for each amount that is given. `totals::shares` gives one amount for each rate of an invoice;
//! invoices of [`TaxMethod::ByLine`](crate::entity::invoice::TaxMethod) had one for each line.

/// A rate of 100 %, in thousandths of a per cent.
pub(in crate::bookkeeping) const WHOLE: i64 = 100_000;

/// An amount of goods in minor units, and its tax rate in thousandths of a per cent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::bookkeeping) struct Taxed {
    pub(in crate::bookkeeping) amount: i64,
    pub(in crate::bookkeeping) rate: i64,
}

/// The taxes of an invoice, in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::bookkeeping) struct Taxes {
    pub(in crate::bookkeeping) cgst: i64,
    pub(in crate::bookkeeping) sgst: i64,
    pub(in crate::bookkeeping) igst: i64,
}

/// The taxes on the goods, between states or within one; `None` when a tax exceeds 64 bits.
pub(in crate::bookkeeping) fn taxes(goods: &[Taxed], across_states: bool) -> Option<Taxes> {
    let sum = |part: i128| {
        let shares = goods
            .iter()
            .map(|taxed| round(i128::from(taxed.amount) * i128::from(taxed.rate), i128::from(WHOLE) * part));
        i64::try_from(shares.sum::<i128>()).ok()
    };
    Some(if across_states {
        Taxes { igst: sum(1)?, ..Taxes::default() }
    } else {
        let half = sum(2)?;
        Taxes { cgst: half, sgst: half, igst: 0 }
    })
}

impl Taxes {
    /// The taxes and others together; `None` when one exceeds 64 bits.
    pub(super) fn plus(self, more: Self) -> Option<Self> {
        Some(Self {
            cgst: self.cgst.checked_add(more.cgst)?,
            sgst: self.sgst.checked_add(more.sgst)?,
            igst: self.igst.checked_add(more.igst)?,
        })
    }

    /// The taxes less others; `None` when one exceeds 64 bits.
    pub(super) fn minus(self, less: Self) -> Option<Self> {
        Some(Self {
            cgst: self.cgst.checked_sub(less.cgst)?,
            sgst: self.sgst.checked_sub(less.sgst)?,
            igst: self.igst.checked_sub(less.igst)?,
        })
    }

    /// Each tax, but not more than that of others.
    pub(super) fn at_most(self, most: Self) -> Self {
        Self { cgst: self.cgst.min(most.cgst), sgst: self.sgst.min(most.sgst), igst: self.igst.min(most.igst) }
    }
}

/// Divides and rounds halves up. The dividend must not be negative, and the divisor must be above zero.
pub(super) fn round(dividend: i128, divisor: i128) -> i128 {
    dividend / divisor + i128::from(dividend % divisor * 2 >= divisor)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Taxed, Taxes, round, taxes};

    #[test]
    fn half_the_rate_is_cgst_and_half_of_it_sgst() {
        let goods = [Taxed { amount: 100_000, rate: 18_000 }];
        assert_eq!(taxes(&goods, false), Some(Taxes { cgst: 9000, sgst: 9000, igst: 0 }));
        assert_eq!(taxes(&goods, true), Some(Taxes { cgst: 0, sgst: 0, igst: 18_000 }));
    }

    #[test]
    fn half_a_unit_is_rounded_up_in_each_tax_alike() {
        for (amount, rate, half, whole) in [
            (10, 10_000, 1, 1),        // 0.5 and 0.5; 1.0
            (9, 10_000, 0, 1),         // 0.45; 0.9
            (1, 100_000, 1, 1),        // 0.5; 1.0
            (33_333, 5000, 833, 1667), // 833.325; 1666.65
            (100, 250, 0, 0),          // 0.125; 0.25
            (0, 18_000, 0, 0),
        ] {
            let goods = [Taxed { amount, rate }];
            assert_eq!(taxes(&goods, false), Some(Taxes { cgst: half, sgst: half, igst: 0 }), "{amount} {rate}");
            assert_eq!(taxes(&goods, true).unwrap().igst, whole, "{amount} {rate}");
        }
    }

    #[test]
    fn what_is_half_or_more_is_rounded_up() {
        for (dividend, divisor, rounded) in
            [(0, 7, 0), (3, 7, 0), (4, 7, 1), (7, 2, 4), (7, 1, 7), (i128::MAX, 1, i128::MAX)]
        {
            assert_eq!(round(dividend, divisor), rounded, "{dividend} / {divisor}");
        }
    }

    proptest! {
        #[test]
        fn a_tax_is_never_half_a_unit_away_from_the_exact_one(amount in 0..=1_000_000_000_000_000_i64, rate in 0..=100_000_i64) {
            let goods = [Taxed { amount, rate }];
            let exact = i128::from(amount) * i128::from(rate);
            let igst = i128::from(taxes(&goods, true).unwrap().igst);
            prop_assert!((igst * 100_000 - exact).abs() * 2 <= 100_000);
            let half = taxes(&goods, false).unwrap();
            prop_assert_eq!(half.cgst, half.sgst);
            prop_assert!((i128::from(half.cgst) * 200_000 - exact).abs() * 2 <= 200_000);
        }
    }
}
