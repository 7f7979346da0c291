//! Decides whether a column says which amounts are money out, and which of its texts do.

use super::{
    super::{
        super::profile::{
            Profile,
            notation::{cell, flag},
        },
        evidence::Amounts,
        finding::{Answer, Confidence, Notes},
    },
    Decision, Form,
};

impl Decision<'_> {
    pub(super) fn form(&self, amounts: &Amounts, notes: &mut Notes) -> Form {
        let picked = self.body.picked;
        let Amounts { agreeing, telling, contradicting, crediting, .. } = *amounts;
        if picked.amount.is_none() {
            return Form::Split;
        }
        let Some(at) = picked.flag else { return Form::Signed };
        if self.hints.columns.flag.is_some() {
            return Form::Flag;
        }
        let column = self.picker.column(at);
        match (agreeing, telling, contradicting, crediting) {
            (0, _, 0, _) => Form::Flag,
            (_, 0, 0, _) => {
                notes.found(
                    "columns.flag",
                    "none",
                    Confidence::Certain,
                    format!("{column} says what the signs say already."),
                );
                Form::Signed
            }
            (0, _, _, 0) => {
                notes.found(
                    "columns.flag",
                    "none",
                    Confidence::Certain,
                    format!("{column} says what the turned signs say already."),
                );
                Form::Turned
            }
            _ if amounts.plain.is_whole() && !amounts.chain.is_whole() => Form::Signed,
            _ if amounts.chain.is_whole() && !amounts.plain.is_whole() => Form::Flag,
            _ => {
                let answers = vec![
                    Answer::new(
                        column.to_string(),
                        "The flag tells money out from money in; an amount below zero was taken back.",
                    ),
                    Answer::new("", "The sign of the amount tells it."),
                ];
                if self.hints.sign.is_none() {
                    notes.ask(
                        "columns.flag",
                        "Some amounts have a sign that contradicts their flag. Which of them counts?",
                        answers,
                    );
                }
                Form::Flag
            }
        }
    }

    /// The texts that mean money out, and those that mean money in. Texts that mean neither are left to the reading, which refuses
    /// their lines.
    pub(super) fn flags(&self, form: Form, amounts: &Amounts, notes: &mut Notes) -> (Vec<String>, Vec<String>) {
        let (mut out, mut income) = (self.hints.flag_out.clone(), self.hints.flag_in.clone());
        let is_said = !out.is_empty() || !income.is_empty();
        if let (Form::Flag, Some(at)) = (form, self.body.picked.flag) {
            let texts = self.texts(at);
            let are = |is_out: bool| texts.iter().filter(move |text| flag::known(text) == Some(is_out));
            let has =
                [!out.is_empty() || are(true).next().is_some(), !income.is_empty() || are(false).next().is_some()];
            if !is_said {
                out.extend(are(true).cloned());
                income.extend(are(false).cloned());
            }
            self.ask_for_texts(at, has, &out, &income, notes);
        }
        if form == Form::Signed && amounts.signs.has_pluses_only() && !is_said {
            income.push("+".to_owned());
        }
        (out, income)
    }

    /// Asks for the texts that mean money out, or in, if no text of the column is known to mean that.
    fn ask_for_texts(&self, at: usize, has: [bool; 2], out: &[String], income: &[String], notes: &mut Notes) {
        let unknown = self.unknown_texts(at, out, income);
        let (field, meaning) = match has {
            _ if unknown.is_empty() => return,
            [false, _] => ("flagOut", "out"),
            [true, false] => ("flagIn", "in"),
            [true, true] => return,
        };
        let message = format!("Which text in the column {} means money {meaning}?", self.picker.column(at));
        notes.ask(field, message, unknown.into_iter().map(|text| Answer::new(text, "")).collect());
    }

    /// Asks for the column that says which amounts are money out, if the amounts have no sign and a column that nothing explains
    /// has a few texts. Returns the first such column.
    pub(super) fn ask_for_flag(&self, form: Form, amounts: &Amounts, notes: &mut Notes) -> Option<usize> {
        let has_no_sign = form == Form::Signed && amounts.signs.are_missing();
        let is_proven = amounts.plain.is_whole() && amounts.plain.total > 1;
        let is_settled = self.hints.columns.flag.is_some() || (self.hints.are_of_profile && self.hints.sign.is_some());
        if !has_no_sign || is_proven || is_settled {
            return None;
        }
        let columns = self.picker.likely_flags(self.body.picked);
        let answer = |at: &usize| {
            let texts: Vec<_> = self.texts(*at).iter().map(|text| cell::quoted(text)).collect();
            let meaning = format!("Its texts {} say it, by `flagOut` and `flagIn`.", texts.join(", "));
            Answer::new(self.picker.column(*at).to_string(), meaning)
        };
        let first = columns.first().copied()?;
        let none = Answer::new("", "No column says it.");
        notes.ask(
            "columns.flag",
            "The amounts have no sign. Which column says whether they are money out or in?",
            columns.iter().map(answer).chain([none]).collect(),
        );
        Some(first)
    }

    /// Completes a profile by the first answers to the questions about flags.
    pub(super) fn assume_flags(&self, likely: Option<usize>, assumed: &mut Profile) {
        let said = self.body.picked.flag.filter(|_| assumed.columns.flag.is_some());
        let Some(at) = said.or(likely) else { return };
        assumed.columns.flag = Some(self.picker.column(at));
        let mut unknown = self.unknown_texts(at, &assumed.flag_out, &assumed.flag_in).into_iter();
        let is_known = |texts: &[String], is_out: bool| {
            !texts.is_empty() || self.texts(at).iter().any(|text| flag::known(text) == Some(is_out))
        };
        if !is_known(&assumed.flag_out, true) {
            assumed.flag_out.extend(unknown.next());
        }
        if !is_known(&assumed.flag_in, false) {
            assumed.flag_in.extend(unknown.next());
        }
    }

    fn texts(&self, at: usize) -> Vec<String> {
        let mut texts: Vec<_> = self.picker.texts(at).iter().cloned().collect();
        texts.sort();
        texts
    }

    fn unknown_texts(&self, at: usize, out: &[String], income: &[String]) -> Vec<String> {
        let is_said = |text: &String| out.iter().chain(income).any(|said| cell::name(said) == cell::name(text));
        let mut texts = self.texts(at);
        texts.retain(|text| flag::known(text).is_none() && !is_said(text));
        texts
    }
}
