//! How old a debt is. Pure.
//!
//! Receipts pay invoices first, in the order in which `allocation` sets them off. What is left of them, and what a shop wrote
//! down as received without a receipt, then pays whatever has been due longest: what is open of invoices by their due dates,
//! and what was given on credit without an invoice by its date. So the parts always add up to the balance.

use chrono::NaiveDate;

/// Something that is to be paid.
#[derive(Clone, Copy, Debug)]
pub(super) struct Charge {
    pub(super) due: NaiveDate,
    pub(super) amount: i64,
}

/// Something that was paid, in minor units.
#[derive(Clone, Copy, Debug)]
pub(super) enum Payment {
    /// It pays the oldest invoices.
    OldestInvoice(i64),
    /// It pays what has been due longest.
    OnAccount(i64),
}

/// What is owed by how long it has been due, in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Aging {
    /// Not due yet, or today.
    pub current: i64,
    /// Due for 1 to 30 days.
    pub days_1_to_30: i64,
    /// Due for 31 to 60 days.
    pub days_31_to_60: i64,
    /// Due for 61 to 90 days.
    pub days_61_to_90: i64,
    /// Due for more than 90 days.
    pub over_90_days: i64,
    /// Paid in advance; zero when anything is owed.
    pub in_advance: i64,
}

impl Aging {
    /// What has been due for a day or longer, in minor units.
    #[must_use]
    pub fn overdue(&self) -> i64 {
        self.days_1_to_30 + self.days_31_to_60 + self.days_61_to_90 + self.over_90_days
    }
}

/// Works out how old on a day is what is owed. The invoices are in the order of their dates.
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

/// Pays charges in their order; gives what is left.
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
        // The invoice of 50 days ago is dated before the one of 100 days ago, and paid first.
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
