//! What the user says about a statement that is not a table. Pure.

use encoding_rs::Encoding;

use super::{
    super::{
        formats::{Answers, DateOrder, Mark, Question},
        look::Hints,
        profile::{self, DecimalSign, Sign},
    },
    refused,
};
use crate::error::{Code, Refusal, Result};

/// The answers in what the user says.
///
/// # Errors
/// `INVALID` at `encoding`.
pub(super) fn of(hints: &Hints) -> Result<Answers> {
    let named = |label: &String| {
        let message = "There is no such encoding. Give a name such as UTF-8.";
        Encoding::for_label(label.as_bytes()).ok_or_else(|| Refusal::new(Code::Invalid, "encoding", message))
    };
    let dates = hints.dates.map(|order| match order {
        profile::DateOrder::DayFirst => DateOrder::DayFirst,
        profile::DateOrder::MonthFirst => DateOrder::MonthFirst,
        profile::DateOrder::YearFirst => DateOrder::YearFirst,
    });
    let mark = hints.decimal.map(|sign| if sign == DecimalSign::Comma { Mark::Comma } else { Mark::Point });
    let unsigned_debits = hints.sign.map(|sign| sign == Sign::PositiveOut);
    Ok(Answers { encoding: hints.encoding.as_ref().map(named).transpose()?, dates, mark, unsigned_debits })
}

/// Refuses a file that leaves something open.
///
/// # Errors
/// `REQUIRED` at the field of [`Hints`] that answers each question.
pub(super) fn refuse_questions(questions: &[Question]) -> Result<()> {
    let refuse = |question: &Question| {
        let (field, message) = match question {
            Question::DayOrMonth { example } => {
                ("dates", format!("Is the day or the month first in {example}? Say DAY_FIRST or MONTH_FIRST."))
            }
            Question::DecimalMark { example } => (
                "decimal",
                format!("Does {example} have decimals, or thousands? Say POINT or COMMA for the decimal sign."),
            ),
            Question::SignOfDebits { example } => {
                let message = format!(
                    "The file calls {example} a debit, but without a minus sign. Say POSITIVE_OUT if debits are money out, \
                     and NEGATIVE_OUT if the signs are right."
                );
                ("sign", message)
            }
        };
        Refusal::new(Code::Required, field, message)
    };
    if questions.is_empty() { Ok(()) } else { Err(refused(questions.iter().map(refuse).collect())) }
}
