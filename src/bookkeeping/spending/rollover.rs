//! Rollover: the amounts that budgets carry over from month to month. Pure.
//!
//! In a month a category's own budget for that month applies, otherwise its budget for every month. At the end of the
//! month the unspent or overspent amount may be carried over to the next month; the `rollover` of the budget that
//! applies decides. A budget for every month carries amounts over only from its month `since` on; in earlier months it
//! still limits but carries nothing over. A month without a budget carries nothing over.

use std::collections::{BTreeMap, HashMap};

use crate::{
    calendar::month::YearMonth,
    entity::budget::{self, Rollover},
    id::{Id, kind},
    money::Currency,
};

/// The budgets of one category in one currency.
#[derive(Clone, Debug, Default)]
pub struct Budgets {
    of_every_month: Option<budget::Model>,
    of_months: BTreeMap<YearMonth, budget::Model>,
}

/// The budget of one month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Available<'a> {
    /// The budget that applies.
    pub budget: &'a budget::Model,
    /// The amount carried over from the month before, in minor units; negative when too much was spent.
    pub carried: i64,
}

impl Available<'_> {
    /// The amount that may be spent: the limit plus the amount carried over.
    #[must_use]
    pub fn limit(&self) -> i64 {
        self.budget.amount.saturating_add(self.carried)
    }
}

impl Budgets {
    /// Groups budgets by category and currency.
    #[must_use]
    pub fn of(budgets: Vec<budget::Model>) -> HashMap<(Id<kind::Category>, Currency), Self> {
        let mut of: HashMap<_, Self> = HashMap::new();
        for budget in budgets {
            let own = of.entry((budget.category_id, budget.currency)).or_default();
            match budget.month {
                Some(month) => drop(own.of_months.insert(YearMonth::of(month), budget)),
                None => own.of_every_month = Some(budget),
            }
        }
        of
    }

    /// The budget that applies in a month.
    #[must_use]
    pub fn in_force(&self, month: YearMonth) -> Option<&budget::Model> {
        self.of_months.get(&month).or(self.of_every_month.as_ref())
    }

    /// The first month that may carry an amount over; `None` when no budget does.
    #[must_use]
    pub fn since(&self) -> Option<YearMonth> {
        let budgets = self.of_months.values().chain(&self.of_every_month);
        let carry = budgets.filter(|budget| budget.rollover != Rollover::None);
        carry.map(|budget| YearMonth::of(budget.since)).min()
    }

    /// Returns the budget and the carried amount of each month from `from` to `to` that has a budget. `spent` returns
    /// the amount spent in a month.
    pub fn available(
        &self,
        from: YearMonth,
        to: YearMonth,
        spent: impl Fn(YearMonth) -> i64,
    ) -> BTreeMap<YearMonth, Available<'_>> {
        let mut available = BTreeMap::new();
        let mut carried = 0;
        let mut month = self.since().unwrap_or(from).min(from);
        while month <= to {
            let of_month = self.in_force(month).map(|budget| Available { budget, carried });
            carried = of_month.filter(|_| self.carries(month)).map_or(0, |of_month| {
                let left = of_month.limit().saturating_sub(spent(month));
                match of_month.budget.rollover {
                    Rollover::None => 0,
                    Rollover::Surplus => left.max(0),
                    Rollover::Full => left,
                }
            });
            if let Some(of_month) = of_month.filter(|_| month >= from) {
                available.insert(month, of_month);
            }
            month = month.later(1);
        }
        available
    }

    fn carries(&self, month: YearMonth) -> bool {
        let has_begun = |budget: &budget::Model| YearMonth::of(budget.since) <= month;
        self.of_months.contains_key(&month) || self.of_every_month.as_ref().is_some_and(has_begun)
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::{Budgets, Rollover, YearMonth, budget};
    use crate::{id::Id, money::Currency};

    fn month(text: &str) -> YearMonth {
        YearMonth::parse_text(text).unwrap()
    }

    fn budget(of: Option<&str>, amount: i64, rollover: Rollover, since: &str) -> budget::Model {
        budget::Model {
            id: Id::generate(),
            book_id: Id::generate(),
            category_id: Id::from_uuid(uuid::Uuid::nil()),
            currency: Currency::Yem,
            month: of.map(|of| month(of).first_day()),
            amount,
            rollover,
            since: month(since).first_day(),
            description: None,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    fn limits(budgets: Vec<budget::Model>, from: &str, to: &str, spent: &[(&str, i64)]) -> Vec<i64> {
        let budgets = Budgets::of(budgets).into_values().next().unwrap();
        let spent =
            |in_month: YearMonth| spent.iter().filter(|(of, _)| month(of) == in_month).map(|(_, amount)| amount).sum();
        budgets.available(month(from), month(to), spent).into_values().map(|available| available.limit()).collect()
    }

    const SPENT: [(&str, i64); 3] = [("2026-01", 40), ("2026-02", 250), ("2026-03", 100)];

    #[test]
    fn what_is_left_is_carried_over_as_the_rollover_says() {
        let limits = |rollover| limits(vec![budget(None, 100, rollover, "2026-01")], "2026-01", "2026-04", &SPENT);
        assert_eq!(limits(Rollover::None), [100, 100, 100, 100]);
        assert_eq!(limits(Rollover::Surplus), [100, 160, 100, 100]);
        assert_eq!(limits(Rollover::Full), [100, 160, 10, 10]);
    }

    #[test]
    fn the_same_is_carried_over_whichever_months_are_asked_for() {
        let budgets = vec![budget(None, 100, Rollover::Full, "2026-01")];
        assert_eq!(limits(budgets, "2026-04", "2026-05", &SPENT), [10, 110]);
    }

    #[test]
    fn before_it_begins_the_budget_of_every_month_limits_and_carries_nothing() {
        let budgets = vec![budget(None, 100, Rollover::Full, "2026-03")];
        assert_eq!(limits(budgets, "2026-01", "2026-04", &SPENT), [100, 100, 100, 100]);
    }

    #[test]
    fn a_months_own_budget_wins_and_its_own_rollover_counts() {
        let budgets =
            vec![budget(None, 100, Rollover::Full, "2026-01"), budget(Some("2026-02"), 300, Rollover::None, "2026-02")];
        assert_eq!(limits(budgets, "2026-01", "2026-04", &SPENT), [100, 360, 100, 100]);
    }

    #[test]
    fn a_month_without_a_budget_carries_nothing() {
        let budgets = vec![
            budget(Some("2026-01"), 100, Rollover::Full, "2026-01"),
            budget(Some("2026-03"), 100, Rollover::Full, "2026-03"),
        ];
        assert_eq!(limits(budgets, "2026-01", "2026-04", &SPENT), [100, 100]);
    }

    #[test]
    fn a_hundred_years_of_the_largest_budget_are_not_too_much() {
        let budgets = vec![budget(None, 1_000_000_000_000_000, Rollover::Surplus, "1900-01")];
        assert_eq!(limits(budgets, "2199-12", "2199-12", &[]), [3_600_000_000_000_000_000]);
    }
}
