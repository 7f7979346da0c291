//! Which slices the ring has, and how large they are. Whole numbers only.

use std::cmp::Reverse;

use super::{Figure, TooMuch};

/// How many slices a ring has at most. More could not be told apart.
const MOST: usize = 8;
/// All of it, in tenths of a percent.
const WHOLE: i128 = 1000;
/// A whole turn, in hundredths of a degree.
const TURN: u16 = 36_000;
/// The narrowest slice: one that can still be seen, and whose number does not touch the next.
const NARROWEST: u16 = 500;

/// The ring, cut into slices.
pub(super) struct Ring<'a> {
    /// What all slices come to.
    pub(super) total: i64,
    /// The largest first, the others together last.
    pub(super) shares: Vec<Share<'a>>,
}

/// A slice of the ring.
pub(super) struct Share<'a> {
    /// What it is made of: one figure, or all that have no slice of their own.
    pub(super) members: Vec<&'a Figure>,
    pub(super) amount: i64,
    /// How much of the whole, as it is written: `33.4%`. All together make 100.
    pub(super) percent: String,
    /// How wide it is drawn, in hundredths of a degree. All together make a turn.
    pub(super) turn: u16,
}

/// Cuts the ring: a slice for each of the largest, and one for the rest.
pub(super) fn cut(figures: &[Figure]) -> Result<Ring<'_>, TooMuch> {
    let mut spent: Vec<&Figure> = figures.iter().filter(|figure| figure.amount > 0).collect();
    spent.sort_by_key(|figure| Reverse(figure.amount));
    let total = sum(&spent)?;
    let own = if spent.len() > MOST { MOST - 1 } else { spent.len() };
    let (own, rest) = spent.split_at(own);
    let mut slices: Vec<Vec<&Figure>> = own.iter().map(|figure| vec![*figure]).collect();
    if !rest.is_empty() {
        slices.push(rest.to_vec());
    }
    let amounts = slices.iter().map(|members| sum(members)).collect::<Result<Vec<_>, _>>()?;
    let turns = turns(&amounts, total);
    let percents = percents(&amounts, total);
    let shares = slices.into_iter().zip(amounts).zip(percents).zip(turns);
    let shares = shares.map(|(((members, amount), percent), turn)| Share { members, amount, percent, turn });
    Ok(Ring { total, shares: shares.collect() })
}

fn sum(figures: &[&Figure]) -> Result<i64, TooMuch> {
    let sum: i128 = figures.iter().map(|figure| i128::from(figure.amount)).sum();
    i64::try_from(sum).map_err(|_| TooMuch)
}

/// The percent of each amount, in tenths. They add up to 100: what rounding down leaves goes to those that lost most by it.
fn percents(amounts: &[i64], total: i64) -> Vec<String> {
    let thousandfold = |amount: i64| i128::from(amount) * WHOLE;
    let mut tenths: Vec<i128> = amounts.iter().map(|amount| thousandfold(*amount) / i128::from(total)).collect();
    let mut losers: Vec<usize> = (0..amounts.len()).collect();
    losers.sort_by_key(|at| Reverse(thousandfold(amounts[*at]) % i128::from(total)));
    let left = WHOLE - tenths.iter().sum::<i128>();
    for (_, at) in (0..left).zip(losers) {
        tenths[at] += 1;
    }
    let write = |tenths| match tenths {
        0 => "<0.1%".to_owned(),
        WHOLE if amounts.len() > 1 => ">99.9%".to_owned(),
        WHOLE => "100%".to_owned(),
        tenths => format!("{}.{}%", tenths / 10, tenths % 10),
    };
    tenths.into_iter().map(write).collect()
}

/// How wide each amount is drawn. What the narrow ones get beyond their due is taken from the widest, which has enough.
fn turns(amounts: &[i64], total: i64) -> Vec<u16> {
    let due = |amount: i64| u16::try_from(i128::from(amount) * i128::from(TURN) / i128::from(total)).unwrap_or(TURN);
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

    use super::{Figure, MOST, NARROWEST, Ring, TURN, TooMuch, cut};

    fn figures(amounts: &[i64]) -> Vec<Figure> {
        amounts.iter().map(|&amount| Figure { label: amount.to_string(), amount }).collect()
    }

    fn percents<'a>(ring: &'a Ring<'_>) -> Vec<&'a str> {
        ring.shares.iter().map(|share| share.percent.as_str()).collect()
    }

    #[test]
    fn the_largest_have_their_own_slice_and_the_rest_share_one() {
        let figures = figures(&[5, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
        let ring = cut(&figures).unwrap();
        let amounts: Vec<i64> = ring.shares.iter().map(|share| share.amount).collect();
        assert_eq!(amounts, [90, 80, 70, 60, 50, 40, 30, 35]);
        assert_eq!(ring.shares[7].members.len(), 3);
        assert_eq!(ring.total, 455);
    }

    #[test]
    fn as_many_as_fit_are_not_grouped() {
        let figures = figures(&[1; MOST]);
        let ring = cut(&figures).unwrap();
        assert!(ring.shares.len() == MOST && ring.shares.iter().all(|share| share.members.len() == 1));
    }

    #[test]
    fn nothing_spent_is_no_slice() {
        assert!(cut(&[]).unwrap().shares.is_empty());
        assert!(cut(&figures(&[0, 0])).unwrap().shares.is_empty());
        assert_eq!(percents(&cut(&figures(&[0, 7])).unwrap()), ["100%"]);
    }

    #[test]
    fn percents_add_up_to_a_hundred() {
        assert_eq!(percents(&cut(&figures(&[1, 1, 1])).unwrap()), ["33.4%", "33.3%", "33.3%"]);
        assert_eq!(percents(&cut(&figures(&[200, 300, 500])).unwrap()), ["50.0%", "30.0%", "20.0%"]);
    }

    #[test]
    fn a_trace_is_neither_nothing_nor_is_the_rest_all() {
        assert_eq!(percents(&cut(&figures(&[100_000, 1])).unwrap()), [">99.9%", "<0.1%"]);
    }

    #[test]
    fn what_cannot_be_counted_is_an_error() {
        assert!(cut(&figures(&[i64::MAX])).is_ok());
        assert_eq!(cut(&figures(&[i64::MAX, 1])).err(), Some(TooMuch));
    }

    proptest! {
        #[test]
        fn slices_make_a_turn_whatever_they_are(amounts in prop::collection::vec(0_i64..1_000_000_000_000, 1..50)) {
            let figures = figures(&amounts);
            let ring = cut(&figures).unwrap();
            prop_assert_eq!(ring.shares.iter().map(|share| share.amount).sum::<i64>(), amounts.iter().sum::<i64>());
            if ring.total > 0 {
                prop_assert_eq!(ring.shares.iter().map(|share| u32::from(share.turn)).sum::<u32>(), u32::from(TURN));
                prop_assert!(ring.shares.iter().all(|share| share.turn >= NARROWEST));
            }
        }
    }
}
