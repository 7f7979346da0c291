//! The figures that are reported, and which accounts they come from. Pure.

use std::ops::AddAssign;

use crate::entity::account::AccountKind;

/// What was sold and received. Amounts are in minor units. A sum over many documents may exceed 64 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// The number of invoices that are not void.
    pub invoices: i64,
    /// The price of the goods, less discounts, without taxes and charges.
    pub gross: i128,
    /// Central goods and services tax.
    pub cgst: i128,
    /// State goods and services tax.
    pub sgst: i128,
    /// Integrated goods and services tax.
    pub igst: i128,
    /// Freight, packing and other charges.
    pub other_charges: i128,
    /// What totals were rounded up by, less what they were rounded down by.
    pub round_off: i128,
    /// The money that customers paid, less what they got back.
    pub received: i128,
}

impl Figures {
    /// The taxes.
    #[must_use]
    pub fn taxes(&self) -> i128 {
        self.cgst + self.sgst + self.igst
    }

    /// What was sold without taxes: goods, charges and rounding.
    #[must_use]
    pub fn before_taxes(&self) -> i128 {
        self.gross + self.other_charges + self.round_off
    }

    /// What was sold in all.
    #[must_use]
    pub fn total(&self) -> i128 {
        self.before_taxes() + self.taxes()
    }

    /// Counts what accounts of a kind were credited with, less what they were debited with.
    ///
    /// The debits and credits of a journal entry are equal. So when all accounts that entries of customers post to are counted
    /// except those that hold money, what is left over is the money that was received.
    pub(super) fn count(&mut self, kind: AccountKind, credited: i128) {
        self.received += credited;
        match kind {
            AccountKind::Sales => self.gross += credited,
            AccountKind::Cgst => self.cgst += credited,
            AccountKind::Sgst => self.sgst += credited,
            AccountKind::Igst => self.igst += credited,
            AccountKind::Charges => self.other_charges += credited,
            AccountKind::RoundOff => self.round_off += credited,
            AccountKind::Receivable
            | AccountKind::WriteOff
            | AccountKind::Opening
            | AccountKind::Wallet
            | AccountKind::Outside
            | AccountKind::Cash
            | AccountKind::Income
            | AccountKind::Expense
            | AccountKind::InTransit => {}
        }
    }
}

impl AddAssign for Figures {
    fn add_assign(&mut self, more: Self) {
        self.invoices += more.invoices;
        self.gross += more.gross;
        self.cgst += more.cgst;
        self.sgst += more.sgst;
        self.igst += more.igst;
        self.other_charges += more.other_charges;
        self.round_off += more.round_off;
        self.received += more.received;
    }
}

#[cfg(test)]
mod tests {
    use super::Figures;
    use crate::entity::account::AccountKind::{Cgst, Charges, Opening, Receivable, RoundOff, Sales, Sgst, WriteOff};

    #[test]
    fn money_is_what_the_other_accounts_leave_over() {
        let mut figures = Figures::default();
        // An invoice, a credit note, an opening balance, a write-off, two receipts and a refund.
        for (kind, credited) in [
            (Receivable, -1190),
            (Sales, 1000),
            (Cgst, 90),
            (Sgst, 90),
            (Charges, 11),
            (RoundOff, -1),
            (Receivable, 118),
            (Sales, -100),
            (Cgst, -9),
            (Sgst, -9),
            (Receivable, -5000),
            (Opening, 5000),
            (Receivable, 70),
            (WriteOff, -70),
            (Receivable, 600),
            (Receivable, 30),
            (Receivable, -25),
        ] {
            figures.count(kind, credited);
        }
        let expected = Figures {
            gross: 900,
            cgst: 81,
            sgst: 81,
            other_charges: 11,
            round_off: -1,
            received: 605,
            ..Figures::default()
        };
        assert_eq!(figures, expected);
        assert_eq!((figures.before_taxes(), figures.taxes(), figures.total()), (910, 162, 1072));
        let mut twice = figures;
        twice += Figures { invoices: 3, ..figures };
        assert_eq!((twice.invoices, twice.total(), twice.received), (3, 2144, 1210));
    }
}
