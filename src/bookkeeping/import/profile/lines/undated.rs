//! Tells records without a date: headers, totals, lines that are not booked yet, texts that continue the line above.
//!
//! A record with an amount is refused, unless words say what it is, or it is the last one and nothing but the sum of all amounts.

use std::io::Read;

use super::{
    super::{
        notation::{cell, number, status_word},
        reading::Amount,
        row::{Item, Problem},
        running::Undated,
    },
    Lines,
};

/// How many records with an amount and no date wait for the end of the file.
const MOST: usize = 100;

impl<R: Read> Lines<R> {
    /// Makes an item of a record without a date.
    pub(super) fn take_undated(&mut self) -> Result<(), Problem> {
        let line = self.record.line;
        let text = cell::bare(self.record.cell(self.layout.date));
        if self.layout.is_header(&self.profile, &self.record) {
            self.skip("It is the header again.");
            return Ok(());
        }
        let has_amount = self.reading().amount_cells().any(|text| !text.is_empty());
        let is_empty = text.is_empty();
        if is_empty && has_amount {
            self.hold_undated();
            return Ok(());
        }
        if has_amount && status_word::is_pending(text) {
            self.skip("It is not booked yet.");
            return Ok(());
        }
        if has_amount {
            return Err(Problem::new(line, "date", format!("{} is not a date.", cell::quoted(text))));
        }
        let is_long = self.record.len() > self.layout.date;
        let may_continue = is_empty && is_long && !self.record.follows_blank;
        if may_continue && !self.profile.rows.no_continuation && self.continue_last() {
            return Ok(());
        }
        if self.profile.rows.no_continuation && is_empty && self.reading().description().is_some() {
            return Err(Problem::new(line, "date", "There is no date."));
        }
        self.skip("It has neither a date nor an amount.");
        Ok(())
    }

    fn hold_undated(&mut self) {
        if self.undated.len() >= MOST {
            self.refuse_undated();
        }
        self.flush();
        let texts = || self.record.cells().map(cell::bare).filter(|text| !text.is_empty());
        let amount = match self.reading().amount() {
            Ok(Amount::Value(amount, _)) if texts().all(|text| number::number(text).is_some()) => Some(amount),
            _ => None,
        };
        self.undated.push(Undated { line: self.record.line, amount });
    }

    /// Refuses the records without a date so far, since a transaction follows them.
    pub(super) fn refuse_undated(&mut self) {
        for undated in std::mem::take(&mut self.undated) {
            self.problem(Problem::new(undated.line, "date", "There is no date."));
        }
    }

    /// Skips the last record when it is the sum of all amounts, and refuses the others.
    pub(super) fn settle_undated(&mut self) {
        let sum = self.running.sum().filter(|sum| !sum.is_zero() && self.statement.transactions > 1);
        if let [Undated { line, amount: Some(amount) }] = *self.undated
            && sum == Some(amount)
        {
            self.undated.clear();
            self.statement.skipped += 1;
            self.ready.push_back(Item::Skipped { line, reason: "It is the sum of the amounts." });
        }
        self.refuse_undated();
    }
}
