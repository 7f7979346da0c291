//! Percentages of reports: two decimals, worked out in whole numbers. Pure.

use crate::money::Decimal;

/// Ten thousand hundredths of a per cent are the whole.
const WHOLE: i128 = 10_000;

/// How much each of some parts is of their sum, in hundredths of a per cent. The shares sum to exactly 100 per cent: what
/// rounding down leaves goes to those that lost most by it (the method of the largest remainder). All are zero when the sum is.
pub(super) fn shares(parts: &[i64]) -> Vec<i128> {
    let sum: i128 = parts.iter().map(|part| i128::from(*part)).sum();
    if sum <= 0 {
        return vec![0; parts.len()];
    }
    let mut shares: Vec<_> = parts.iter().map(|part| i128::from(*part) * WHOLE / sum).collect();
    let lost = |part: i64| i128::from(part) * WHOLE % sum;
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

/// How much of a limit was used, in per cent; none when there is nothing to use. It is 100 only when it is exactly the limit:
/// less is rounded down, and more is rounded up.
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
    fn a_hundred_per_cent_are_used_when_it_is_exactly_the_limit() {
        let text = |spent, limit| used(spent, limit).map(|used| used.to_string());
        assert_eq!(text(50, 100).unwrap(), "50.00");
        assert_eq!(text(100, 100).unwrap(), "100.00");
        assert_eq!(text(99_999_999, 100_000_000).unwrap(), "99.99");
        assert_eq!(text(100_000_001, 100_000_000).unwrap(), "100.01");
        assert_eq!(text(i64::MAX, 1).unwrap(), "922337203685477580700.00");
        assert_eq!(text(0, 0), None);
        assert_eq!(text(5, -10), None);
    }

    proptest! {
        #[test]
        fn all_shares_together_are_the_whole(parts in prop::collection::vec(0_i64..1_000_000_000_000_000, 1..50)) {
            prop_assume!(parts.iter().any(|part| *part > 0));
            prop_assert_eq!(shares(&parts).iter().sum::<i128>(), WHOLE);
        }
    }
}
