//! Works out the taxes of an invoice, and what each line has of its discount, its charges and its taxes. Pure.
//!
//! | step | rule |
//! |---|---|
//! | discount | the invoice's discount is shared among the lines in proportion to their amounts |
//! | charges | they are part of the value of the supply (Central Goods and Services Tax Act 2017, section 15(2)(c)), so they are taxed: shared among the rates in proportion to what is sold at each rate, then in the same way among the lines of a rate |
//! | taxes | worked out for each rate over the whole invoice, and rounded once; then shared among the lines of that rate in proportion to their taxable amounts |
//!
//! All shares are by the largest remainder, so those of the lines add up exactly; see `apportion`.

use super::apportion::apportion;
use crate::bookkeeping::invoicing::tax::{self, Taxed, Taxes};

/// What taxes are worked out from: amounts in minor units.
#[derive(Clone, Debug)]
pub(in crate::bookkeeping) struct Basis {
    /// The lines with their rates, after the discounts of each; or the gross amount as the only one.
    pub(in crate::bookkeeping) goods: Vec<Taxed>,
    /// The discount on the whole invoice, not more than the goods.
    pub(in crate::bookkeeping) discount: i64,
    /// Charges besides the goods.
    pub(in crate::bookkeeping) charges: i64,
}

/// The share of one line in the sums of its invoice, in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::bookkeeping) struct Share {
    /// The amount of the line, less its share of the discount, with its share of the charges.
    pub(in crate::bookkeeping) taxable: i64,
    pub(in crate::bookkeeping) taxes: Taxes,
}

/// The taxes of an invoice, and the shares of its goods in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::bookkeeping) struct Assessed {
    pub(in crate::bookkeeping) taxes: Taxes,
    pub(in crate::bookkeeping) shares: Vec<Share>,
}

/// A line, or the gross amount.
#[derive(Clone, Copy)]
struct Part {
    place: usize,
    rate: i64,
    amount: i128,
    /// The amount less its share of the discount.
    net: i128,
}

impl Basis {
    /// Works out the taxes by the rates; `None` when a sum exceeds 64 bits.
    pub(in crate::bookkeeping) fn assess(&self, across_states: bool) -> Option<Assessed> {
        let mut parts = self.parts()?;
        // The sort is stable, so the lines of a rate stay in their order.
        parts.sort_by_key(|part| part.rate);
        let rates: Vec<_> = parts.chunk_by(|part, next| part.rate == next.rate).collect();
        let sums =
            |of: fn(&Part) -> i128| -> Vec<i128> { rates.iter().map(|parts| parts.iter().map(of).sum()).collect() };
        let charges = apportion(self.charges.into(), &weights(sums(|part| part.net), sums(|part| part.amount)))?;
        let mut taxes = Taxes::default();
        let mut shares = Vec::with_capacity(parts.len());
        for (parts, charges) in rates.into_iter().zip(charges) {
            let amount = parts.iter().map(|part| part.net).sum::<i128>() + charges;
            let rate = parts.first()?.rate;
            let of_rate = tax::taxes(&[Taxed { amount: i64::try_from(amount).ok()?, rate }], across_states)?;
            shares.extend(share(parts, charges, of_rate)?);
            taxes = taxes.plus(of_rate)?;
        }
        Some(Assessed { taxes, shares: in_order(shares) })
    }

    /// Shares taxes that were given and not worked out; `None` when a sum exceeds 64 bits.
    pub(in crate::bookkeeping) fn share(&self, taxes: Taxes) -> Option<Assessed> {
        let shares = share(&self.parts()?, self.charges.into(), taxes)?;
        Some(Assessed { taxes, shares: in_order(shares) })
    }

    /// The goods less their shares of the discount, in their order; `None` when the discount cannot be shared.
    pub(in crate::bookkeeping::invoicing) fn nets(&self) -> Option<Vec<i64>> {
        self.parts()?.into_iter().map(|part| i64::try_from(part.net).ok()).collect()
    }

    /// The goods with their shares of the discount.
    fn parts(&self) -> Option<Vec<Part>> {
        let amounts: Vec<_> = self.goods.iter().map(|taxed| i128::from(taxed.amount)).collect();
        let discounts = apportion(self.discount.into(), &amounts)?;
        let parts = self.goods.iter().zip(discounts).enumerate().map(|(place, (taxed, discount))| {
            let amount = i128::from(taxed.amount);
            Part { place, rate: taxed.rate, amount, net: amount - discount }
        });
        Some(parts.collect())
    }
}

/// The shares of these parts in charges and taxes, each with the place of the part.
fn share(parts: &[Part], charges: i128, taxes: Taxes) -> Option<Vec<(usize, Share)>> {
    let amounts: Vec<_> = parts.iter().map(|part| part.amount).collect();
    let net = parts.iter().map(|part| part.net).collect();
    let charges = apportion(charges, &weights(net, amounts.clone()))?;
    let taxable: Vec<_> = parts.iter().zip(charges).map(|(part, charge)| part.net + charge).collect();
    let by = weights(taxable.clone(), amounts);
    let of = |tax: i64| apportion(tax.into(), &by);
    let of_each = of(taxes.cgst)?.into_iter().zip(of(taxes.sgst)?).zip(of(taxes.igst)?);
    let shares = parts.iter().zip(taxable).zip(of_each).map(|((part, taxable), ((cgst, sgst), igst))| {
        let minor = |share: i128| i64::try_from(share).ok();
        let taxes = Taxes { cgst: minor(cgst)?, sgst: minor(sgst)?, igst: minor(igst)? };
        Some((part.place, Share { taxable: minor(taxable)?, taxes }))
    });
    shares.collect()
}

/// What to share by: by the amounts before the discount when the discount leaves nothing.
fn weights(net: Vec<i128>, amounts: Vec<i128>) -> Vec<i128> {
    if net.iter().any(|net| *net != 0) { net } else { amounts }
}

fn in_order(mut shares: Vec<(usize, Share)>) -> Vec<Share> {
    shares.sort_by_key(|(place, _)| *place);
    shares.into_iter().map(|(_, share)| share).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Basis, Share};
    use crate::bookkeeping::invoicing::tax::{Taxed, Taxes};

    #[test]
    fn what_cannot_be_is_not_assessed() {
        let goods = vec![Taxed { amount: 10, rate: 18_000 }];
        for (goods, discount, charges) in [
            (goods.clone(), 11, 0),
            (goods.clone(), -1, 0),
            (goods, 0, -1),
            (vec![Taxed { amount: 0, rate: 0 }], 0, 1),
            (vec![Taxed { amount: i64::MAX, rate: 100_000 }; 2], 0, 0),
        ] {
            let basis = Basis { goods, discount, charges };
            assert_eq!(basis.assess(true), None, "{basis:?}");
        }
    }

    proptest! {
        #[test]
        fn the_lines_add_up_and_each_tax_is_right_for_its_rate(
            lines in prop::collection::vec((0..=1_000_000_000_i64, prop::sample::select(vec![0, 250, 5000, 18_000])), 1..30),
            (off, charges) in (0..=1_000_000_i64, 0..=1_000_000_000_i64),
            across in any::<bool>(),
        ) {
            let goods: Vec<_> = lines.iter().map(|(amount, rate)| Taxed { amount: *amount, rate: *rate }).collect();
            let gross = goods.iter().map(|taxed| taxed.amount).sum::<i64>();
            prop_assume!(gross > 0);
            let discount = i64::try_from(i128::from(gross) * i128::from(off) / 1_000_000).unwrap();
            let basis = Basis { goods, discount, charges };
            let assessed = basis.assess(across).unwrap();
            let sum = |of: fn(&Share) -> i64| assessed.shares.iter().map(of).sum::<i64>();
            prop_assert_eq!(sum(|share| share.taxable), gross - discount + charges);
            let [cgst, sgst, igst] = [sum(|share| share.taxes.cgst), sum(|share| share.taxes.sgst), sum(|share| share.taxes.igst)];
            prop_assert_eq!(Taxes { cgst, sgst, igst }, assessed.taxes);
            prop_assert_eq!(cgst, sgst);
            prop_assert_eq!(if across { cgst } else { igst }, 0);
            for rate in [0, 250, 5000, 18_000] {
                let of_rate = || basis.goods.iter().zip(&assessed.shares).filter(move |(taxed, _)| taxed.rate == rate);
                let taxable = of_rate().map(|(_, share)| i128::from(share.taxable)).sum::<i128>();
                let tax = of_rate().map(|(_, share)| i128::from(share.taxes.cgst + share.taxes.sgst + share.taxes.igst)).sum::<i128>();
                // Rounded once; within a state twice, since each half is rounded.
                let most = if across { 50_000 } else { 100_000 };
                prop_assert!((tax * 100_000 - taxable * i128::from(rate)).abs() <= most);
            }
            prop_assert!(assessed.shares.iter().all(|share| share.taxable >= 0 && share.taxes.igst >= 0 && share.taxes.cgst >= 0));
            // Given taxes are shared as well.
            let given = Taxes { cgst: 7, sgst: 7, igst: 0 };
            let shared = basis.share(given).unwrap();
            prop_assert_eq!(shared.shares.iter().map(|share| share.taxes.cgst).sum::<i64>(), 7);
        }
    }
}
