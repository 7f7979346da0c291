//! Collects what a reader of a format finds, counts the transactions, and checks the balances.

use std::collections::VecDeque;

use super::{
    number,
    record::{Balance, BalanceCheck, Ending, Notice, Place, Record, Statement, Transaction},
};
use crate::money::Decimal;

/// Why reading a file ends before its end.
#[derive(Debug)]
pub(super) struct Stop(pub(super) Notice);

impl Stop {
    pub(super) fn new(line: u64, message: impl Into<String>) -> Self {
        Self(Notice::new(Place::line(line), format!("{} The rest of the file is not read.", message.into())))
    }
}

/// A reader of one format.
pub(super) trait Source {
    /// Reads a bit more of the file. `false` at its end; then everything that began has ended.
    fn step(&mut self, out: &mut Out) -> Result<bool, Stop>;
}

/// The records that were found and not taken yet, and the state of the current statement.
#[derive(Debug, Default)]
pub(super) struct Out {
    found: VecDeque<Record>,
    entries: u64,
    statements: u64,
    current: Option<Current>,
}

#[derive(Debug)]
struct Current {
    currency: Option<String>,
    opening: Option<Balance>,
    /// In units of `10^-SCALE`. `None` when the sum is not known.
    sum: Option<i128>,
}

impl Out {
    pub(super) fn take(&mut self) -> Option<Record> {
        self.found.pop_front()
    }

    /// The number of statements so far.
    pub(super) fn statements(&self) -> u64 {
        self.statements
    }

    /// Whether a statement is open.
    pub(super) fn is_open(&self) -> bool {
        self.current.is_some()
    }

    /// Counts a transaction, also one that cannot be read, and gives its place.
    pub(super) fn entry(&mut self, line: u64) -> Place {
        self.entries += 1;
        Place { line, entry: self.entries }
    }

    pub(super) fn begin(&mut self, statement: Statement) {
        let Statement { currency, opening, .. } = statement.clone();
        self.current = Some(Current { currency, opening, sum: Some(0) });
        self.statements += 1;
        self.found.push_back(Record::Begin(statement));
    }

    pub(super) fn transaction(&mut self, transaction: Transaction) {
        if let Some(current) = &mut self.current {
            let is_other = transaction.currency.is_some() && transaction.currency != current.currency;
            let amount = transaction.amount.scaled_wide(number::SCALE).filter(|_| !is_other);
            current.sum = current.sum.zip(amount).and_then(|(sum, amount)| sum.checked_add(amount));
        }
        self.found.push_back(Record::Transaction(Box::new(transaction)));
    }

    /// Reports a transaction that cannot be read.
    pub(super) fn bad_entry(&mut self, place: Place, message: impl Into<String>) {
        if let Some(current) = &mut self.current {
            current.sum = None;
        }
        self.problem(place, message);
    }

    pub(super) fn problem(&mut self, place: Place, message: impl Into<String>) {
        self.found.push_back(Record::Problem(Notice::new(place, message)));
    }

    pub(super) fn skip(&mut self, place: Place, message: impl Into<String>) {
        self.found.push_back(Record::Skipped(Notice::new(place, message)));
    }

    pub(super) fn remark(&mut self, place: Place, message: impl Into<String>) {
        self.found.push_back(Record::Remark(Notice::new(place, message)));
    }

    /// Reports why reading ends early. A statement that is open ends there.
    pub(super) fn stop(&mut self, Stop(notice): Stop) {
        let line = notice.place.line;
        self.bad_entry(notice.place, notice.message);
        self.end(line, None);
    }

    /// Ends the statement, if one is open, and compares its balances.
    pub(super) fn end(&mut self, line: u64, closing: Option<Balance>) {
        let Some(current) = self.current.take() else { return };
        let scaled = |amount: &Decimal| amount.scaled_wide(number::SCALE);
        let opening = current.opening.as_ref().and_then(|balance| scaled(&balance.amount));
        let expected =
            opening.zip(current.sum).and_then(|(opening, sum)| Some((opening, sum, opening.checked_add(sum)?)));
        let place = Place::line(line);
        let balance = match (expected, closing.as_ref().and_then(|balance| scaled(&balance.amount))) {
            (Some((opening, sum, expected)), Some(closing)) if expected != closing => {
                let [opening, sum, expected, closing] = [opening, sum, expected, closing].map(number::shown);
                let message = format!(
                    "The balances do not add up: {opening} and the sum of the transactions, {sum}, are {expected}, but the \
                     statement closes with {closing}."
                );
                self.problem(place, message);
                BalanceCheck::Wrong
            }
            (Some(_), Some(_)) => BalanceCheck::Right,
            _ => BalanceCheck::NotPossible,
        };
        self.found.push_back(Record::End(Ending { place, closing, balance }));
    }
}
