//! The rows that the checks of journal entries read.

use chrono::NaiveDate;
use sea_orm::{DbErr, FromQueryResult, QueryResult};
use uuid::Uuid;

use super::scan::Row;
use crate::{
    entity::journal_entry::{Column, EntryKind, EntryStatus, Failure},
    error::Result,
    id::{Id, kind},
    money::Currency,
};

/// The fields of a journal entry that are checked.
#[derive(Clone, Debug, FromQueryResult)]
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

/// The columns of [`Entry`]. Other columns are not read, to save time.
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

/// A journal entry with the data of the account that its money was meant for.
pub(super) struct Linked {
    group: Uuid,
    pub(super) entry: Entry,
    /// The book of the account that should have received the money of a failed entry.
    pub(super) meant_for: Option<Id<kind::Book>>,
}

impl Row for Linked {
    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        Ok(Self {
            group: row.try_get("", "group_id")?,
            entry: Entry::from_query_result(row, "")?,
            meant_for: row.try_get("meant_for_", "book_id")?,
        })
    }

    fn group(&self) -> Uuid {
        self.group
    }
}
