//! Numbers of invoices, receipts and notes: given by the user, or the next of the book's own pattern, without gaps.
//!
//! The count starts again from 1 when the rest of the number changes. It is kept in a row that stays locked until the document
//! is written, and goes back with it when it is not: so there is no gap.

use chrono::NaiveDate;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QuerySelect, Select,
    sea_query::{LockType, OnConflict},
};

use super::note::kind::id_text;
use crate::{
    bookkeeping::number_pattern::{LONGEST, Pattern},
    db::Transaction,
    entity::{
        invoice,
        note::{self, NoteKind},
        number_series, receipt,
    },
    error::{Refusal, Result},
    id::{Id, kind},
    text,
};

/// The number of candidates tested by one query for the next number that no document has.
const TRIED: i64 = 100;

/// A kind of document that has numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::bookkeeping) enum Numbered {
    Invoice,
    Receipt,
    Note(NoteKind),
}

impl Numbered {
    const ALL: [Self; 4] = [Self::Invoice, Self::Receipt, Self::Note(NoteKind::Credit), Self::Note(NoteKind::Debit)];

    fn name(self) -> &'static str {
        match self {
            Self::Invoice => "INVOICE",
            Self::Receipt => "RECEIPT",
            Self::Note(NoteKind::Credit) => "CREDIT_NOTE",
            Self::Note(NoteKind::Debit) => "DEBIT_NOTE",
        }
    }

    /// What it is called in messages.
    pub(in crate::bookkeeping) fn noun(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::Receipt => "receipt",
            Self::Note(NoteKind::Credit) => "credit note",
            Self::Note(NoteKind::Debit) => "debit note",
        }
    }
}

/// The notes of this kind in a book.
fn notes(note_kind: NoteKind, book_id: Id<kind::Book>) -> Select<note::Entity> {
    note::Entity::find().filter(note::Column::BookId.eq(book_id)).filter(note::Column::Kind.eq(note_kind))
}

/// A number in the form in which numbers are compared: in lower case.
pub(in crate::bookkeeping) fn key(number: &str) -> String {
    number.to_lowercase()
}

/// Checks the number that a filter looks for, and returns its key. `None` for an empty text, which is what an empty form field sends.
pub(super) fn searched(number: Option<&str>, path: &'static str) -> Result<Option<String>, Refusal> {
    let number = number.map(str::trim).filter(|number| !number.is_empty());
    number.map(|number| Ok(key(&text::line(number, 100, path)?))).transpose()
}

/// Checks a number that the user chose.
pub(super) fn check(number: &str) -> Result<String, Refusal> {
    text::line(number, LONGEST, "number")
}

/// The refusal when another document of the book, void or not, has the number.
pub(super) async fn refuse_taken(
    tx: &Transaction,
    numbered: Numbered,
    book_id: Id<kind::Book>,
    number: &str,
) -> Result<Option<Refusal>> {
    let key = key(number);
    let other = match numbered {
        Numbered::Invoice => {
            let own = invoice::Entity::find().filter(invoice::Column::BookId.eq(book_id));
            let other = own.filter(invoice::Column::NumberKey.eq(key)).one(tx).await?;
            other.map(|other| other.id.to_string())
        }
        Numbered::Receipt => {
            let own = receipt::Entity::find().filter(receipt::Column::BookId.eq(book_id));
            let other = own.filter(receipt::Column::NumberKey.eq(key)).one(tx).await?;
            other.map(|other| other.id.to_string())
        }
        Numbered::Note(note_kind) => {
            let other = notes(note_kind, book_id).filter(note::Column::NumberKey.eq(key)).one(tx).await?;
            other.map(|other| id_text(note_kind, other.id))
        }
    };
    Ok(other.map(|other| Refusal::taken("number", &other, "Another document has this number.")))
}

/// Takes the next number of the pattern for a document of this date. Skips numbers that users chose themselves.
pub(super) async fn next(
    tx: &Transaction,
    numbered: Numbered,
    book_id: Id<kind::Book>,
    pattern: &str,
    date: NaiveDate,
) -> Result<String> {
    let pattern = Pattern::parse(pattern)?.on(date);
    let series = format!("{} {}", numbered.name(), pattern.series());
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

/// Parses the name of a series: the kind of document and the pattern. The series does not store the number of digits,
/// so the pattern has 1.
pub(in crate::bookkeeping) fn of_series(series: &str) -> Option<(Numbered, Pattern)> {
    let (name, pattern) = series.split_once(' ')?;
    let numbered = Numbered::ALL.into_iter().find(|numbered| numbered.name() == name)?;
    Some((numbered, Pattern::of_series(pattern)?))
}

/// The number of documents of this kind in a book.
pub(in crate::bookkeeping) async fn count(
    conn: &impl ConnectionTrait,
    numbered: Numbered,
    book_id: Id<kind::Book>,
) -> Result<i64> {
    let count = match numbered {
        Numbered::Invoice => invoice::Entity::find().filter(invoice::Column::BookId.eq(book_id)).count(conn).await?,
        Numbered::Receipt => receipt::Entity::find().filter(receipt::Column::BookId.eq(book_id)).count(conn).await?,
        Numbered::Note(note_kind) => notes(note_kind, book_id).count(conn).await?,
    };
    Ok(i64::try_from(count).unwrap_or(i64::MAX))
}

/// Returns those of the given keys that documents of the book already have.
pub(in crate::bookkeeping) async fn taken(
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
        Numbered::Note(note_kind) => {
            let notes = notes(note_kind, book_id).select_only().column(note::Column::NumberKey);
            notes.filter(note::Column::NumberKey.is_in(keys)).into_tuple().all(conn).await?
        }
    })
}
