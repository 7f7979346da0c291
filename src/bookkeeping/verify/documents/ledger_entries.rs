//! Checks ledger entries. Pure.

use super::{journal_link::JournalLink, rows::Versions};
use crate::bookkeeping::verify::{
    difference::{Check, Report},
    posted::{Holder, Move},
};
use crate::{
    entity::{
        account::AccountKind,
        journal_entry::{self, EntryKind},
        ledger_entry::{self, EntrySource, EntryType},
    },
    id::{Id, kind},
};

pub(super) fn check(
    entry: &ledger_entry::Model,
    counted: Option<&journal_entry::Model>,
    versions: &Versions,
    report: &mut Report<'_>,
) {
    let link = JournalLink {
        document_id: entry.id.cast(),
        id: entry.id.to_string(),
        entry_id: entry.journal_entry_id,
        book_id: entry.book_id,
        kind: match (entry.source, entry.kind) {
            (EntrySource::Invoice, _) => EntryKind::Invoice,
            (EntrySource::Receipt, _) => EntryKind::Receipt,
            (EntrySource::Manual, EntryType::Credit) => EntryKind::Credit,
            (EntrySource::Manual, EntryType::Debit) => EntryKind::Debit,
        },
        amount: entry.amount,
        currency: entry.currency,
        date: entry.date,
        note: entry.note.as_deref(),
        version: entry.version,
        is_deleted: entry.deleted_at.is_some(),
    };
    link.check(counted, versions, report);
}

/// Checks that the entry has an invoice or a receipt exactly when its source says so.
pub(super) fn check_source(entry: &ledger_entry::Model, has_invoice: bool, has_receipt: bool, report: &mut Report<'_>) {
    let id = entry.id;
    let is = |source| entry.source == source;
    report.same(Check::DocumentMissing, id, "whether it has an invoice", is(EntrySource::Invoice), has_invoice);
    report.same(Check::DocumentMissing, id, "whether it has a receipt", is(EntrySource::Receipt), has_receipt);
}

/// The postings that follow from a ledger entry written by hand.
pub(super) fn moves(entry: &ledger_entry::Model) -> Vec<Move> {
    let customer = customer(entry.customer_id);
    let book = |account_kind| (account_kind, entry.book_id.cast());
    let (debit, credit) = match entry.kind {
        EntryType::Credit => (customer, book(AccountKind::Sales)),
        EntryType::Debit => (book(AccountKind::Cash), customer),
    };
    vec![Move { debit, credit, amount: entry.amount, currency: entry.currency }]
}

/// The receivable account of a customer.
pub(super) fn customer(id: Id<kind::Customer>) -> Holder {
    (AccountKind::Receivable, id.cast())
}

/// The fields of an invoice or receipt that its ledger entry must repeat: name, expected value, found value.
pub(super) struct LedgerCopy<'a> {
    pub(super) id: String,
    pub(super) fields: [(&'static str, String, String); 7],
    pub(super) notes: [Option<&'a str>; 2],
}

impl LedgerCopy<'_> {
    pub(super) fn check(self, report: &mut Report<'_>) {
        for (field, expected, found) in self.fields {
            let what = format_args!("its {field}, by its ledger entry");
            report.same(Check::DocumentField, &self.id, what, expected, found);
        }
        let [expected, found] = self.notes;
        report.same(Check::DocumentField, &self.id, "its note, by its ledger entry", expected, found);
    }
}
