//! Finds out how amounts and running balances belong together.

use rust_decimal::Decimal;

use super::super::super::profile::{BalanceKind, Order, Sign};

/// A way in which the balances may follow from the amounts. Between two records, the difference of the balances is the amount
/// of the second record, or of the first one, or minus one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Way {
    pub(in super::super) order: Order,
    pub(in super::super) kind: BalanceKind,
    pub(in super::super) sign: Sign,
}

/// Counts in which ways the balances follow from the amounts.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Chain {
    /// How often the difference is: the second amount, minus the second, the first, minus the first.
    hits: [usize; 4],
    pub(in super::super) total: usize,
    last: Option<(Decimal, Decimal)>,
    /// The sum of the amounts after the last balance, of records without a balance.
    since: Decimal,
}

impl Chain {
    pub(in super::super) fn add(&mut self, amount: Decimal, balance: Option<Decimal>) {
        let Some(balance) = balance else {
            self.since = self.since.checked_add(amount).unwrap_or_default();
            return;
        };
        let since = std::mem::take(&mut self.since);
        let Some((amount_before, balance_before)) = self.last.replace((amount, balance)) else { return };
        let Some(difference) = balance.checked_sub(balance_before) else { return };
        let sums = [amount.checked_add(since), amount_before.checked_add(since)];
        self.total += 1;
        for (at, sum) in sums.into_iter().enumerate() {
            let Some(sum) = sum else { continue };
            for (sign, sum) in [sum, -sum].into_iter().enumerate() {
                if let Some(hits) = self.hits.get_mut(2 * at + sign) {
                    *hits += usize::from(sum == difference);
                }
            }
        }
    }

    /// How many balances fit, in the best of all ways.
    pub(in super::super) fn best(&self) -> usize {
        self.hits.into_iter().max().unwrap_or_default()
    }

    /// Whether all balances fit in one of the ways.
    pub(in super::super) fn is_whole(&self) -> bool {
        self.total > 0 && self.best() == self.total
    }

    /// Whether so many balances fit in one of the ways that it tells what the signs mean. In a file whose amounts have no sign at
    /// all, some fit in one way and the others in the opposite one.
    pub(in super::super) fn is_strong(&self) -> bool {
        self.best() * 5 >= self.total * 4
    }

    /// Whether some balances rise and others fall by the amounts: the amounts have no sign.
    pub(in super::super) fn is_unsigned(&self) -> bool {
        let [second, minus_second, first, minus_first] = self.hits;
        let is_mixed = |rising: usize, falling: usize| rising.min(falling) > 0 && rising + falling == self.total;
        is_mixed(second, minus_second) || is_mixed(first, minus_first)
    }

    /// The way in which most balances follow, if it is one way; `order` is the order of the dates, if they have one.
    ///
    /// The balance after the transaction of the oldest-first file and the balance before the transaction of the newest-first
    /// file with the opposite sign are the same numbers. The dates tell them apart, and without dates, the first is the rule.
    pub(in super::super) fn way(&self, order: Option<Order>) -> Option<Way> {
        use {
            BalanceKind::{After, Before},
            Order::{NewestFirst, OldestFirst},
            Sign::{NegativeOut, PositiveOut},
        };
        let best = self.best();
        if best == 0 || best * 2 < self.total {
            return None;
        }
        let ways = [
            [(OldestFirst, After, NegativeOut), (NewestFirst, Before, PositiveOut)],
            [(OldestFirst, After, PositiveOut), (NewestFirst, Before, NegativeOut)],
            [(OldestFirst, Before, NegativeOut), (NewestFirst, After, PositiveOut)],
            [(NewestFirst, After, NegativeOut), (OldestFirst, Before, PositiveOut)],
        ];
        let fitting = self.hits.iter().zip(ways).filter(|(hits, _)| **hits == best).flat_map(|(_, ways)| ways);
        let fitting = fitting.filter(|(other, ..)| order.is_none_or(|order| *other == order));
        // No bank is known that writes the balance before the transaction and turns the sign.
        let mut fitting = fitting.filter(|(_, kind, sign)| !(*kind == Before && *sign == PositiveOut));
        // Natural ways count before the others.
        let all: Vec<_> = fitting.by_ref().collect();
        let natural: Vec<_> =
            all.iter().copied().filter(|(_, kind, sign)| *kind == After && *sign == NegativeOut).collect();
        let (order, kind, sign) = match (natural.as_slice(), all.as_slice()) {
            ([one], _) | ([], [one]) => *one,
            _ => return None,
        };
        Some(Way { order, kind, sign })
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::Chain;
    use crate::bookkeeping::import::profile::{BalanceKind, Order, Sign};

    fn way(rows: &[(i64, i64)], order: Option<Order>) -> Option<(Order, BalanceKind, Sign)> {
        let mut chain = Chain::default();
        for (amount, balance) in rows {
            chain.add(Decimal::from(*amount), Some(Decimal::from(*balance)));
        }
        chain.way(order).map(|way| (way.order, way.kind, way.sign))
    }

    #[test]
    fn balances_tell_the_order_and_the_sign() {
        use {
            BalanceKind::{After, Before},
            Order::{NewestFirst, OldestFirst},
            Sign::{NegativeOut, PositiveOut},
        };
        let rows = [(100, 100), (-30, 70), (-20, 50), (40, 90)];
        assert_eq!(way(&rows, None), Some((OldestFirst, After, NegativeOut)));
        assert_eq!(way(&rows, Some(OldestFirst)), Some((OldestFirst, After, NegativeOut)));
        // The dates contradict the balances.
        assert_eq!(way(&rows, Some(NewestFirst)), None);
        let mut newest = rows;
        newest.reverse();
        assert_eq!(way(&newest, None), Some((NewestFirst, After, NegativeOut)));
        let turned = rows.map(|(amount, balance)| (-amount, balance));
        assert_eq!(way(&turned, Some(OldestFirst)), Some((OldestFirst, After, PositiveOut)));
        assert_eq!(way(&turned, None), None);
        let before = [(-1250, 10000), (2000, 8750)];
        assert_eq!(way(&before, Some(OldestFirst)), Some((OldestFirst, Before, NegativeOut)));
        assert_eq!(way(&[(1, 5), (2, 9)], None), None);
        assert_eq!(way(&[], None), None);
    }
}
