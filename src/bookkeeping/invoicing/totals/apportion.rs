//! Shares an amount in proportion, so that the shares add up to exactly that amount (largest remainder). Pure.

use std::cmp::Reverse;

/// The shares of `total` in proportion to the weights, in their order.
///
/// Each share is rounded down. The units that are left then go to the shares that lost most by it, one to each, and of
/// equal ones to the first. So no share is a whole unit away from the exact one.
///
/// `None` when a number is negative, when there is something to share and no weight is above zero, or when a product
/// exceeds 128 bits.
pub(in crate::bookkeeping::invoicing) fn apportion(total: i128, weights: &[i128]) -> Option<Vec<i128>> {
    if total < 0 || weights.iter().any(|weight| *weight < 0) {
        return None;
    }
    if total == 0 {
        return Some(vec![0; weights.len()]);
    }
    let sum = weights.iter().sum::<i128>();
    if sum == 0 {
        return None;
    }
    // Each share with what it lost by rounding down, as a part of `sum`.
    let mut shares = Vec::with_capacity(weights.len());
    for weight in weights {
        let exact = total.checked_mul(*weight)?;
        shares.push((exact / sum, exact % sum));
    }
    let left = total - shares.iter().map(|(share, _)| share).sum::<i128>();
    let mut by_loss: Vec<_> = shares.iter_mut().collect();
    // The sort is stable, so equal ones stay in their order.
    by_loss.sort_by_key(|share| Reverse(share.1));
    for share in by_loss.into_iter().take(usize::try_from(left).ok()?) {
        share.0 += 1;
    }
    Some(shares.into_iter().map(|(share, _)| share).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::apportion;

    #[test]
    fn what_is_left_goes_to_those_that_lost_most_and_then_to_the_first() {
        for (total, weights, shares) in [
            (100, &[1, 1, 1][..], &[34, 33, 33][..]),
            (100, &[1, 2], &[33, 67]),         // 33.3 and 66.7
            (2, &[1, 1, 1, 1], &[1, 1, 0, 0]), // 0.5 each
            (5, &[0, 3, 0], &[0, 5, 0]),
            (0, &[0, 0], &[0, 0]),
            (0, &[], &[]),
            (10, &[7], &[10]),
        ] {
            assert_eq!(apportion(total, weights).as_deref(), Some(shares), "{total} by {weights:?}");
        }
    }

    #[test]
    fn what_cannot_be_shared_is_not() {
        for (total, weights) in
            [(1, &[0, 0][..]), (1, &[]), (-1, &[1]), (0, &[-1]), (2, &[-1, 2]), (i128::MAX, &[2, 1])]
        {
            assert_eq!(apportion(total, weights), None, "{total} by {weights:?}");
        }
    }

    proptest! {
        #[test]
        fn shares_add_up_and_none_is_a_unit_away_from_the_exact_one(
            total in 0..=2_000_000_000_000_000_i128,
            weights in prop::collection::vec(0..=1_000_000_000_000_000_i128, 1..50),
        ) {
            let sum = weights.iter().sum::<i128>();
            prop_assume!(sum > 0);
            let shares = apportion(total, &weights).unwrap();
            prop_assert_eq!(shares.iter().sum::<i128>(), total);
            for (share, weight) in shares.iter().zip(&weights) {
                prop_assert!((share * sum - total * weight).abs() < sum);
                // So a discount that is not more than the lines is not more than any line.
                prop_assert!(total > sum || share <= weight);
            }
        }
    }
}
