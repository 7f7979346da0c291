//! Checks the running balance, and the opening and closing balance, in constant memory.

use rust_decimal::Decimal;

use super::{
    model::{BalanceKind, Order},
    notation::statement_word::StatementWord,
    row::{Item, exact},
};
use crate::money::{self, Currency};

/// What a file says as a whole. Final when all lines are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statement {
    /// How many transactions it has.
    pub transactions: u64,
    /// How many records were skipped.
    pub skipped: u64,
    /// How many records cannot be read.
    pub problems: u64,
    /// How many running balances do not follow from those before them.
    pub mismatches: u64,
    /// The sum of the amounts. `None` in a file of several currencies, or when it is too large.
    pub sum: Option<money::Decimal>,
    /// The balance before the first transaction: as a record says, otherwise as follows from the running balance.
    pub opening_balance: Option<money::Decimal>,
    /// The balance after the last transaction.
    pub closing_balance: Option<money::Decimal>,
    /// Whether the opening balance and the sum make the closing balance. `None` when the file does not say both balances, or
    /// has records that cannot be read.
    pub is_balanced: Option<bool>,
}

/// A record whose words say that it is a balance, which only the end of the file can prove.
#[derive(Clone, Copy, Debug)]
pub(super) struct Claim {
    pub(super) line: u64,
    pub(super) word: StatementWord,
    pub(super) amount: Decimal,
}

/// A record that has an amount and no date, and may be a total.
#[derive(Clone, Copy, Debug)]
pub(super) struct Undated {
    pub(super) line: u64,
    /// The amount, if the record has nothing else.
    pub(super) amount: Option<Decimal>,
}

/// Follows the amounts and balances of a file.
#[derive(Clone, Debug, Default)]
pub(super) struct Running {
    way: Option<(Order, BalanceKind)>,
    /// The currency of the first transaction, once there is one.
    currency: First,
    has_other_currencies: bool,
    sum: Option<Decimal>,
    /// The amount and balance of the first and of the last record with a balance, and the amounts without balance around them.
    first: Option<(Decimal, Decimal, Decimal)>,
    last: Option<Last>,
    before_first: Decimal,
    named: [Option<Decimal>; 2],
    /// The sums of the amounts below zero, and above it.
    turnovers: [Decimal; 2],
}

/// The currency of the first transaction; `Is(None)` when the file says none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum First {
    #[default]
    None,
    Is(Option<Currency>),
}

#[derive(Clone, Copy, Debug)]
struct Last {
    line: u64,
    amount: Decimal,
    balance: Decimal,
    /// The sum of the amounts after it, without a balance.
    since: Decimal,
}

impl Running {
    pub(super) fn new(order: Option<Order>, kind: Option<BalanceKind>) -> Self {
        Self { way: order.zip(kind), sum: Some(Decimal::ZERO), ..Self::default() }
    }

    /// Notes what a record says that is no transaction.
    pub(super) fn name(&mut self, word: StatementWord, amount: Option<Decimal>) {
        match word {
            StatementWord::Opening => self.named[0] = self.named[0].or(amount),
            StatementWord::Closing => self.named[1] = amount.or(self.named[1]),
            StatementWord::Turnover | StatementWord::Total => {}
        }
    }

    /// Adds a transaction. Returns the mismatch that it shows, if any.
    pub(super) fn add(
        &mut self,
        line: u64,
        amount: Decimal,
        balance: Option<Decimal>,
        currency: Option<Currency>,
    ) -> Option<Item> {
        let is_same = match self.currency {
            First::None => true,
            First::Is(first) => first == currency,
        };
        if self.currency == First::None {
            self.currency = First::Is(currency);
        }
        self.has_other_currencies |= !is_same;
        if let Some(turnover) = self.turnovers.get_mut(usize::from(amount.is_sign_positive())) {
            *turnover = turnover.checked_add(amount).unwrap_or(Decimal::MAX);
        }
        self.sum = self.sum.and_then(|sum| sum.checked_add(amount)).filter(|_| is_same);
        if self.has_other_currencies {
            // Balances of several currencies are not one chain.
            (self.way, self.first, self.last) = (None, None, None);
            return None;
        }
        let Some(balance) = balance else {
            match &mut self.last {
                Some(last) => last.since = last.since.checked_add(amount)?,
                None => self.before_first = self.before_first.checked_add(amount)?,
            }
            return None;
        };
        self.first.get_or_insert((amount, balance, self.before_first));
        let this = Last { line, amount, balance, since: Decimal::ZERO };
        let last = self.last.replace(this)?;
        let (order, kind) = self.way?;
        let between = match (order, kind) {
            (Order::OldestFirst, BalanceKind::After) | (Order::NewestFirst, BalanceKind::Before) => amount,
            (Order::OldestFirst, BalanceKind::Before) | (Order::NewestFirst, BalanceKind::After) => last.amount,
        };
        let between = between.checked_add(last.since)?;
        let (at, found, expected) = match order {
            Order::OldestFirst => (line, balance, last.balance.checked_add(between)?),
            Order::NewestFirst => (last.line, last.balance, balance.checked_add(between)?),
        };
        (found != expected).then(|| Item::Mismatch { line: at, expected: exact(expected), found: exact(found) })
    }

    /// The sum of the amounts. `None` in a file of several currencies, or when it is too large.
    pub(super) fn sum(&self) -> Option<Decimal> {
        self.sum
    }

    pub(super) fn has_other_currencies(&self) -> bool {
        self.has_other_currencies
    }

    /// The last balance, with the amounts after it.
    pub(super) fn last_balance(&self) -> Option<Decimal> {
        let last = self.last?;
        last.balance.checked_add(last.since)
    }

    /// Whether the opening balance and the sum make the closing balance, or those and the turnovers that the file names, and a
    /// record with these words says one of them.
    pub(super) fn proves(&self, word: StatementWord, amount: Decimal, named: Decimal) -> bool {
        let ends = self.ends();
        let opening = self.named[0].or(ends.map(|(opening, _)| opening));
        let closing = self.named[1].or(ends.map(|(_, closing)| closing));
        let (Some(opening), Some(closing), Some(sum)) = (opening, closing, self.sum) else { return false };
        let is = |value: Decimal| value.abs() == amount.abs();
        let [out, income] = self.turnovers;
        let is_by_turnovers = opening.checked_add(named) == Some(closing);
        let is_by_sum = opening.checked_add(sum) == Some(closing);
        match word {
            StatementWord::Opening => (is_by_sum || is_by_turnovers) && is(opening),
            StatementWord::Closing => (is_by_sum || is_by_turnovers) && is(closing),
            StatementWord::Turnover | StatementWord::Total => {
                is_by_turnovers || (is_by_sum && [opening, closing, sum, out, income].into_iter().any(is))
            }
        }
    }

    /// The opening and closing balance that follow from the running balance.
    fn ends(&self) -> Option<(Decimal, Decimal)> {
        let ((order, kind), (amount, balance, before), last) = (self.way?, self.first?, self.last?);
        let after = |balance: Decimal, amount: Decimal, kind| match kind {
            BalanceKind::After => Some(balance),
            BalanceKind::Before => balance.checked_add(amount),
        };
        let prior = |balance: Decimal, amount: Decimal, kind| match kind {
            BalanceKind::After => balance.checked_sub(amount),
            BalanceKind::Before => Some(balance),
        };
        match order {
            Order::OldestFirst => Some((
                prior(balance, amount, kind)?.checked_sub(before)?,
                after(last.balance, last.amount, kind)?.checked_add(last.since)?,
            )),
            Order::NewestFirst => Some((
                prior(last.balance, last.amount, kind)?.checked_sub(last.since)?,
                after(balance, amount, kind)?.checked_add(before)?,
            )),
        }
    }

    /// Completes the statement.
    pub(super) fn end(&self, statement: &mut Statement) {
        let ends = self.ends();
        let opening = self.named[0].or(ends.map(|(opening, _)| opening));
        let closing = self.named[1].or(ends.map(|(_, closing)| closing));
        statement.sum = self.sum.map(exact);
        statement.opening_balance = opening.map(exact);
        statement.closing_balance = closing.map(exact);
        let is_sum = |(opening, closing): (Decimal, Decimal)| Some(opening.checked_add(self.sum?)? == closing);
        let is_complete = statement.problems == 0 && !self.has_other_currencies;
        statement.is_balanced = opening.zip(closing).and_then(is_sum).filter(|_| is_complete);
    }
}
