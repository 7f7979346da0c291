//! The totals of an account, and the limit that keeps balances within 64 bits. Pure.
//!
//! An account stores the sums of its debits and credits in 64 bits. Two rules keep postings from exhausting them:
//!
//! | rule | for which accounts | effect |
//! |---|---|---|
//! | carry | `WALLET`, `OUTSIDE` | both totals are stored less the same multiple of [`CARRY`], so they grow with the balance, not with the turnover. Nothing reads the turnover of these accounts |
//! | limit | the wallets of a book in one currency | they take in at most [`MOST_TAKEN_IN`] more from outside than they pay to the outside |
//!
//! Only the limit bounds a balance. Since payments between books create no money, more than 9,000 books would have to
//! pay all that they may take in to one wallet before its balance exceeded 64 bits. The limit is checked only for the
//! book that takes money in, and never for a withdrawal, so what others pay to a book restricts nobody.

use crate::entity::account::{self, AccountKind};

/// Both totals are stored less the largest multiple of this, in minor units, that both contain.
const CARRY: i128 = 10_000_000_000_000_000;

/// The most that the wallets of a book may take in from outside in one currency, less what they pay to the outside, in
/// minor units.
pub const MOST_TAKEN_IN: i64 = 1_000_000_000_000_000;

/// The part of both totals that an account of this kind does not store. It follows from the totals alone, so a total
/// that shrinks by a reversal is stored as if it had never been larger.
#[must_use]
pub fn carried(kind: AccountKind, debits: i128, credits: i128) -> i128 {
    match kind {
        AccountKind::Wallet | AccountKind::Outside => debits.min(credits).div_euclid(CARRY) * CARRY,
        _ => 0,
    }
}

/// Adds to the totals of an account. `None`, and nothing is added, when a total does not fit into 64 bits.
pub(super) fn add(account: &mut account::Model, debit: i64, credit: i64) -> Option<()> {
    let debits = i128::from(account.debits) + i128::from(debit);
    let credits = i128::from(account.credits) + i128::from(credit);
    let carried = carried(account.kind, debits, credits);
    let (debits, credits) = (i64::try_from(debits - carried).ok()?, i64::try_from(credits - carried).ok()?);
    (account.debits, account.credits) = (debits, credits);
    Some(())
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::{CARRY, add, carried};
    use crate::{
        bookkeeping::journal::balance,
        entity::account::{self, AccountKind, AccountStatus},
        id::Id,
        money::Currency,
    };

    fn account(kind: AccountKind, debits: i64, credits: i64) -> account::Model {
        account::Model {
            id: Id::generate(),
            book_id: Id::generate(),
            kind,
            currency: Currency::Yem,
            holder_id: Id::generate(),
            status: AccountStatus::Active,
            closing: false,
            may_overdraw: kind != AccountKind::Wallet,
            debits,
            credits,
            wallet_inflow: 0,
            postings: 0,
            created_at: DateTime::UNIX_EPOCH,
            posted_at: None,
        }
    }

    fn totals(account: &account::Model) -> (i64, i64) {
        (account.debits, account.credits)
    }

    #[test]
    fn both_totals_are_carried_when_both_reach_the_same_multiple() {
        let carry = i64::try_from(CARRY).unwrap();
        let mut wallet = account(AccountKind::Wallet, carry - 1, carry + 500);
        assert_eq!(add(&mut wallet, 1, 0), Some(()));
        assert_eq!((totals(&wallet), balance(&wallet)), ((0, 500), 500));
        // One total alone is not carried.
        assert_eq!(add(&mut wallet, 0, carry), Some(()));
        assert_eq!(totals(&wallet), (0, carry + 500));
        // Three multiples at once.
        assert_eq!(add(&mut wallet, 3 * carry, 2 * carry + 1), Some(()));
        assert_eq!((totals(&wallet), balance(&wallet)), ((0, 501), 501));
    }

    #[test]
    fn a_reversal_takes_a_carry_back() {
        let carry = i64::try_from(CARRY).unwrap();
        let mut wallet = account(AccountKind::Wallet, carry - 10, carry);
        assert_eq!(add(&mut wallet, 10, 0), Some(()));
        assert_eq!(totals(&wallet), (0, 0));
        assert_eq!(add(&mut wallet, -10, 0), Some(()));
        assert_eq!((totals(&wallet), balance(&wallet)), ((carry - 10, carry), 10));
    }

    #[test]
    fn any_turnover_with_a_small_balance_fits() {
        let amount = 4_000_000_000_000_000_000;
        for kind in [AccountKind::Wallet, AccountKind::Outside] {
            let mut account = account(kind, 7, 7);
            for _ in 0..10 {
                assert_eq!(add(&mut account, amount, 0), Some(()));
                assert_eq!(add(&mut account, 0, amount), Some(()));
            }
            assert_eq!(totals(&account), (7, 7));
            let all = i128::from(amount) * 10 + 7;
            assert_eq!(all - carried(kind, all, all), 7);
        }
    }

    #[test]
    fn totals_that_reports_read_are_whole_or_refused() {
        let mut sales = account(AccountKind::Sales, i64::MAX - 1, i64::MAX - 1);
        assert_eq!(add(&mut sales, 1, 1), Some(()));
        assert_eq!(add(&mut sales, 0, 1), None);
        assert_eq!(totals(&sales), (i64::MAX, i64::MAX));
    }
}
