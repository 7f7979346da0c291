//! The rows that the checks of journal entries read.

use chrono::NaiveDate;
use sea_orm::{DbErr, QueryResult};
use uuid::Uuid;

use super::scan::Row;
use crate::{
    db::InOrder,
    entity::journal_entry::{Column, EntryKind, EntryStatus, Failure},
    error::Result,
    id::{Id, kind},
    money::Currency,
};

/// The fields of a journal entry that are checked.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) id: Id<kind::Entry>,
    pub(super) book_id: Id<kind::Book>,
    pub(super) kind: EntryKind,
    pub(super) status: EntryStatus,
    pub(super) failure: Option<Failure>,
    pub(super) amount: i64,
    pub(super) currency: Currency,
    pub(super) effective_on: NaiveDate,
    pub(super) reverses_id: Option<Id<kind::Entry>>,
    pub(super) document_id: Option<Id<kind::Document>>,
}

/// The columns of [`Entry`], in the order of its fields. Other columns are not read, to save time.
pub(super) const COLUMNS: [Column; 10] = [
    Column::Id,
    Column::BookId,
    Column::Kind,
    Column::Status,
    Column::Failure,
    Column::Amount,
    Column::Currency,
    Column::EffectiveOn,
    Column::ReversesId,
    Column::DocumentId,
];

/// A journal entry with the data of the account that its money was meant for. Its columns are the group, those of the entry, and
/// the book.
pub(super) struct Linked {
    group: Uuid,
    pub(super) entry: Entry,
    /// The book of the account that should have received the money of a failed entry.
    pub(super) meant_for: Option<Id<kind::Book>>,
}

impl Row for Linked {
    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        let mut row = InOrder::new(row);
        let group = row.read()?;
        let entry = Entry {
            id: row.read()?,
            book_id: row.read()?,
            kind: row.read()?,
            status: row.read()?,
            failure: row.read()?,
            amount: row.read()?,
            currency: row.read()?,
            effective_on: row.read()?,
            reverses_id: row.read()?,
            document_id: row.read()?,
        };
        Ok(Self { group, entry, meant_for: row.read()? })
    }

    fn group(&self) -> Uuid {
        self.group
    }
}
