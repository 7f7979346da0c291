//! The slices of the ring chart and their angles, computed in whole numbers.

use std::cmp::Reverse;

use super::figures::Spending;
use crate::money::Decimal;

/// The maximum number of slices. More could not be distinguished.
const MOST: usize = 8;
/// A full circle, in hundredths of a degree.
const TURN: u16 = 36_000;
/// The minimum width of a slice, in hundredths of a degree: wide enough to be visible, and for its number not to touch the next
/// one.
const NARROWEST: u16 = 500;

/// The ring, divided into slices.
pub(super) struct Ring<'a> {
    /// The sum of all slices, in minor units.
    pub(super) total: i128,
    /// The slices from the largest to the smallest. A slice for all remaining categories, if there is one, comes last.
    pub(super) shares: Vec<Share<'a>>,
    /// The categories in which more was refunded than spent. A ring cannot show them.
    pub(super) refunded: Vec<&'a Spending>,
}

/// A slice of the ring.
pub(super) struct Share<'a> {
    /// The categories in this slice: one, or all that have no slice of their own.
    pub(super) members: Vec<&'a Spending>,
    pub(super) amount: i128,
    /// The share of all spending, as text: `33.34%`. The sum of the members' shares.
    pub(super) percent: String,
    /// The width of the slice, in hundredths of a degree. All slices together make a full circle.
    pub(super) turn: u16,
}

/// Divides the ring: one slice for each of the largest categories, and one for all the others.
pub(super) fn cut(ring: &[Spending]) -> Ring<'_> {
    let mut spent: Vec<&Spending> = ring.iter().filter(|spending| spending.amount > 0).collect();
    spent.sort_by_key(|spending| Reverse(spending.amount));
    let (own, rest) = spent.split_at(if spent.len() > MOST { MOST - 1 } else { spent.len() });
    let slices: Vec<&[&Spending]> = own.chunks(1).chain((!rest.is_empty()).then_some(rest)).collect();
    let amounts: Vec<i128> = slices.iter().map(|members| amount(members)).collect();
    let total = amounts.iter().sum();
    let share = |(members, turn): (&[_], u16)| Share {
        members: members.to_vec(),
        amount: amount(members),
        percent: percent(members),
        turn,
    };
    let shares = slices.into_iter().zip(turns(&amounts, total)).map(share).collect();
    let refunded = ring.iter().filter(|spending| spending.amount < 0).collect();
    Ring { total, shares, refunded }
}

pub(super) fn amount(members: &[&Spending]) -> i128 {
    members.iter().map(|spending| i128::from(spending.amount)).sum()
}

fn percent(members: &[&Spending]) -> String {
    format!("{}%", Decimal::from_hundredths(members.iter().map(|spending| spending.share).sum()))
}

/// The width of each slice. Widening narrow slices to the minimum is compensated by the widest slice, which is large enough.
fn turns(amounts: &[i128], total: i128) -> Vec<u16> {
    let due = |amount: i128| u16::try_from(amount * i128::from(TURN) / total).unwrap_or(TURN);
    let mut turns: Vec<u16> = amounts.iter().map(|amount| due(*amount).max(NARROWEST)).collect();
    let given: u16 = turns.iter().sum();
    if let Some(widest) = turns.iter_mut().max() {
        let others = given - *widest;
        *widest = TURN - others;
    }
    turns
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{MOST, NARROWEST, Spending, TURN, cut};

    fn spendings(amounts: &[i64]) -> Vec<Spending> {
        let spending = |(&amount, share): (&i64, i128)| Spending { label: amount.to_string(), amount, share };
        amounts.iter().zip(1..).map(spending).collect()
    }

    #[test]
    fn the_largest_have_their_own_slice_and_the_rest_share_one() {
        let spendings = spendings(&[5, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
        let ring = cut(&spendings);
        let amounts: Vec<i128> = ring.shares.iter().map(|share| share.amount).collect();
        assert_eq!(amounts, [90, 80, 70, 60, 50, 40, 30, 35]);
        assert_eq!(ring.shares[7].members.len(), 3);
        assert_eq!(ring.total, 455);
    }

    #[test]
    fn as_many_as_fit_are_not_grouped() {
        let spendings = spendings(&[1; MOST]);
        let ring = cut(&spendings);
        assert!(ring.shares.len() == MOST && ring.shares.iter().all(|share| share.members.len() == 1));
    }

    #[test]
    fn nothing_spent_is_no_slice() {
        assert!(cut(&[]).shares.is_empty());
        assert!(cut(&spendings(&[0, 0])).shares.is_empty());
        assert_eq!(cut(&spendings(&[0, 7])).shares.len(), 1);
    }

    #[test]
    fn what_was_refunded_is_beside_the_ring_and_leaves_it_whole() {
        let spendings = spendings(&[30, -50, 10, 0]);
        let ring = cut(&spendings);
        assert_eq!((ring.total, ring.shares.len()), (40, 2));
        assert_eq!(ring.shares.iter().map(|share| u32::from(share.turn)).sum::<u32>(), u32::from(TURN));
        assert_eq!(ring.refunded.iter().map(|spending| spending.amount).collect::<Vec<_>>(), [-50]);
    }

    #[test]
    fn shares_are_those_that_came_in_and_the_others_have_their_sum() {
        let spendings = spendings(&[1; MOST + 1]);
        let ring = cut(&spendings);
        let percents: Vec<&str> = ring.shares.iter().map(|share| share.percent.as_str()).collect();
        assert_eq!(percents, ["0.01%", "0.02%", "0.03%", "0.04%", "0.05%", "0.06%", "0.07%", "0.17%"]);
    }

    proptest! {
        #[test]
        fn slices_make_a_turn_whatever_they_are(amounts in prop::collection::vec(0_i64.., 1..50)) {
            let spendings = spendings(&amounts);
            let ring = cut(&spendings);
            let spent: i128 = amounts.iter().copied().map(i128::from).sum();
            prop_assert_eq!((ring.total, ring.shares.iter().map(|share| share.amount).sum()), (spent, spent));
            if spent > 0 {
                prop_assert_eq!(ring.shares.iter().map(|share| u32::from(share.turn)).sum::<u32>(), u32::from(TURN));
                prop_assert!(ring.shares.iter().all(|share| share.turn >= NARROWEST));
            }
        }
    }
}
