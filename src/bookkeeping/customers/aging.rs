//! Aging: how long the parts of a customer's debt have been due. Pure.
//!
//! Receipts first pay invoices, in the order in which `allocation` allocates them. What is left of the receipts,
//! together with payments recorded without a receipt, then pays the charges that have been due longest: the open parts
//! of invoices by their due dates, and goods given on credit without an invoice by the date of the entry. So the parts
//! always add up to the balance.

use chrono::NaiveDate;

/// An amount that the customer owes: due date, and amount in minor units.
#[derive(Clone, Copy, Debug)]
pub(super) struct Charge {
    pub(super) due: NaiveDate,
    pub(super) amount: i64,
}

/// An amount that the customer paid, in minor units.
#[derive(Clone, Copy, Debug)]
pub(super) enum Payment {
    /// A receipt that names no invoices: it pays the oldest invoices first.
    OldestInvoice(i64),
    /// Any other payment: it pays the charges that have been due longest.
    OnAccount(i64),
}

/// The debt by how long it has been due, in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Aging {
    /// Due today or later.
    pub current: i64,
    /// Overdue by 1 to 30 days.
    pub days_1_to_30: i64,
    /// Overdue by 31 to 60 days.
    pub days_31_to_60: i64,
    /// Overdue by 61 to 90 days.
    pub days_61_to_90: i64,
    /// Overdue by more than 90 days.
    pub over_90_days: i64,
    /// The amount paid in advance; zero when anything is owed.
    pub in_advance: i64,
}

impl Aging {
    /// The amount that is overdue by one day or more, in minor units.
    #[must_use]
    pub fn overdue(&self) -> i64 {
        self.days_1_to_30 + self.days_31_to_60 + self.days_61_to_90 + self.over_90_days
    }
}

/// Splits the debt on the day `as_of` by age. `invoices` must be in the order of their dates.
pub(super) fn work_out(
    mut invoices: Vec<Charge>,
    charges: Vec<Charge>,
    payments: &[Payment],
    as_of: NaiveDate,
) -> Aging {
    let (mut for_invoices, mut on_account) = (0, 0);
    for payment in payments {
        match payment {
            Payment::OldestInvoice(amount) => for_invoices += amount,
            Payment::OnAccount(amount) => on_account += amount,
        }
    }
    on_account += pay(&mut invoices, for_invoices);
    invoices.extend(charges);
    invoices.sort_by_key(|charge| charge.due);
    let mut aging = Aging { in_advance: pay(&mut invoices, on_account), ..Aging::default() };
    for charge in invoices {
        let bucket = match (as_of - charge.due).num_days() {
            ..=0 => &mut aging.current,
            1..=30 => &mut aging.days_1_to_30,
            31..=60 => &mut aging.days_31_to_60,
            61..=90 => &mut aging.days_61_to_90,
            _ => &mut aging.over_90_days,
        };
        *bucket += charge.amount;
    }
    aging
}

/// Pays the charges in order. Returns the amount that is left over.
fn pay(charges: &mut [Charge], mut amount: i64) -> i64 {
    for charge in charges {
        let paid = charge.amount.min(amount);
        charge.amount -= paid;
        amount -= paid;
    }
    amount
}

#[cfg(test)]
mod tests {
    use chrono::{Days, NaiveDate};

    use super::{Aging, Charge, Payment, work_out};

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 21).unwrap()
    }

    fn due(days_ago: u64, amount: i64) -> Charge {
        Charge { due: today() - Days::new(days_ago), amount }
    }

    #[test]
    fn a_debt_is_as_old_as_its_due_date() {
        let charges =
            vec![due(0, 1), due(1, 2), due(30, 4), due(31, 8), due(60, 16), due(61, 32), due(90, 64), due(91, 128)];
        let aging = work_out(Vec::new(), charges, &[], today());
        let expected = Aging {
            current: 1,
            days_1_to_30: 6,
            days_31_to_60: 24,
            days_61_to_90: 96,
            over_90_days: 128,
            in_advance: 0,
        };
        assert_eq!(aging, expected);
        assert_eq!(aging.overdue(), 254);
    }

    #[test]
    fn receipts_pay_invoices_first_and_the_rest_pays_what_is_oldest() {
        // The invoice due 50 days ago comes first in the list (it has the earlier date), so it is paid first.
        let invoices = vec![due(50, 100), due(100, 100)];
        let aging = work_out(invoices.clone(), vec![due(10, 100)], &[Payment::OldestInvoice(100)], today());
        assert_eq!((aging.over_90_days, aging.days_31_to_60, aging.days_1_to_30), (100, 0, 100));
        let aging = work_out(invoices.clone(), vec![due(10, 100)], &[Payment::OnAccount(150)], today());
        assert_eq!((aging.over_90_days, aging.days_31_to_60, aging.days_1_to_30), (0, 50, 100));
        let payments = [Payment::OldestInvoice(250), Payment::OnAccount(80)];
        let aging = work_out(invoices, vec![due(10, 100)], &payments, today());
        assert_eq!(aging, Aging { in_advance: 30, ..Aging::default() });
    }
}
