//! Notes which columns were found, and asks for those that are missing.

use super::{
    super::finding::{Answer, Confidence, Notes},
    Picked, Picker,
    amounts::ASK_AMOUNT,
};

impl Picker<'_> {
    /// Notes why a column was taken.
    fn note(&self, picked: &Picked, field: &'static str, at: usize, notes: &mut Notes) {
        let (confidence, reason) = if let Some((_, is_proven)) = picked.derived.filter(|(other, _)| *other == at) {
            if is_proven {
                (Confidence::Certain, "The running balances prove it.")
            } else {
                (Confidence::Likely, "It has a number wherever the other side has none.")
            }
        } else if self.is_unnamed(at) {
            (Confidence::Likely, "What is in it fits.")
        } else {
            (Confidence::Certain, "Its name says so, and what is in it fits.")
        };
        notes.found(field, self.column(at), confidence, reason);
    }

    /// Notes what was found, and asks for what is missing.
    pub(super) fn conclude(&self, picked: &Picked, notes: &mut Notes) {
        let columns =
            || (0..self.contents.len()).map(|at| Answer::new(self.column(at).to_string(), "")).collect::<Vec<_>>();
        for (field, at) in [
            ("columns.date", picked.date),
            ("columns.valueDate", picked.value_date),
            ("columns.amount", picked.amount),
            ("columns.debit", picked.debit),
            ("columns.credit", picked.credit),
            ("columns.flag", picked.flag),
            ("columns.payee", picked.payee),
            ("columns.category", picked.category),
            ("columns.currency", picked.currency),
            ("columns.balance", picked.balance),
        ] {
            if let Some(at) = at {
                self.note(picked, field, at, notes);
            }
        }
        for at in &picked.description {
            self.note(picked, "columns.description", *at, notes);
        }
        if picked.date.is_none() {
            notes.ask("columns.date", "Which column has the date?", columns());
        }
        let has_amount = picked.amount.or(picked.debit).or(picked.credit).is_some();
        if !has_amount && !notes.questions.iter().any(|question| question.field == "columns.amount") {
            notes.ask("columns.amount", ASK_AMOUNT, columns());
        }
    }
}
