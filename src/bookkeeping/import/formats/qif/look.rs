//! Decides the order of dates and the decimal sign of a file, or asks.

use std::io::BufRead;

use super::{
    super::{
        answers::{Answers, DateOrder, Mark, Question},
        charset::Charset,
        lines::Lines,
        number::{self, Number},
    },
    date,
};

/// What the dates and amounts of a file have in common.
#[derive(Debug)]
struct Seen {
    /// The orders in which every date is one.
    orders: Vec<DateOrder>,
    /// A date that is another in another order.
    unsure_date: Option<String>,
    has_point: bool,
    has_comma: bool,
    unsure_amount: Option<String>,
}

/// Looks through a file. What the user has answered stays as it is.
pub(in super::super) fn look(
    file: Box<dyn BufRead + Send + '_>,
    charset: Charset,
    answers: &mut Answers,
) -> Vec<Question> {
    let mut seen = Seen {
        orders: date::ORDERS.to_vec(),
        unsure_date: None,
        has_point: false,
        has_comma: false,
        unsure_amount: None,
    };
    let mut lines = Lines::new(file, charset);
    let mut is_list = false;
    // What cannot be read is reported when the file is read for good.
    while let Ok(Some(line)) = lines.next() {
        let text = line.text.trim();
        let mut rest = text.chars();
        match rest.next() {
            Some('!') => is_list = !super::section::has_transactions(text),
            Some('D') if !is_list => seen.date(rest.as_str()),
            Some('T' | 'U' | '$') if !is_list => seen.amount(rest.as_str()),
            _ => {}
        }
    }
    seen.decide(answers)
}

impl Seen {
    fn date(&mut self, text: &str) {
        let possible: Vec<_> = date::ORDERS.into_iter().filter(|order| date::read(text, *order).is_some()).collect();
        if possible.is_empty() {
            return;
        }
        let left: Vec<_> = self.orders.iter().copied().filter(|order| possible.contains(order)).collect();
        // A date against all others is reported when the file is read for good.
        if !left.is_empty() {
            self.orders = left;
        }
        if self.unsure_date.is_none() && date::read_surely(text).is_none() {
            self.unsure_date = Some(text.trim().to_owned());
        }
    }

    fn amount(&mut self, text: &str) {
        match number::guess(text) {
            Number::Sure(_, Some(Mark::Point)) => self.has_point = true,
            Number::Sure(_, Some(Mark::Comma)) => self.has_comma = true,
            Number::MarkOrThousands => {
                self.unsure_amount = self.unsure_amount.take().or_else(|| Some(text.trim().to_owned()));
            }
            Number::Sure(_, None) | Number::Wrong => {}
        }
    }

    fn decide(self, answers: &mut Answers) -> Vec<Question> {
        let mut questions = Vec::new();
        if answers.dates.is_none() {
            // A year of two digits comes first only where nothing else is possible.
            let usual: Vec<_> = self.orders.iter().copied().filter(|order| *order != DateOrder::YearFirst).collect();
            match (usual.as_slice(), self.unsure_date) {
                ([], _) => answers.dates = self.orders.first().copied(),
                ([_, _, ..], Some(example)) => questions.push(Question::DayOrMonth { example }),
                ([order, ..], _) => answers.dates = Some(*order),
            }
        }
        if answers.mark.is_none() {
            match (self.has_point, self.has_comma, self.unsure_amount) {
                (true, false, _) => answers.mark = Some(Mark::Point),
                (false, true, _) => answers.mark = Some(Mark::Comma),
                (_, _, Some(example)) => questions.push(Question::DecimalMark { example }),
                (_, _, None) => {}
            }
        }
        questions
    }
}
