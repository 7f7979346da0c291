//! The answers and questions of files that are no tables, as the hints and questions of those that are.

use encoding_rs::Encoding;

use super::super::{
    formats::{self, Answers, DateOrder, Mark},
    look::{Answer, Hints, Question},
    profile::{self, DecimalSign, Sign},
};
use crate::error::{Code, Refusal};

/// The answers in what the user says.
///
/// # Errors
/// `INVALID` at `encoding`.
pub(super) fn of(hints: &Hints) -> Result<Answers, Refusal> {
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

/// The answers with each question answered by the first of its possible answers.
pub(super) fn assumed(answers: &Answers, questions: &[formats::Question]) -> Answers {
    let mut assumed = *answers;
    for question in questions {
        match question {
            formats::Question::DayOrMonth { .. } => assumed.dates = Some(DateOrder::DayFirst),
            formats::Question::DecimalMark { .. } => assumed.mark = Some(Mark::Point),
            formats::Question::SignOfDebits { .. } => assumed.unsigned_debits = Some(true),
        }
    }
    assumed
}

/// The question at the field of [`Hints`] that answers it.
pub(super) fn question(question: &formats::Question) -> Question {
    let (field, message, answers) = match question {
        formats::Question::DayOrMonth { example } => (
            "dates",
            format!("Is the day or the month first in {example}?"),
            [("DAY_FIRST", "the day is first."), ("MONTH_FIRST", "the month is first.")],
        ),
        formats::Question::DecimalMark { example } => (
            "decimal",
            format!("Does {example} have decimals, or thousands?"),
            [("POINT", "decimals follow a point."), ("COMMA", "decimals follow a comma.")],
        ),
        formats::Question::SignOfDebits { example } => (
            "sign",
            format!("The file calls {example} a debit, but without a minus sign. Is it money out?"),
            [("POSITIVE_OUT", "debits are money out."), ("NEGATIVE_OUT", "the signs are right.")],
        ),
    };
    let answers = answers.map(|(value, meaning)| Answer { value: value.to_owned(), meaning: meaning.to_owned() });
    Question { field, message, answers: answers.into() }
}
