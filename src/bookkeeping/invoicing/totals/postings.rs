//! The postings that follow from the sums of an invoice. Pure.

use crate::{bookkeeping::invoicing::tax::Taxes, entity::account::AccountKind};

/// The sums of an invoice that accounts are credited with, in minor units.
#[derive(Clone, Copy, Debug)]
pub(in crate::bookkeeping) struct Parts {
    /// The gross amount less the discount on the whole invoice.
    pub(in crate::bookkeeping) sales: i64,
    pub(in crate::bookkeeping) taxes: Taxes,
    pub(in crate::bookkeeping) charges: i64,
    /// What the total was rounded by; below zero when it was rounded down.
    pub(in crate::bookkeeping) round_off: i64,
}

/// The kind of the debited account, the kind of the credited account, and the amount of each posting: all above zero.
///
/// The customer's receivable account is debited with the total and nothing else, so that its turnover agrees with the
/// ledger entry. What a total was rounded down by is therefore not credited to the customer: `ROUND_OFF` is debited with
/// it in place of the customer, against the first accounts that are credited.
pub(in crate::bookkeeping) fn postings(parts: &Parts) -> Vec<(AccountKind, AccountKind, i64)> {
    let mut rounded_down = Ord::max(parts.round_off.saturating_neg(), 0);
    let credits = [
        (AccountKind::Sales, parts.sales),
        (AccountKind::Cgst, parts.taxes.cgst),
        (AccountKind::Sgst, parts.taxes.sgst),
        (AccountKind::Igst, parts.taxes.igst),
        (AccountKind::Charges, parts.charges),
        (AccountKind::RoundOff, Ord::max(parts.round_off, 0)),
    ];
    let mut postings = Vec::with_capacity(credits.len());
    for (credit, amount) in credits {
        let by_round_off = amount.clamp(0, rounded_down);
        rounded_down -= by_round_off;
        postings.push((AccountKind::Receivable, credit, amount - by_round_off));
        postings.push((AccountKind::RoundOff, credit, by_round_off));
    }
    postings.retain(|(.., amount)| *amount != 0);
    postings
}

#[cfg(test)]
mod tests {
    use super::{Parts, postings};
    use crate::{
        bookkeeping::invoicing::tax::Taxes,
        entity::account::AccountKind::{self, Cgst, Charges, Receivable, RoundOff, Sales, Sgst},
    };

    fn of(sales: i64, tax: i64, charges: i64, round_off: i64) -> Vec<(AccountKind, AccountKind, i64)> {
        postings(&Parts { sales, taxes: Taxes { cgst: tax, sgst: tax, igst: 0 }, charges, round_off })
    }

    #[test]
    fn the_customer_is_debited_with_the_total_alone() {
        let tax = [(Receivable, Cgst, 900), (Receivable, Sgst, 900)];
        assert_eq!(of(10_000, 0, 0, 0), [(Receivable, Sales, 10_000)]);
        assert_eq!(of(10_000, 900, 0, 0), [&[(Receivable, Sales, 10_000)][..], &tax].concat());
        // 118.60 to 119.00.
        let up = [(Receivable, Charges, 60), (Receivable, RoundOff, 40)];
        assert_eq!(of(10_000, 900, 60, 40), [&[(Receivable, Sales, 10_000)][..], &tax, &up].concat());
        // 118.40 to 118.00.
        let down = [(Receivable, Sales, 9960), (RoundOff, Sales, 40)];
        let charges = [(Receivable, Charges, 40)];
        assert_eq!(of(10_000, 900, 40, -40), [&down[..], &tax, &charges].concat());
        // All of the goods were discounted but 0.30, and 0.40 are rounded down.
        let rest = [(RoundOff, Sales, 30), (Receivable, Charges, 9990), (RoundOff, Charges, 10)];
        assert_eq!(of(30, 0, 10_000, -40), rest);
    }
}
