//! Numbers of invoices and receipts: given by the user, or the next of the book's own pattern, without gaps.
//!
//! A pattern is text with a count in it, `{0000}`, padded with zeros to as many digits, and perhaps the year or the month of
//! the document. The count starts again from 1 when the rest of the number changes. It is kept in a row that stays locked
//! until the document is written, and goes back with it when it is not: so there is no gap.

use chrono::{Datelike, NaiveDate};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QuerySelect,
    sea_query::{LockType, OnConflict},
};

use crate::{
    db::Transaction,
    entity::{invoice, number_series, receipt},
    error::{Code, Refusal, Result},
    id::{Id, kind},
    text,
};

/// The longest number, in characters.
const LONGEST: usize = 40;
/// The most digits that a pattern pads the count to.
pub(super) const MOST_DIGITS: usize = 9;
/// How many numbers are tried at once to find one that no user has given out already.
const TRIED: i64 = 100;

/// What has numbers of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Numbered {
    Invoice,
    Receipt,
}

impl Numbered {
    fn name(self) -> &'static str {
        match self {
            Self::Invoice => "INVOICE",
            Self::Receipt => "RECEIPT",
        }
    }
}

/// A number as it is compared.
pub(super) fn key(number: &str) -> String {
    number.to_lowercase()
}

/// A number that a user gives.
pub(super) fn check(number: &str) -> Result<String, Refusal> {
    text::line(number, LONGEST, "number")
}

/// Refuses a number that another document of the book has, void or not.
pub(super) async fn refuse_taken(
    tx: &Transaction,
    numbered: Numbered,
    book_id: Id<kind::Book>,
    number: &str,
) -> Result<Option<Refusal>> {
    let taken = taken(tx, numbered, book_id, vec![key(number)]).await?;
    Ok((!taken.is_empty()).then(|| Refusal::new(Code::Taken, "number", "Another document has this number.")))
}

/// The next number of a pattern.
pub(super) async fn next(
    tx: &Transaction,
    numbered: Numbered,
    book_id: Id<kind::Book>,
    pattern: &str,
    date: NaiveDate,
) -> Result<String> {
    let pattern = Pattern::parse(pattern)?.on(date);
    let series = format!("{} {}{{}}{}", numbered.name(), pattern.before, pattern.after);
    // Made first, so that there is a row to lock.
    let fresh = number_series::Model { book_id, series: series.clone(), last: 0 };
    let unless_it_exists = OnConflict::new().do_nothing().to_owned();
    number_series::Entity::insert(fresh.into_active_model())
        .on_conflict(unless_it_exists)
        .exec_without_returning(tx)
        .await?;
    let row = number_series::Entity::find_by_id((book_id, series.clone())).lock(LockType::NoKeyUpdate).one(tx).await?;
    let mut last = row.map_or(0, |row| row.last);
    let number = loop {
        let candidates: Vec<_> = (last + 1..=last + TRIED).map(|count| (count, pattern.number(count))).collect();
        let keys = candidates.iter().map(|(_, number)| key(number)).collect();
        let taken = taken(tx, numbered, book_id, keys).await?;
        let free = candidates.into_iter().find(|(_, number)| !taken.contains(&key(number)));
        if let Some((count, number)) = free {
            last = count;
            break number;
        }
        last += TRIED;
    };
    number_series::Entity::update_many()
        .col_expr(number_series::Column::Last, last.into())
        .filter(number_series::Column::BookId.eq(book_id))
        .filter(number_series::Column::Series.eq(series))
        .exec(tx)
        .await?;
    Ok(number)
}

/// What a series is of, and its pattern. How many digits the count has is not kept with it.
pub(super) fn of_series(series: &str) -> Option<(Numbered, Pattern)> {
    let (name, pattern) = series.split_once(' ')?;
    let numbered = [Numbered::Invoice, Numbered::Receipt].into_iter().find(|numbered| numbered.name() == name)?;
    let (before, after) = pattern.split_once("{}")?;
    Some((numbered, Pattern { before: before.to_owned(), digits: 1, after: after.to_owned() }))
}

/// How many documents of a book have numbers.
pub(super) async fn count(conn: &impl ConnectionTrait, numbered: Numbered, book_id: Id<kind::Book>) -> Result<i64> {
    let count = match numbered {
        Numbered::Invoice => invoice::Entity::find().filter(invoice::Column::BookId.eq(book_id)).count(conn).await?,
        Numbered::Receipt => receipt::Entity::find().filter(receipt::Column::BookId.eq(book_id)).count(conn).await?,
    };
    Ok(i64::try_from(count).unwrap_or(i64::MAX))
}

/// Which of some numbers are given out.
pub(super) async fn taken(
    conn: &impl ConnectionTrait,
    numbered: Numbered,
    book_id: Id<kind::Book>,
    keys: Vec<String>,
) -> Result<Vec<String>> {
    Ok(match numbered {
        Numbered::Invoice => {
            let invoices = invoice::Entity::find().select_only().column(invoice::Column::NumberKey);
            let invoices = invoices.filter(invoice::Column::BookId.eq(book_id));
            invoices.filter(invoice::Column::NumberKey.is_in(keys)).into_tuple().all(conn).await?
        }
        Numbered::Receipt => {
            let receipts = receipt::Entity::find().select_only().column(receipt::Column::NumberKey);
            let receipts = receipts.filter(receipt::Column::BookId.eq(book_id));
            receipts.filter(receipt::Column::NumberKey.is_in(keys)).into_tuple().all(conn).await?
        }
    })
}

/// A pattern that can be used: what stands before the count, how many digits it has, and what stands after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    before: String,
    digits: usize,
    after: String,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// `INVALID`, about the whole.
    pub(super) fn parse(pattern: &str) -> Result<Self, Refusal> {
        let refused = |message: &str| Refusal::new(Code::Invalid, "", message);
        let pattern = text::line(pattern, LONGEST, "")?;
        let mut parsed: Option<Self> = None;
        let mut before = String::new();
        let mut rest = pattern.as_str();
        while let Some((text, more)) = rest.split_once('{') {
            let (name, more) = more.split_once('}').ok_or_else(|| refused("The pattern has a `{` without a `}`."))?;
            before += text;
            match name {
                "YYYY" | "YY" | "MM" | "FY" => before.extend(["{", name, "}"]),
                _ if !name.is_empty() && name.len() <= MOST_DIGITS && name.bytes().all(|byte| byte == b'0') => {
                    if parsed.is_some() {
                        return Err(refused("The pattern must have only one counter, such as {0000}."));
                    }
                    parsed =
                        Some(Self { before: std::mem::take(&mut before), digits: name.len(), after: String::new() });
                }
                _ => return Err(refused("Braces may contain only YYYY, YY, MM, FY, or 1 to 9 zeros such as {0000}.")),
            }
            rest = more;
        }
        let mut parsed = parsed.ok_or_else(|| refused("The pattern must have a counter, such as {0000}."))?;
        parsed.after = before + rest;
        Ok(parsed)
    }

    /// The pattern with the year and month of a document put in.
    fn on(&self, date: NaiveDate) -> Self {
        // India's financial year, from April to March: 2627 is from April 2026 to March 2027.
        let starts = if date.month() < 4 { date.year() - 1 } else { date.year() };
        let put_in = |text: &str| {
            text.replace("{YYYY}", &format!("{:04}", date.year()))
                .replace("{YY}", &format!("{:02}", date.year() % 100))
                .replace("{MM}", &format!("{:02}", date.month()))
                .replace("{FY}", &format!("{:02}{:02}", starts % 100, (starts + 1) % 100))
        };
        Self { before: put_in(&self.before), digits: self.digits, after: put_in(&self.after) }
    }

    /// The pattern with a count of so many digits.
    pub(super) fn with_digits(&self, digits: usize) -> Self {
        Self { digits, ..self.clone() }
    }

    pub(super) fn number(&self, count: i64) -> String {
        format!("{}{count:0digits$}{}", self.before, self.after, digits = self.digits)
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::Pattern;

    fn number(pattern: &str, date: (i32, u32, u32), count: i64) -> String {
        let (year, month, day) = date;
        Pattern::parse(pattern).unwrap().on(NaiveDate::from_ymd_opt(year, month, day).unwrap()).number(count)
    }

    #[test]
    fn a_pattern_makes_numbers() {
        assert_eq!(number("INV-{0000}", (2026, 11, 21), 7), "INV-0007");
        assert_eq!(number("INV-{0000}", (2026, 11, 21), 12_345), "INV-12345");
        assert_eq!(number("{YYYY}/{MM}/{0}", (2026, 1, 2), 3), "2026/01/3");
        assert_eq!(number("{000}-{YY}", (2005, 1, 2), 3), "003-05");
        for (date, expected) in [((2026, 4, 1), "2627-1"), ((2027, 3, 31), "2627-1"), ((2000, 1, 1), "9900-1")] {
            assert_eq!(number("{FY}-{0}", date, 1), expected);
        }
    }

    #[test]
    fn a_pattern_without_exactly_one_count_is_refused() {
        for pattern in ["", "INV", "{0}{0}", "{0", "{x}", "{}", "{0000000000}", &format!("{}{{0}}", "x".repeat(40))] {
            assert!(Pattern::parse(pattern).is_err(), "{pattern}");
        }
    }
}
