//! Sums of amounts over many rows. Each amount fits into 64 bits but their sum may not, and the databases cannot represent it.

use sea_orm::sea_query::{Expr, ExprTrait};

/// The databases sum amounts divided by this, and the remainders, so that neither sum exceeds 64 bits.
const PART: i64 = 1_000_000_000;

/// The two columns in which a query returns the sum of an amount. [`whole`] puts them together.
pub(crate) fn parts(amount: Expr) -> [Expr; 2] {
    [amount.clone().div(PART), amount.modulo(PART)].map(|part| part.sum().cast_as("bigint"))
}

/// The sum of which these are the [`parts`].
pub(crate) fn whole([parts, rest]: [i64; 2]) -> i128 {
    i128::from(parts) * i128::from(PART) + i128::from(rest)
}

#[cfg(test)]
mod tests {
    use super::{PART, whole};

    #[test]
    fn a_sum_is_put_together_from_its_parts() {
        let parts = |amounts: &[i64]| {
            let sum = |part: fn(i64) -> i64| amounts.iter().copied().map(part).sum::<i64>();
            [sum(|amount| amount / PART), sum(|amount| amount % PART)]
        };
        for amounts in [&[][..], &[1, -1], &[i64::MAX; 3], &[i64::MIN, i64::MIN, 7], &[PART, -PART - 1]] {
            let sum = amounts.iter().copied().map(i128::from).sum::<i128>();
            assert_eq!(whole(parts(amounts)), sum, "{amounts:?}");
        }
    }
}
