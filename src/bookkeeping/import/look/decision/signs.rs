//! Decides how amounts become money out and in.

use super::{
    super::{
        super::profile::Sign,
        evidence::{Amounts, chain::Way},
        finding::{Answer, Confidence, Notes},
    },
    Decision, Form,
};

impl Decision<'_> {
    /// The column with fees that are taken besides the amount.
    pub(super) fn fee(&self, amounts: &Amounts, notes: &mut Notes) -> Option<usize> {
        let picked = self.body.picked;
        let Some(open) = picked.open_fee else { return picked.fee };
        let column = self.picker.column(open);
        if picked.is_gross {
            notes.found("columns.fee", &column, Confidence::Likely, "The amount is the one before fees.");
            return Some(open);
        }
        // Both are whole where only the first lines have fees, to which no balance leads.
        match (amounts.plain.is_whole(), amounts.with_fees.is_whole()) {
            (false, true) => {
                notes.found(
                    "columns.fee",
                    &column,
                    Confidence::Certain,
                    "The balances follow from the amounts less the fees.",
                );
                Some(open)
            }
            (true, false) => None,
            (true, true) | (false, false) => {
                let answers = vec![
                    Answer::new(column.to_string(), "The fee is taken besides the amount."),
                    Answer::new("", "The amount has the fee in it."),
                ];
                notes.ask("columns.fee", "Is the fee taken besides the amount?", answers);
                None
            }
        }
    }

    pub(super) fn sign(&self, form: Form, amounts: &Amounts, way: Option<Way>, notes: &mut Notes) -> Option<Sign> {
        if self.hints.sign.is_some() {
            return self.hints.sign;
        }
        let turned = way.filter(|way| way.sign == Sign::PositiveOut && amounts.chain.total > 1);
        match form {
            Form::Signed => match way.filter(|_| amounts.plain.is_strong() || amounts.with_fees.is_strong()) {
                Some(way) if way.sign == Sign::PositiveOut && !amounts.signs.is_like_turned_debt() => {
                    notes.found(
                        "sign",
                        "POSITIVE_OUT",
                        Confidence::Certain,
                        "The balance falls by amounts above zero.",
                    );
                    Some(Sign::PositiveOut)
                }
                Some(way) if way.sign == Sign::NegativeOut && amounts.signs.is_like_account(way.kind) => {
                    notes.found(
                        "sign",
                        "NEGATIVE_OUT",
                        Confidence::Certain,
                        "The balance falls by amounts below zero.",
                    );
                    Some(Sign::NegativeOut)
                }
                Some(_) => {
                    notes.found("sign", "none", Confidence::Unsure, "The balance may be what is owed on a card.");
                    amounts.signs.ask(notes);
                    None
                }
                None if amounts.count == 0 => {
                    amounts.signs.ask(notes);
                    None
                }
                None if amounts.signs.are_missing() && amounts.plain.is_unsigned() => {
                    let message = "The amounts have no sign, and the balance rises by some of them and falls by others. Only \
                                   lines that fit the answer can be read: are amounts below zero money out, or amounts above zero?";
                    amounts.signs.ask_as(message, notes);
                    None
                }
                None => amounts.signs.decide(notes),
            },
            Form::Turned => Some(Sign::PositiveOut),
            Form::Flag => {
                let is_said = !self.hints.flag_out.is_empty() || !self.hints.flag_in.is_empty();
                if turned.is_some() && amounts.chain.is_whole() && !is_said {
                    let message =
                        "The balance rises by the amounts whose flag says money out. Which flags mean money out?";
                    let texts = self.body.picked.flag.map(|at| self.picker.texts(at)).into_iter().flatten();
                    let mut answers: Vec<_> = texts.map(|text| Answer::new(text, "")).collect();
                    answers.sort_by(|one, other| one.value.cmp(&other.value));
                    notes.ask("flagOut", message, answers);
                }
                None
            }
            Form::Split => self.sign_of_debits(amounts, turned.is_some() && amounts.chain.is_whole(), notes),
        }
    }

    /// Whether debits have a minus sign.
    fn sign_of_debits(&self, amounts: &Amounts, is_turned: bool, notes: &mut Notes) -> Option<Sign> {
        let picked = self.body.picked;
        if let (true, Some(debit), Some(credit)) = (is_turned, picked.debit, picked.credit) {
            let [debit, credit] = [debit, credit].map(|at| self.picker.column(at).to_string());
            let meaning = format!("{debit} is money out, and the balance is what is owed.");
            let swapped = format!("{credit} is money out, as the balance says.");
            let answers = vec![Answer::new(debit, meaning), Answer::new(credit, swapped)];
            notes.ask("columns.debit", "The balance rises by debits. Which column is money out?", answers);
        }
        match amounts.debits {
            [0, 0] => None,
            [_, 0] => Some(Sign::PositiveOut),
            [0, _] => {
                notes.found("sign", "NEGATIVE_OUT", Confidence::Certain, "All debits have a minus sign.");
                Some(Sign::NegativeOut)
            }
            [above, below] if amounts.plain.is_whole() || below * 10 <= above => {
                notes.found("sign", "POSITIVE_OUT", Confidence::Likely, "The debits below zero were taken back.");
                Some(Sign::PositiveOut)
            }
            [above, below] => {
                let message = "Some debits are below zero. What are they?";
                let plain =
                    format!("The {above} debits above zero are money out, the {below} below zero are money in.");
                let minus =
                    format!("The {below} debits below zero are money out, the {above} above zero are money in.");
                notes.ask(
                    "sign",
                    message,
                    vec![Answer::new("POSITIVE_OUT", plain), Answer::new("NEGATIVE_OUT", minus)],
                );
                None
            }
        }
    }
}
