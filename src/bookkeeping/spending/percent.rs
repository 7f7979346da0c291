//! Percentages for reports, with two decimals. Uses whole numbers only. Pure.

use crate::money::Decimal;

/// 100 per cent, in hundredths of a per cent.
const WHOLE: i128 = 10_000;

/// The share of each part in the sum of the parts above zero, in hundredths of a per cent. The shares add up to exactly 100
/// per cent: what is left after rounding down goes to the parts with the largest remainders. A part that is not above zero
/// has no share: as a part of the sum of all, it would be negative and make others larger than the whole.
pub(super) fn shares(parts: &[i64]) -> Vec<i128> {
    let parts: Vec<_> = parts.iter().map(|part| i128::from(*part).max(0)).collect();
    let sum: i128 = parts.iter().sum();
    if sum == 0 {
        return vec![0; parts.len()];
    }
    let mut shares: Vec<_> = parts.iter().map(|part| part * WHOLE / sum).collect();
    let lost = |part: i128| part * WHOLE % sum;
    let mut by_loss: Vec<_> = (0..parts.len()).collect();
    by_loss.sort_by_key(|at| std::cmp::Reverse(parts.get(*at).copied().map(lost)));
    let left = usize::try_from(WHOLE - shares.iter().sum::<i128>()).unwrap_or_default();
    for at in by_loss.into_iter().take(left) {
        if let Some(share) = shares.get_mut(at) {
            *share += 1;
        }
    }
    shares
}

/// The used part of a limit in per cent; `None` when the limit is not above zero. It is 100 only when exactly the limit
/// was spent: a smaller part is rounded down, a larger one up.
pub(super) fn used(spent: i64, limit: i64) -> Option<Decimal> {
    let limit = i128::from(limit);
    if limit <= 0 {
        return None;
    }
    let scaled = i128::from(spent) * WHOLE;
    let down = scaled.div_euclid(limit);
    let is_over = i128::from(spent) > limit && scaled.rem_euclid(limit) != 0;
    Some(Decimal::from_hundredths(if is_over { down + 1 } else { down }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Decimal, WHOLE, shares, used};

    fn texts(parts: &[i64]) -> Vec<String> {
        shares(parts).into_iter().map(|share| Decimal::from_hundredths(share).to_string()).collect()
    }

    #[test]
    fn shares_sum_to_a_hundred() {
        assert_eq!(texts(&[1, 1, 1]), ["33.34", "33.33", "33.33"]);
        assert_eq!(texts(&[2, 1]), ["66.67", "33.33"]);
        assert_eq!(texts(&[5]), ["100.00"]);
        assert_eq!(texts(&[0, 0]), ["0.00", "0.00"]);
        assert_eq!(texts(&[]), [""; 0]);
        assert_eq!(texts(&[i64::MAX, i64::MAX]), ["50.00", "50.00"]);
    }

    #[test]
    fn what_is_below_zero_has_no_share_and_takes_none() {
        assert_eq!(texts(&[75, 25, -80]), ["75.00", "25.00", "0.00"]);
        assert_eq!(texts(&[5, -5]), ["100.00", "0.00"]);
        assert_eq!(texts(&[1, 1, 1, -1, i64::MIN]), ["33.34", "33.33", "33.33", "0.00", "0.00"]);
        assert_eq!(texts(&[-5, 0]), ["0.00", "0.00"]);
    }

    #[test]
    fn a_hundred_per_cent_are_used_when_it_is_exactly_the_limit() {
        let text = |spent, limit| used(spent, limit).map(|used| used.to_string());
        assert_eq!(text(50, 100).unwrap(), "50.00");
        assert_eq!(text(100, 100).unwrap(), "100.00");
        assert_eq!(text(99_999_999, 100_000_000).unwrap(), "99.99");
        assert_eq!(text(100_000_001, 100_000_000).unwrap(), "100.01");
        assert_eq!(text(i64::MAX, 1).unwrap(), "922337203685477580700.00");
        assert_eq!(text(0, 0), None);
        assert_eq!(text(5, -10), None);
        assert_eq!(text(-1, 3).unwrap(), "-33.34");
    }

    proptest! {
        #[test]
        fn all_shares_together_are_the_whole(
            parts in prop::collection::vec(-1_000_000_000_000_i64..1_000_000_000_000_000, 1..50),
        ) {
            prop_assume!(parts.iter().any(|part| *part > 0));
            let shares = shares(&parts);
            prop_assert_eq!(shares.iter().sum::<i128>(), WHOLE);
            prop_assert!(parts.iter().zip(&shares).all(|(part, share)| *part > 0 || *share == 0));
        }
    }
}
