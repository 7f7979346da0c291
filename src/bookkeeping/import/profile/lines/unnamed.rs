//! Tells an opening and a closing balance that no known words name, by their sum: the amount of the first record and those between
//! make the amount of the last one. Only in files without a column for the balance, which tells more.
//!
//! Such a last record is refused unless the user says that balances are transactions, and a look asks. A look also makes the rules
//! that skip both records when they are none.

use std::io::Read;

use rust_decimal::Decimal;

use super::{
    super::{
        ends::End,
        model::{SkipRule, TextMatch},
        notation::cell,
        row::Problem,
    },
    Lines,
};

impl<R: Read> Lines<R> {
    /// Notes a record with a date and an amount.
    pub(super) fn note_end(&mut self, amount: Decimal, is_named: bool) {
        let is_open = self.profile.rows.balances_are_transactions != Some(true);
        if is_open && self.layout.balance.is_none() {
            let at = self.layout.description.first().copied();
            let text = at.map_or("", |at| cell::bare(self.record.cell(at)));
            self.ends.add(self.record.line, amount, text, is_named);
        }
    }

    fn unnamed_ends(&self) -> Option<[&End; 2]> {
        self.ends.found().filter(|_| !self.running.has_other_currencies())
    }

    /// Refuses the last record when it may be a balance that is not named so.
    pub(super) fn refuse_unnamed(&mut self) {
        let Some([first, last]) = self.unnamed_ends() else { return };
        let (first, line, is_named) = (first.line, last.line, last.is_named);
        if self.profile.rows.balances_are_transactions.is_none() {
            self.unproven.get_or_insert(first);
            if is_named {
                // It is refused as one that no sum proves.
                return;
            }
        }
        if !is_named && self.last.take().is_some() {
            self.statement.transactions -= 1;
        }
        let message = format!(
            "Line {first} may be an opening balance and line {line} a closing one, since with the amounts between they add up. If \
             they are payments, say so by `balancesAreTransactions`; otherwise skip them by `skip`."
        );
        self.problem(Problem::new(line, "amount", message));
    }

    /// The lines of the first and of the last record, when they may be balances that are not named so. Final when the last item was
    /// read.
    pub(in super::super::super) fn unnamed_balances(&self) -> Option<[u64; 2]> {
        self.unnamed_ends().map(|ends| ends.map(|end| end.line))
    }

    /// The rules that skip them; none when they have no texts. Final when the last item was read.
    pub(in super::super::super) fn rules_for_unnamed(&self) -> Vec<SkipRule> {
        let column = self.profile.columns.description.first();
        let ends = self.unnamed_ends().into_iter().flatten().filter(|end| !end.is_named);
        let texts: Vec<_> = ends.map(|end| end.text.clone()).collect();
        if texts.iter().any(String::is_empty) {
            return Vec::new();
        }
        let rule = |text| SkipRule { column: column.cloned(), text, is: TextMatch::Equal };
        texts.into_iter().map(rule).collect()
    }
}
