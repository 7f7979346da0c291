//! Checks number series: each number that a series gave out must belong to a document.
//!
//! A series counts from 1 to its last number. It skips numbers that users chose themselves, and void documents keep
//! theirs, so every number up to the last one belongs to a document. The series does not store how many digits the
//! count was padded to, and a change of the pattern may change that. So each number is looked up with every possible
//! number of digits.

use std::collections::HashSet;

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryResult, QueryTrait, Value};
use uuid::Uuid;

use super::{
    difference::{Check, Report},
    scan::{Row, Scan, Source},
};
use crate::{
    bookkeeping::{
        invoicing::numbering::{self, Numbered},
        number_pattern::{MOST_DIGITS, Pattern},
    },
    entity::number_series::{self, Column},
    error::Result,
};

/// The number of numbers looked up by one query.
const WINDOW: i64 = 500;
/// A wrong counter could make the search endless: at most this many numbers more than there are documents are looked up
/// one by one.
const BEYOND: i64 = 10_000;

impl Row for number_series::Model {
    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        Self::from_query_result(row, "")
    }

    fn group(&self) -> Uuid {
        self.book_id.uuid()
    }

    fn place(&self) -> Vec<Value> {
        vec![self.series.clone().into()]
    }
}

/// Checks all series.
pub(super) async fn check<C: ConnectionTrait>(source: Source<'_, C>, report: &mut Report<'_>) -> Result<()> {
    let query = number_series::Entity::find().into_query();
    let order = [Column::BookId, Column::Series].map(ColumnTrait::into_expr);
    let mut all = Scan::<_, number_series::Model>::new(source, query, order);
    while let Some(series) = all.next().await? {
        report.checked.series += 1;
        let Some((numbered, pattern)) = numbering::of_series(&series.series) else {
            let message = format_args!("the name of its series {:?}", series.series);
            report.differs(Check::NumberMissing, series.book_id, message, "a kind of document, and a pattern", ());
            continue;
        };
        let mut search = Search { conn: source.conn, series, numbered, pattern, digits: (1..=MOST_DIGITS).collect() };
        search.run(report).await?;
    }
    Ok(())
}

struct Search<'a, C> {
    conn: &'a C,
    series: number_series::Model,
    numbered: Numbered,
    pattern: Pattern,
    /// The possible numbers of digits of the count, the most recently found first.
    digits: Vec<usize>,
}

impl<C: ConnectionTrait> Search<'_, C> {
    async fn run(&mut self, report: &mut Report<'_>) -> Result<()> {
        let last = self.series.last;
        // The counter may be far beyond all documents. The rest is then reported as one run of missing numbers.
        let documents = numbering::count(self.conn, self.numbered, self.series.book_id).await?;
        let until = Ord::min(last, documents.saturating_add(BEYOND));
        let mut run: Option<(i64, i64)> = None;
        let mut first = 1;
        while first <= until {
            let window = first..=Ord::min(first + WINDOW - 1, until);
            first += WINDOW;
            for count in self.missing(window).await? {
                run = match run {
                    Some((from, to)) if to + 1 == count => Some((from, count)),
                    other => {
                        self.report_missing(other, report);
                        Some((count, count))
                    }
                };
            }
        }
        if until < last {
            let joined = run.filter(|(_, to)| *to == until).map(|(from, _)| from);
            if joined.is_none() {
                self.report_missing(run, report);
            }
            run = Some((joined.unwrap_or(until + 1), last));
        }
        self.report_missing(run, report);
        Ok(())
    }

    /// The counts in the window whose numbers belong to no document.
    async fn missing(&mut self, window: std::ops::RangeInclusive<i64>) -> Result<Vec<i64>> {
        let mut missing: Vec<i64> = window.collect();
        for at in 0..self.digits.len() {
            let Some(digits) = self.digits.get(at).copied().filter(|_| !missing.is_empty()) else { break };
            let key = |count: &i64| numbering::key(&self.pattern.with_digits(digits).number(*count));
            let keys = missing.iter().map(key).collect();
            let taken: HashSet<_> =
                numbering::taken(self.conn, self.numbered, self.series.book_id, keys).await?.into_iter().collect();
            missing.retain(|count| !taken.contains(&key(count)));
            if !taken.is_empty() {
                self.digits.get_mut(..=at).unwrap_or_default().rotate_right(1);
            }
        }
        Ok(missing)
    }

    fn report_missing(&self, run: Option<(i64, i64)>, report: &mut Report<'_>) {
        let Some((from, to)) = run else { return };
        let pattern = self.pattern.with_digits(self.digits.first().copied().unwrap_or(1));
        let [first, last] = [from, to].map(|count| pattern.number(count));
        let numbers = if from == to { format!("number {first}") } else { format!("numbers {first} to {last}") };
        let noun = self.numbered.noun();
        let message =
            format_args!("the {noun} with the {numbers}, which its series gave out up to {}", self.series.last);
        report.differs(Check::NumberMissing, self.series.book_id, message, format!("{} of them", to - from + 1), ());
    }
}
