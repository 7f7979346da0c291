//! Aging: how long the parts of a customer's debt have been due. Pure.

use chrono::NaiveDate;

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
    /// The amount that the customer gave and that is set off against nothing.
    pub in_advance: i64,
}

impl Aging {
    /// The amount that is overdue by one day or more, in minor units.
    #[must_use]
    pub fn overdue(&self) -> i64 {
        self.days_1_to_30 + self.days_31_to_60 + self.days_61_to_90 + self.over_90_days
    }
}

/// Sorts what is owed, each amount with its due date, by its age on the day `as_of`.
pub(super) fn by_age(owed: impl IntoIterator<Item = (NaiveDate, i64)>, in_advance: i64, as_of: NaiveDate) -> Aging {
    let mut aging = Aging { in_advance, ..Aging::default() };
    for (due, amount) in owed {
        let bucket = match (as_of - due).num_days() {
            ..=0 => &mut aging.current,
            1..=30 => &mut aging.days_1_to_30,
            31..=60 => &mut aging.days_31_to_60,
            61..=90 => &mut aging.days_61_to_90,
            _ => &mut aging.over_90_days,
        };
        *bucket += amount;
    }
    aging
}

#[cfg(test)]
mod tests {
    use chrono::{Days, NaiveDate};

    use super::{Aging, by_age};

    #[test]
    fn a_debt_is_as_old_as_its_due_date() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        let due = |days_ago: u64, amount: i64| (today - Days::new(days_ago), amount);
        let owed = [due(0, 1), due(1, 2), due(30, 4), due(31, 8), due(60, 16), due(61, 32), due(90, 64), due(91, 128)];
        let aging = by_age(owed, 5, today);
        let expected = Aging {
            current: 1,
            days_1_to_30: 6,
            days_31_to_60: 24,
            days_61_to_90: 96,
            over_90_days: 128,
            in_advance: 5,
        };
        assert_eq!(aging, expected);
        assert_eq!(aging.overdue(), 254);
    }
}
