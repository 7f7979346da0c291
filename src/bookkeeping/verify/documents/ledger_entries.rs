//! Checks ledger entries. Pure.

use super::{
    journal_link::JournalLink,
    rows::{Entry, Versions},
};
use crate::bookkeeping::verify::{
    difference::{Check, Report},
    posted::{Holder, Move, Posted},
};
use crate::{
    entity::{
        account::AccountKind,
        journal_entry::EntryKind,
        ledger_entry::{self, EntrySource, EntryType},
    },
    id::{Id, kind},
};

pub(super) fn check(
    entry: &ledger_entry::Model,
    counted: Option<&Entry>,
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
            (EntrySource::CreditNote, _) => EntryKind::CreditNote,
            (EntrySource::DebitNote, _) => EntryKind::DebitNote,
            (EntrySource::Refund, _) => EntryKind::Refund,
            (EntrySource::WriteOff, _) => EntryKind::WriteOff,
            (EntrySource::Manual | EntrySource::Opening, EntryType::Credit) => EntryKind::Credit,
            (EntrySource::Manual | EntrySource::Opening, EntryType::Debit) => EntryKind::Debit,
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

/// Checks that the entry has an invoice, a receipt or a note exactly when its source says so.
pub(super) fn check_source(
    entry: &ledger_entry::Model,
    [has_invoice, has_receipt, has_note]: [bool; 3],
    report: &mut Report<'_>,
) {
    let id = entry.id;
    let is = |source| entry.source == source;
    let is_of_note = is(EntrySource::CreditNote) || is(EntrySource::DebitNote);
    report.same(Check::DocumentMissing, id, "whether it has an invoice", is(EntrySource::Invoice), has_invoice);
    report.same(Check::DocumentMissing, id, "whether it has a receipt", is(EntrySource::Receipt), has_receipt);
    report.same(Check::DocumentMissing, id, "whether it has a note", is_of_note, has_note);
}

/// The postings that follow from a ledger entry that is no invoice, receipt or note. An entry does not say from which wallet it gave
/// money back: any is right.
pub(super) fn moves(entry: &ledger_entry::Model, found: &[Posted]) -> Vec<Move> {
    let customer = customer(entry.customer_id);
    let book = |account_kind| (account_kind, entry.book_id.cast());
    let wallet = found.first().map(|posted| posted.debit).filter(|party| party.kind == AccountKind::Wallet);
    let sides = match (entry.source, entry.kind) {
        (EntrySource::Refund, _) => match wallet {
            Some(wallet) => {
                let outside = book(AccountKind::Outside);
                vec![((wallet.kind, wallet.holder_id), outside), (customer, outside)]
            }
            None => vec![(customer, book(AccountKind::Cash))],
        },
        (EntrySource::WriteOff, _) => vec![(book(AccountKind::WriteOff), customer)],
        (EntrySource::Opening, EntryType::Credit) => vec![(customer, book(AccountKind::Opening))],
        (EntrySource::Opening, EntryType::Debit) => vec![(book(AccountKind::Opening), customer)],
        (_, EntryType::Credit) => vec![(customer, book(AccountKind::Sales))],
        (_, EntryType::Debit) => vec![(book(AccountKind::Cash), customer)],
    };
    let posting = |(debit, credit)| Move { debit, credit, amount: entry.amount, currency: entry.currency };
    sides.into_iter().map(posting).collect()
}

/// The receivable account of a customer.
pub(super) fn customer(id: Id<kind::Customer>) -> Holder {
    (AccountKind::Receivable, id.cast())
}

/// The fields of an invoice, receipt or note that its ledger entry must repeat: name, expected value, found value.
pub(super) struct LedgerCopy<'a> {
    pub(super) id: String,
    pub(super) fields: [(&'static str, String, String); 8],
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
