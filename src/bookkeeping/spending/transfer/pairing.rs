//! Finds the pairs among transactions that may belong together: the halves of transfers, and what was imported with what was written by
//! hand. Pure. The first of a pair is called the outgoing one here, and the second the incoming one.
//!
//! Pairing is one to one: the pairs whose dates are nearest to each other first, and among those the oldest outgoing one with the
//! oldest incoming one, by the order in which they were written. So the same transactions always make the same pairs. The time grows with the
//! number of transactions, not with that of possible pairs.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    mem,
};

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use crate::{
    id::{Id, kind},
    money::Currency,
};

/// A transaction that may be one of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::bookkeeping::spending) struct Candidate {
    pub(in crate::bookkeeping::spending) id: Id<kind::Transaction>,
    pub(in crate::bookkeeping::spending) position: Uuid,
    /// Whether it can be the first of a pair. Otherwise it can be the second. Of a transfer the first is the one whose money left
    /// its wallet.
    pub(in crate::bookkeeping::spending) goes_out: bool,
    pub(in crate::bookkeeping::spending) currency: Currency,
    /// Of a transfer above zero, whichever way the money went.
    pub(in crate::bookkeeping::spending) amount: i64,
    pub(in crate::bookkeeping::spending) date: NaiveDate,
    pub(in crate::bookkeeping::spending) wallet: Option<Id<kind::Wallet>>,
}

/// In which wallets the two of a pair are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::bookkeeping::spending) enum Wallets {
    /// In two different ones.
    Apart,
    /// In the same one, or both in cash.
    Same,
}

/// Pairs of an outgoing and an incoming transaction that are not proposed again.
pub(in crate::bookkeeping::spending) type Declined = HashSet<(Id<kind::Transaction>, Id<kind::Transaction>)>;

/// An outgoing and an incoming transaction.
pub(in crate::bookkeeping::spending) type Pair = (Candidate, Candidate);

/// The pairs of an outgoing and an incoming transaction with the same amount, in such wallets, whose dates are at most this many days
/// apart.
pub(in crate::bookkeeping::spending) fn pairs(
    candidates: impl IntoIterator<Item = Candidate>,
    wallets: Wallets,
    declined: &Declined,
    days: u64,
) -> Vec<Pair> {
    let mut groups: HashMap<_, Group> = HashMap::new();
    for candidate in candidates {
        let wallet = candidate.wallet.filter(|_| wallets == Wallets::Same);
        groups.entry((candidate.currency.code(), candidate.amount, wallet)).or_default().add(candidate);
    }
    groups.into_values().flat_map(|group| group.pairs(wallets, declined, days)).collect()
}

/// Transactions with the same amount in the same currency, without those that are paired already.
#[derive(Default)]
struct Group {
    /// By position.
    outgoing: ByPosition,
    /// By date and wallet, then by position.
    incoming: HashMap<NaiveDate, BTreeMap<Option<Id<kind::Wallet>>, ByPosition>>,
}

type ByPosition = BTreeMap<Uuid, Candidate>;

impl Group {
    fn add(&mut self, candidate: Candidate) {
        let of_its_way = if candidate.goes_out {
            &mut self.outgoing
        } else {
            self.incoming.entry(candidate.date).or_default().entry(candidate.wallet).or_default()
        };
        of_its_way.insert(candidate.position, candidate);
    }

    fn pairs(mut self, wallets: Wallets, declined: &Declined, days: u64) -> Vec<Pair> {
        let mut pairs = Vec::new();
        for apart in 0..=days {
            for (position, outgoing) in mem::take(&mut self.outgoing) {
                if let Some(incoming) = self.take(&outgoing, apart, wallets, declined) {
                    pairs.push((outgoing, incoming));
                } else {
                    self.outgoing.insert(position, outgoing);
                }
            }
        }
        pairs
    }

    /// Takes the oldest incoming one that fits an outgoing one and whose date is this many days before or after.
    fn take(&mut self, outgoing: &Candidate, apart: u64, wallets: Wallets, declined: &Declined) -> Option<Candidate> {
        let apart = Days::new(apart);
        let (before, after) = (outgoing.date.checked_sub_days(apart), outgoing.date.checked_add_days(apart));
        // On the same day both are one date.
        let dates = before.into_iter().chain(after.filter(|after| Some(*after) != before));
        let fits = |incoming: &&Candidate| !declined.contains(&(outgoing.id, incoming.id));
        let of_wallets = dates.filter_map(|date| self.incoming.get(&date)).flatten();
        let others = of_wallets.filter(|(wallet, _)| wallets == Wallets::Same || **wallet != outgoing.wallet);
        let oldest = others.filter_map(|(_, of_wallet)| of_wallet.values().find(fits));
        let oldest = *oldest.min_by_key(|incoming| incoming.position)?;
        self.incoming.get_mut(&oldest.date)?.get_mut(&oldest.wallet)?.remove(&oldest.position);
        Some(oldest)
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use uuid::Uuid;

    use super::{Candidate, Declined, Wallets, pairs};
    use crate::{id::Id, money::Currency};

    /// `-5 a 1`: 5 that left the wallet a, on the first day of the month. Its number is its age.
    fn candidate(number: usize, text: &str) -> Candidate {
        let [amount, wallet, day] = text.split(' ').collect::<Vec<_>>().try_into().unwrap();
        let amount: i64 = amount.parse().unwrap();
        let age = Uuid::from_u128(number.try_into().unwrap());
        Candidate {
            id: Id::from_uuid(age),
            position: age,
            goes_out: amount < 0,
            currency: if wallet == "$" { "USD".parse().unwrap() } else { Currency::Yem },
            amount: amount.abs(),
            date: NaiveDate::from_ymd_opt(2026, 11, day.parse().unwrap()).unwrap(),
            wallet: (wallet != "cash").then(|| Id::from_uuid(Uuid::from_u128(wallet.bytes().map(u128::from).sum()))),
        }
    }

    fn paired(texts: &[&str], declined: &[(u128, u128)], days: u64) -> Vec<(u128, u128)> {
        paired_in(Wallets::Apart, texts, declined, days)
    }

    fn paired_in(wallets: Wallets, texts: &[&str], declined: &[(u128, u128)], days: u64) -> Vec<(u128, u128)> {
        let id = |number| Id::from_uuid(Uuid::from_u128(number));
        let declined: Declined = declined.iter().map(|(a, b)| (id(*a), id(*b))).collect();
        let candidates: Vec<_> = texts.iter().enumerate().map(|(number, text)| candidate(number, text)).collect();
        let numbers = |(a, b): (Candidate, Candidate)| (a.position.as_u128(), b.position.as_u128());
        let mut found: Vec<_> =
            pairs(candidates.iter().copied(), wallets, &declined, days).into_iter().map(numbers).collect();
        found.sort_unstable();
        // The order in which they come makes no difference.
        let mut other: Vec<_> =
            pairs(candidates.into_iter().rev(), wallets, &declined, days).into_iter().map(numbers).collect();
        other.sort_unstable();
        assert_eq!(found, other);
        found
    }

    #[test]
    fn a_pair_has_one_amount_two_wallets_and_near_dates() {
        for (texts, expected) in [
            (&["-5 a 1", "5 b 1"][..], &[(0, 1)][..]),
            (&["5 b 1", "-5 a 1"], &[(1, 0)]),
            (&["-5 a 6", "5 b 1"], &[(0, 1)]),
            (&["-5 a 7", "5 b 1"], &[]),
            (&["-5 a 1", "5 a 1"], &[]),
            (&["-5 a 1", "6 b 1"], &[]),
            (&["-5 a 1", "5 $ 1"], &[]),
            (&["-5 a 1", "-5 b 1"], &[]),
            (&["5 a 1", "5 b 1"], &[]),
        ] {
            assert_eq!(paired(texts, &[], 5), expected, "{texts:?}");
        }
        assert_eq!(paired(&["-5 a 2", "5 b 1"], &[], 0), []);
        assert_eq!(paired(&["-5 a 11", "5 b 1"], &[], 10), [(0, 1)]);
    }

    #[test]
    fn the_nearest_come_first_and_then_the_oldest() {
        for (texts, expected) in [
            // The second one is nearer, though the first is older.
            (&["-5 a 1", "-5 a 3", "5 b 4"][..], &[(1, 2)][..]),
            (&["-5 a 1", "-5 a 3", "5 b 4", "5 b 5"], &[(0, 3), (1, 2)]),
            // Twins.
            (&["-5 a 1", "-5 a 1", "5 b 1", "5 b 1"], &[(0, 2), (1, 3)]),
            (&["-5 a 1", "-5 a 1", "5 b 1"], &[(0, 2)]),
            // A day before or after is as near.
            (&["5 b 3", "-5 a 2", "5 b 1"], &[(1, 0)]),
            // The oldest of another wallet.
            (&["5 a 1", "-5 a 1", "5 b 1"], &[(1, 2)]),
            // There and back.
            (&["-5 a 1", "5 b 1", "-5 b 2", "5 a 2"], &[(0, 1), (2, 3)]),
        ] {
            assert_eq!(paired(texts, &[], 5), expected, "{texts:?}");
        }
    }

    #[test]
    fn what_is_declined_makes_no_pair_and_others_may() {
        assert_eq!(paired(&["-5 a 1", "5 b 1"], &[(0, 1)], 5), []);
        assert_eq!(paired(&["-5 a 1", "5 b 1", "5 c 2"], &[(0, 1)], 5), [(0, 2)]);
        assert_eq!(paired(&["-5 a 1", "-5 a 1", "5 b 1", "5 b 1"], &[(0, 2)], 5), [(0, 3), (1, 2)]);
    }

    #[test]
    fn what_is_the_same_is_in_one_wallet_or_in_cash() {
        for (texts, expected) in [
            (&["-5 a 1", "5 b 1"][..], &[][..]),
            (&["-5 a 1", "5 a 1"], &[(0, 1)]),
            (&["-5 cash 1", "5 cash 4"], &[(0, 1)]),
            (&["-5 cash 1", "5 a 1"], &[]),
            (&["-5 a 1", "5 a 5"], &[]),
            (&["-5 a 1", "-5 a 1", "5 a 2"], &[(0, 2)]),
        ] {
            assert_eq!(paired_in(Wallets::Same, texts, &[], 3), expected, "{texts:?}");
        }
    }

    #[test]
    fn many_of_one_amount_are_paired_in_no_time() {
        let at = |number: usize| {
            if number.is_multiple_of(2) { candidate(number, "-5 a 1") } else { candidate(number, "5 b 2") }
        };
        let pairs = pairs((0..10_000).map(at), Wallets::Apart, &Declined::new(), 5);
        assert_eq!(pairs.len(), 5000);
    }
}
