//! Checks what all documents have in common: each has one current journal entry with the same fields. Pure.

use chrono::NaiveDate;
use sea_orm::ActiveEnum;

use super::rows::{Entry, Versions};
use crate::bookkeeping::verify::difference::{Check, Money, Report};
use crate::{
    entity::journal_entry::EntryKind,
    id::{Id, kind},
    money::Currency,
};

/// The fields of a document that its journal entry must repeat.
pub(super) struct JournalLink<'a> {
    pub(super) document_id: Id<kind::Document>,
    /// The id of the document in the form that the API uses.
    pub(super) id: String,
    pub(super) entry_id: Id<kind::Entry>,
    pub(super) book_id: Id<kind::Book>,
    pub(super) kind: EntryKind,
    pub(super) amount: i64,
    pub(super) currency: Currency,
    pub(super) date: NaiveDate,
    pub(super) note: Option<&'a str>,
    pub(super) version: i32,
    pub(super) is_deleted: bool,
}

impl JournalLink<'_> {
    /// Compares the document with the journal entry that it names, and with all entries posted for it.
    pub(super) fn check(&self, entry: Option<&Entry>, versions: &Versions, report: &mut Report<'_>) {
        let id = &self.id;
        let what = "how many journal entries count for it";
        let count = i64::from(!self.is_deleted);
        report.same(Check::DocumentEntry, id, what, count, versions.active);
        if let Some(current) = versions.current.filter(|_| !self.is_deleted) {
            let what = "the journal entry that it names";
            report.same(Check::DocumentEntry, id, what, current.to_string(), self.entry_id.to_string());
        }
        report.same(Check::DocumentVersion, id, "its version", versions.count, self.version.into());
        let Some(entry) = entry else {
            return report.differs(Check::DocumentEntry, id, "its journal entry", self.entry_id.to_string(), ());
        };
        let document = entry.document_id.map(|id| id.to_string());
        let what = format_args!("the document of its journal entry {}", entry.id);
        report.same(Check::DocumentEntry, id, what, Some(self.document_id.to_string()), document);
        let field = Check::DocumentField;
        let described = |what| format!("its {what}, by its journal entry {}", entry.id);
        if entry.kind != self.kind {
            report.differs(field, id, described("kind"), entry.kind.to_value(), self.kind.to_value());
        }
        if entry.book_id != self.book_id {
            report.differs(field, id, described("book"), entry.book_id.to_string(), self.book_id.to_string());
        }
        let [expected, found] =
            [(entry.amount, entry.currency), (self.amount, self.currency)].map(|(minor, of)| Money::new(minor, of));
        if expected != found {
            report.differs(field, id, described("amount"), expected, found);
        }
        if entry.effective_on != self.date {
            report.differs(field, id, described("date"), entry.effective_on, self.date);
        }
        if entry.memo.as_deref() != self.note {
            report.differs(field, id, described("note"), &entry.memo, self.note);
        }
    }
}
