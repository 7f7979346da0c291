//! Finds the order of day, month and year, and the order of the transactions, as the dates of a file as a whole tell it.
//!
//! That a date is in the future is no evidence: files have planned transactions, and clocks are wrong.

use std::collections::HashSet;

use chrono::NaiveDate;

use super::super::{
    super::profile::{
        DateOrder, Order,
        notation::date::{self, ORDERS, WrittenDate},
    },
    finding::{Answer, Confidence, Notes},
};

const SORTED: &str = "Only in this order, the dates are sorted.";

/// The dates in one of the orders.
#[derive(Clone, Debug, Default)]
struct Reading {
    valid: usize,
    ups: usize,
    downs: usize,
    last: Option<NaiveDate>,
    earliest: Option<NaiveDate>,
    latest: Option<NaiveDate>,
    /// The longest time between the date and the value date, in days.
    apart: i64,
}

impl Reading {
    fn add(&mut self, date: NaiveDate) {
        self.valid += 1;
        if let Some(last) = self.last.replace(date) {
            self.ups += usize::from(date > last);
            self.downs += usize::from(date < last);
        }
        self.earliest = Some(self.earliest.map_or(date, |earliest| earliest.min(date)));
        self.latest = Some(self.latest.map_or(date, |latest| latest.max(date)));
    }

    fn is_sorted(&self) -> bool {
        self.ups == 0 || self.downs == 0
    }

    fn days(&self) -> i64 {
        self.earliest.zip(self.latest).map_or(0, |(earliest, latest)| (latest - earliest).num_days())
    }
}

/// The dates of a file.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Dates {
    /// Dates whose order is not clear by their form.
    open: usize,
    readings: [Reading; 3],
    /// Dates that differ between the readings.
    differing: usize,
    has_points: bool,
    is_short: bool,
    firsts: HashSet<u32>,
    lasts: HashSet<u32>,
    /// How many of them have a value date beside them.
    valued: usize,
    example: Option<String>,
}

/// What is known besides the dates.
#[derive(Clone, Copy, Debug, Default)]
pub(in super::super) struct Context {
    /// Whether the header is in a language whose countries write the day first.
    pub(in super::super) is_day_first_language: bool,
    /// The order in which the running balances put the transactions.
    pub(in super::super) order: Option<Order>,
}

impl Dates {
    pub(in super::super) fn add(&mut self, text: &str, value_date: Option<&str>) {
        let Some(written) = date::date(text) else { return };
        let other = value_date.and_then(date::date);
        if !written.is_clear {
            self.open += 1;
            self.note_form(&written, text);
        }
        self.valued += usize::from(other.is_some());
        for (order, reading) in ORDERS.iter().zip(&mut self.readings) {
            let Some(date) = written.value(Some(*order)) else { continue };
            reading.add(date);
            if let Some(other) = other.and_then(|other| other.value(Some(*order))) {
                reading.apart = reading.apart.max((other - date).num_days().abs());
            }
        }
    }

    fn note_form(&mut self, written: &WrittenDate, text: &str) {
        self.has_points |= written.separator == '.';
        self.is_short |= written.is_short;
        for (set, number) in [(&mut self.firsts, written.ends.0), (&mut self.lasts, written.ends.1)] {
            if set.len() < 40 {
                set.insert(number);
            }
        }
        if written.value(None).is_none() {
            self.differing += 1;
            self.example.get_or_insert_with(|| text.trim().to_owned());
        }
    }

    /// Takes dates that are elsewhere in the file, such as the period of the statement, as evidence for the order.
    pub(in super::super) fn add_outside(&mut self, text: &str) {
        let Some(written) = date::date(text).filter(|written| !written.is_clear) else { return };
        if written.is_short == self.is_short && (written.separator == '.') == self.has_points {
            for (order, reading) in ORDERS.iter().zip(&mut self.readings) {
                // A reading that is not possible here is not possible for the file.
                if written.value(Some(*order)).is_none() {
                    reading.valid = reading.valid.saturating_sub(self.open / 20 + 1);
                }
            }
        }
    }

    /// The orders in which nearly all dates are dates.
    fn possible(&self) -> Vec<DateOrder> {
        let count = self.readings.iter().map(|reading| reading.valid).max().unwrap_or_default();
        let is_possible = |order: DateOrder, reading: &Reading| {
            let is_form = match order {
                DateOrder::YearFirst => self.is_short && !self.has_points && self.firsts.len() <= 3,
                DateOrder::DayFirst | DateOrder::MonthFirst => !self.is_short || self.lasts.len() <= 3,
            };
            reading.valid > 0 && reading.valid * 50 >= count * 49 && is_form
        };
        ORDERS
            .iter()
            .zip(&self.readings)
            .filter(|(order, reading)| is_possible(**order, reading))
            .map(|(order, _)| *order)
            .collect()
    }

    fn reading(&self, order: DateOrder) -> &Reading {
        let [day, month, year] = &self.readings;
        match order {
            DateOrder::DayFirst => day,
            DateOrder::MonthFirst => month,
            DateOrder::YearFirst => year,
        }
    }

    /// The most likely order, whatever speaks for it.
    pub(in super::super) fn tentative(&self) -> Option<DateOrder> {
        if self.open == 0 { None } else { self.possible().first().copied().or(Some(DateOrder::DayFirst)) }
    }

    /// The order of day, month and year, or a question. `None` when no date needs it.
    pub(in super::super) fn decide(&self, context: Context, notes: &mut Notes) -> Option<DateOrder> {
        if self.open == 0 {
            notes.found("dates", "none", Confidence::Certain, "All dates can be read in one way only.");
            return None;
        }
        let possible = self.possible();
        let mut found = |order: DateOrder, confidence, reason: &str| {
            notes.found("dates", name(order), confidence, reason);
            Some(order)
        };
        if let [order] = possible.as_slice() {
            return found(*order, Confidence::Certain, "In the other orders, some dates are no dates.");
        }
        if self.differing == 0 && !possible.is_empty() {
            return found(DateOrder::DayFirst, Confidence::Likely, "Day and month are equal in all dates.");
        }
        let mut reasons: Vec<(DateOrder, &str)> = Vec::new();
        let mut only = |fits: &dyn Fn(&Reading) -> bool, reason| {
            let fitting: Vec<_> = possible.iter().filter(|order| fits(self.reading(**order))).collect();
            if let ([order], true) = (fitting.as_slice(), possible.len() > 1) {
                reasons.push((**order, reason));
            }
        };
        let steps = possible.iter().map(|order| self.reading(*order)).map(|reading| reading.ups + reading.downs);
        let most_steps = steps.max().unwrap_or_default();
        if most_steps >= 2 {
            only(&Reading::is_sorted, SORTED);
        }
        match context.order {
            Some(Order::OldestFirst) => {
                only(&|reading| reading.downs == 0, "Only in this order, the dates fit the running balances.");
            }
            Some(Order::NewestFirst) => {
                only(&|reading| reading.ups == 0, "Only in this order, the dates fit the running balances.");
            }
            None => {}
        }
        let is_near = |reading: &Reading| reading.apart <= 10;
        let is_far = possible.iter().any(|order| self.reading(*order).apart > 25);
        if self.valued > 0 && is_far {
            only(&is_near, "Only in this order, the value dates are near the dates.");
        }
        if possible.contains(&DateOrder::YearFirst) {
            only(&|reading| reading.days() < 400, "In the other orders, the dates are years apart.");
        }
        let by_day = possible.contains(&DateOrder::DayFirst);
        if self.has_points && by_day {
            reasons.push((DateOrder::DayFirst, "Dates with points have the day first."));
        } else if context.is_day_first_language && by_day && !possible.contains(&DateOrder::YearFirst) {
            reasons.push((DateOrder::DayFirst, "The header is in a language in which the day is first."));
        }
        // A few dates are in order by chance, which speaks against other reasons, and is none on its own.
        let is_chance = most_steps < 4 && reasons.iter().all(|(_, reason)| *reason == SORTED);
        if let [(order, reason), rest @ ..] = reasons.as_slice()
            && !is_chance
            && rest.iter().all(|(other, _)| other == order)
        {
            return found(*order, Confidence::Likely, reason);
        }
        let mut answers = if possible.is_empty() { vec![DateOrder::DayFirst, DateOrder::MonthFirst] } else { possible };
        answers.sort_by_key(|order| name(*order));
        let example = self.example.clone().unwrap_or_default();
        let meaning = |order: DateOrder| {
            let read = date::date(&example).and_then(|date| date.value(Some(order)));
            Answer::new(name(order), read.map_or_else(String::new, |date| format!("{example} is {date}.")))
        };
        notes.found("dates", name(DateOrder::DayFirst), Confidence::Unsure, "The dates can be read in several ways.");
        notes.ask("dates", "In which order are day, month and year?", answers.into_iter().map(meaning).collect());
        None
    }

    /// The order of the transactions by their dates, and whether all dates keep it.
    pub(in super::super) fn sorted(&self, order: Option<DateOrder>) -> Option<(Order, bool)> {
        let reading = self.reading(order.unwrap_or(DateOrder::DayFirst));
        match (reading.ups, reading.downs) {
            (ups, downs) if ups > downs => Some((Order::OldestFirst, downs == 0)),
            (ups, downs) if downs > ups => Some((Order::NewestFirst, ups == 0)),
            _ => None,
        }
    }

    /// Whether all transactions are of one day.
    pub(in super::super) fn is_one_day(&self, order: Option<DateOrder>) -> bool {
        let reading = self.reading(order.unwrap_or(DateOrder::DayFirst));
        reading.ups + reading.downs == 0
    }
}

pub(in super::super) fn name(order: DateOrder) -> &'static str {
    match order {
        DateOrder::DayFirst => "DAY_FIRST",
        DateOrder::MonthFirst => "MONTH_FIRST",
        DateOrder::YearFirst => "YEAR_FIRST",
    }
}

#[cfg(test)]
mod tests {
    use super::{Context, Dates};
    use crate::bookkeeping::import::{
        look::finding::Notes,
        profile::{
            DateOrder::{self, DayFirst, MonthFirst, YearFirst},
            Order,
        },
    };

    fn decided(texts: &[&str], context: Context) -> Result<Option<DateOrder>, usize> {
        let (mut dates, mut notes) = (Dates::default(), Notes::default());
        for text in texts {
            dates.add(text, None);
        }
        let decided = dates.decide(context, &mut notes);
        if notes.questions.is_empty() { Ok(decided) } else { Err(notes.questions[0].answers.len()) }
    }

    #[test]
    fn the_dates_as_a_whole_decide() {
        let none = Context::default();
        for (texts, expected) in [
            (&["2026-11-01", "2026-11-02"][..], Ok(None)),
            (&["01/11/2026", "13/11/2026"], Ok(Some(DayFirst))),
            (&["11/01/2026", "11/13/2026"], Ok(Some(MonthFirst))),
            (&["04/09/2026", "05/09/2026", "07/09/2026"], Err(2)),
            (&["05/01/2026", "03/02/2026", "06/02/2026"], Err(2)),
            (&["03/11/2026", "10/11/2026", "12/11/2026", "01/12/2026", "05/12/2026"], Ok(Some(DayFirst))),
            (&["02.11.2026", "03.11.2026"], Ok(Some(DayFirst))),
            (&["30.10.26", "02.11.26"], Ok(Some(DayFirst))),
            (&["26-11-02", "26-11-05", "26-11-09"], Ok(Some(YearFirst))),
            (&["11/11/2026"], Ok(Some(DayFirst))),
            (&["1 Nov 2026"], Ok(None)),
        ] {
            assert_eq!(decided(texts, none), expected, "{texts:?}");
        }
        let balances = Context { order: Some(Order::OldestFirst), ..none };
        assert_eq!(decided(&["01/11/2026", "05/10/2026"], balances), Ok(Some(MonthFirst)));
        let language = Context { is_day_first_language: true, ..none };
        assert_eq!(decided(&["04/09/2026", "05/09/2026"], language), Ok(Some(DayFirst)));
        // Where two reasons contradict each other, there is a question.
        assert_eq!(decided(&["11/03/2026", "12/01/2026", "12/05/2026"], language), Err(2));
    }

    #[test]
    fn dates_elsewhere_in_the_file_are_evidence() {
        let mut dates = Dates::default();
        for text in ["04/09/2026", "05/09/2026"] {
            dates.add(text, None);
        }
        dates.add_outside("30/09/2026");
        assert_eq!(dates.decide(Context::default(), &mut Notes::default()), Some(DayFirst));
    }

    #[test]
    fn value_dates_are_near_the_dates() {
        let mut dates = Dates::default();
        dates.add("02/11/2026", Some("04/11/2026"));
        dates.add("03/11/2026", Some("05/11/2026"));
        assert_eq!(dates.decide(Context::default(), &mut Notes::default()), Some(DayFirst));
    }
}
