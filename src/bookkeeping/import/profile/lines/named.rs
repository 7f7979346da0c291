//! Tells balances and turnovers from payments that are named like them.
//!
//! A record with a date and an amount is left out as a balance only when that is proven: by the running balance, which it does not
//! change, or by the sum, which with the opening balance makes the closing one. Otherwise it is refused, and a look asks.

use std::io::Read;

use rust_decimal::Decimal;

use super::{
    super::{
        model::{BalanceKind, Order},
        notation::{date, statement_word::StatementWord},
        reading::{Amount, Reading},
        record::Record,
        row::{Item, Problem},
        running::Claim,
    },
    Lines,
};

/// How many records wait for the end of the file to be proven.
const MOST_CLAIMS: usize = 100;
const UNPROVEN: &str =
    "This may be a payment, or a balance that is no payment. Say which by `balancesAreTransactions`.";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Balance,
    Transaction,
    Open,
}

impl<R: Read> Lines<R> {
    /// Takes a record with the words of a balance. Returns false when it is a transaction.
    pub(super) fn take_named(&mut self, word: StatementWord, is_dated: bool) -> Result<bool, Problem> {
        let line = self.record.line;
        let is_open = is_dated && self.profile.rows.balances_are_transactions.is_none();
        let amount = match self.reading().amount() {
            Ok(Amount::Value(amount, _)) => Some(amount),
            Ok(Amount::None) => None,
            // Balances have no flag.
            Err(problem) if !is_open || problem.column == "flag" => None,
            Err(problem) => return Err(problem),
        };
        let balance = self.reading().balance().ok().flatten();
        if let Some(amount) = amount.filter(|amount| is_open && !amount.is_zero()) {
            match self.verdict(word, amount, balance)? {
                Verdict::Balance => {}
                Verdict::Transaction => return Ok(false),
                Verdict::Open if self.claims.len() >= MOST_CLAIMS => {
                    self.unproven.get_or_insert(line);
                    return Err(Problem::new(line, "amount", UNPROVEN));
                }
                Verdict::Open => {
                    self.flush();
                    self.running.name(word, Some(amount));
                    self.note_end(amount, true);
                    self.claims.push(Claim { line, word, amount });
                    return Ok(true);
                }
            }
        }
        if let Some(amount) = amount.filter(|amount| is_dated && !amount.is_zero()) {
            self.note_end(amount, true);
        }
        let value = amount.or(balance);
        if value.is_some() || is_dated {
            self.running.name(word, value);
        } else {
            self.note_named();
        }
        self.skip("It is a balance, a turnover or a total.");
        Ok(true)
    }

    /// What the balance of the record and the one before it tell.
    fn verdict(&mut self, word: StatementWord, amount: Decimal, balance: Option<Decimal>) -> Result<Verdict, Problem> {
        let kind = self.profile.balance;
        let (Some(balance), false) = (balance, self.running.has_other_currencies()) else { return Ok(Verdict::Open) };
        if kind == Some(BalanceKind::Before) {
            return Ok(Verdict::Open);
        }
        let before = match self.profile.order {
            Some(Order::NewestFirst) => self.next_balance()?,
            _ => self.running.last_balance(),
        };
        let Some(before) = before else {
            let is_same = amount.abs() == balance.abs();
            return Ok(match word {
                StatementWord::Opening if is_same => Verdict::Balance,
                StatementWord::Opening | StatementWord::Closing if !is_same => Verdict::Transaction,
                _ => Verdict::Open,
            });
        };
        let changed = balance.checked_sub(before);
        // A balance that is not checked may be what is owed.
        let is_moved = changed == Some(amount) || (kind.is_none() && changed == Some(-amount));
        Ok(match (is_moved, balance == before) {
            (true, _) => Verdict::Transaction,
            (false, true) => Verdict::Balance,
            (false, false) => Verdict::Open,
        })
    }

    /// The balance of the next record.
    fn next_balance(&mut self) -> Result<Option<Decimal>, Problem> {
        if self.held.is_empty() {
            let mut next = Record::default();
            match self.records.read(&mut next) {
                Ok(true) => self.held.push_back(next),
                Ok(false) => {}
                Err(error) => {
                    self.is_over = true;
                    let message = format!("The file cannot be read further: {error}.");
                    return Err(Problem::new(self.record.line, "csv", message));
                }
            }
        }
        let Some(record) = self.held.front() else { return Ok(None) };
        let reading = Reading { record, profile: &self.profile, layout: &self.layout, currency: self.currency };
        let is_dated = date::date(record.cell(self.layout.date)).is_some();
        Ok(reading.balance().ok().flatten().filter(|_| is_dated))
    }

    /// Skips what the whole file proves to be balances, and refuses the rest.
    pub(super) fn settle(&mut self) {
        let claims = std::mem::take(&mut self.claims);
        let turnovers = claims.iter().filter(|claim| claim.word == StatementWord::Turnover).map(|claim| claim.amount);
        let named = turnovers.fold(Decimal::ZERO, |sum, amount| sum.checked_add(amount).unwrap_or_default());
        for claim in claims {
            if self.running.proves(claim.word, claim.amount, named) {
                self.statement.skipped += 1;
                let reason = "It is a balance, a turnover or a total.";
                self.ready.push_back(Item::Skipped { line: claim.line, reason });
            } else {
                self.unproven.get_or_insert(claim.line);
                self.problem(Problem::new(claim.line, "amount", UNPROVEN));
            }
        }
    }

    /// The line of the first record that may be a payment or a balance. Final when the last item was read.
    pub(in super::super::super) fn unproven(&self) -> Option<u64> {
        self.unproven
    }
}
