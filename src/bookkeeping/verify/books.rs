//! Sums over whole books, by currency.
//!
//! All accounts of a currency together sum to zero, since each posting adds to one account what it takes from another.
//! The accounts of one book sum to what the book paid to other books less what it received from them. What a book's
//! outside account counts as the inflow of its wallets is what their postings with it sum to.

use std::collections::BTreeMap;

use super::difference::{Check, Money, Report};
use crate::{
    entity::account,
    id::{Id, kind},
    money::Currency,
};

/// The sums of all books seen so far. Memory grows with the number of books.
#[derive(Default)]
pub(super) struct Books(BTreeMap<(Id<kind::Book>, &'static str), Sums>);

struct Sums {
    currency: Currency,
    /// Debits less credits, by the counters of the accounts.
    counted: i128,
    /// Debits less credits of transfers; transfers within the book cancel out.
    transferred: i128,
    /// What the book's outside account counts as the inflow of wallets.
    inflow_counted: i128,
    /// What wallets took in from the outside account less what they paid to it, by their postings.
    inflow: i128,
}

impl Books {
    fn sums(&mut self, book_id: Id<kind::Book>, currency: Currency) -> &mut Sums {
        let nothing = Sums { currency, counted: 0, transferred: 0, inflow_counted: 0, inflow: 0 };
        self.0.entry((book_id, currency.code())).or_insert(nothing)
    }

    /// Adds the counters of an account.
    pub(super) fn count(&mut self, account: &account::Model) {
        let sum = i128::from(account.debits) - i128::from(account.credits);
        let sums = self.sums(account.book_id, account.currency);
        sums.counted += sum;
        sums.inflow_counted += i128::from(account.wallet_inflow);
    }

    /// Adds what a posting moves from the outside account of a book into a wallet; below zero the other way.
    pub(super) fn take_in(&mut self, outside: (Id<kind::Book>, Currency), amount: i128) {
        self.sums(outside.0, outside.1).inflow += amount;
    }

    /// Adds a transfer, within a book or between two.
    pub(super) fn transfer(
        &mut self,
        debit: (Id<kind::Book>, Currency),
        credit: (Id<kind::Book>, Currency),
        amount: i64,
    ) {
        self.sums(debit.0, debit.1).transferred += i128::from(amount);
        self.sums(credit.0, credit.1).transferred -= i128::from(amount);
    }

    /// Compares the sums and reports differences.
    pub(super) fn check(self, report: &mut Report<'_>) {
        let mut all = BTreeMap::<_, (Currency, i128)>::new();
        for ((book_id, code), Sums { currency, counted, transferred, inflow_counted, inflow }) in self.0 {
            let money = |minor| Money::new(minor, currency);
            let what = format_args!("the sum of all accounts of {book_id} in {currency}, debits less credits");
            report.same(Check::BookSum, book_id, what, money(transferred), money(counted));
            let what = format_args!("what the wallets of {book_id} in {currency} took in from outside, as counted");
            report.same(Check::AccountCounter, book_id, what, money(inflow), money(inflow_counted));
            all.entry(code).or_insert((currency, 0)).1 += counted;
        }
        for (code, (currency, sum)) in all {
            let what = format_args!("the sum of all accounts in {code}, debits less credits");
            report.same(Check::CurrencySum, code, what, Money::new(0, currency), Money::new(sum, currency));
        }
    }
}
