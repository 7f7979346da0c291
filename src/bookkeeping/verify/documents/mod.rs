//! Checks documents against the journal: ledger entries with their invoices, receipts and notes, and transactions.
//!
//! Reads all of their tables in the order of the document's id and merges them, so rows whose document is missing are
//! found too. The parties of invoices, receipts and notes are looked up by a pass of their own, and so are what notes leave of
//! their invoices, the halves of transfers, and what imports made.

mod imports;
mod invoices;
mod journal_link;
mod ledger_entries;
mod noted;
mod notes;
mod parties;
mod receipts;
pub(super) mod rows;
mod transactions;
mod transfers;

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use self::rows::{Versions, lines, posted, postings, versions, whole};
use super::{
    difference::{Check, Report},
    posted::{Move, Posted},
    scan::{Source, least},
};
use crate::{
    entity::{invoice, invoice_line, ledger_entry, note, note_line, receipt, transaction, transaction_line},
    error::Result,
    id::{Id, kind},
};

/// All rows that belong to one document.
struct Document {
    id: Uuid,
    versions: Versions,
    ledger_entry: Option<rows::Posted<ledger_entry::Model>>,
    invoice: Option<invoice::Model>,
    invoice_lines: Vec<invoice_line::Model>,
    receipt: Option<receipt::Model>,
    note: Option<note::Model>,
    note_lines: Vec<note_line::Model>,
    transaction: Option<rows::Posted<transaction::Model>>,
    parts: Vec<transaction_line::Model>,
    /// The postings of the document's current journal entry.
    postings: Vec<Posted>,
}

/// Checks all documents.
pub(super) async fn check<C: ConnectionTrait>(source: Source<'_, C>, report: &mut Report<'_>) -> Result<()> {
    use invoice_line::Column as InvoiceLine;
    use ledger_entry::Column as Ledger;
    use note_line::Column as NoteLine;
    use transaction::Column as Transaction;
    use transaction_line::Column as Line;
    let mut versions = versions(source);
    let mut ledger = posted::<_, ledger_entry::Entity>(source, Ledger::Id, Ledger::JournalEntryId);
    let mut of_ledger = postings(source, (ledger_entry::Entity, Ledger::Id, Ledger::JournalEntryId));
    let mut invoices = whole::<_, invoice::Entity>(source, invoice::Column::Id);
    let mut invoice_lines = lines::<_, invoice_line::Entity>(source, InvoiceLine::InvoiceId, InvoiceLine::Line);
    let mut receipts = whole::<_, receipt::Entity>(source, receipt::Column::Id);
    let mut notes = whole::<_, note::Entity>(source, note::Column::Id);
    let mut note_lines = lines::<_, note_line::Entity>(source, NoteLine::NoteId, NoteLine::Line);
    let mut transactions = posted::<_, transaction::Entity>(source, Transaction::Id, Transaction::JournalEntryId);
    let mut of_transactions = postings(source, (transaction::Entity, Transaction::Id, Transaction::JournalEntryId));
    let mut parts = lines::<_, transaction_line::Entity>(source, Line::TransactionId, Line::Line);
    while let Some(id) = least([
        versions.group().await?,
        ledger.group().await?,
        invoices.group().await?,
        invoice_lines.group().await?,
        receipts.group().await?,
        notes.group().await?,
        note_lines.group().await?,
        transactions.group().await?,
        parts.group().await?,
    ]) {
        let mut postings = of_ledger.take_all(id).await?;
        postings.extend(of_transactions.take_all(id).await?);
        let document = Document {
            id,
            versions: Versions::take(&mut versions, id).await?,
            ledger_entry: ledger.take(id).await?,
            invoice: invoices.take(id).await?.map(|part| part.row),
            invoice_lines: invoice_lines.take_all(id).await?.into_iter().map(|part| part.row).collect(),
            receipt: receipts.take(id).await?.map(|part| part.row),
            note: notes.take(id).await?.map(|part| part.row),
            note_lines: note_lines.take_all(id).await?.into_iter().map(|part| part.row).collect(),
            transaction: transactions.take(id).await?,
            parts: parts.take_all(id).await?.into_iter().map(|part| part.row).collect(),
            postings,
        };
        document.check(report);
    }
    noted::check(source, report).await?;
    transfers::check(source, report).await?;
    imports::check(source, report).await?;
    parties::check(source, report).await
}

impl Document {
    fn check(&self, report: &mut Report<'_>) {
        self.check_missing(report);
        if let Some(posted) = &self.ledger_entry {
            report.checked.documents += 1;
            let entry = &posted.row;
            ledger_entries::check(entry, posted.entry.as_ref(), &self.versions, report);
            let has = [self.invoice.is_some(), self.receipt.is_some(), self.note.is_some()];
            ledger_entries::check_source(entry, has, report);
            let moves = match (&self.invoice, &self.receipt, &self.note) {
                (Some(invoice), ..) => {
                    invoices::check(invoice, &self.invoice_lines, entry, report);
                    invoices::moves(invoice)
                }
                (None, Some(receipt), _) => {
                    receipts::check(receipt, entry, report);
                    receipts::moves(receipt)
                }
                (None, None, Some(note)) => {
                    notes::check(note, &self.note_lines, entry, report);
                    notes::moves(note)
                }
                (None, None, None) => ledger_entries::moves(entry, &self.postings),
            };
            check_moves(&entry.id.to_string(), &moves, &self.postings, report);
        }
        if let Some(posted) = &self.transaction {
            report.checked.documents += 1;
            let transaction = &posted.row;
            transactions::check(transaction, posted.entry.as_ref(), &self.parts, &self.versions, report);
            let moves = transactions::moves(transaction, &self.parts);
            check_moves(&transaction.id.to_string(), &moves, &self.postings, report);
        }
    }

    /// Reports rows whose document does not exist.
    fn check_missing(&self, report: &mut Report<'_>) {
        let mut missing = |id: String, what: &str| {
            let message = format_args!("the document of this {what}");
            report.differs(Check::DocumentMissing, id, message, "a document", ());
        };
        if self.ledger_entry.is_none() && self.transaction.is_none() && self.versions.count > 0 {
            let id = Id::<kind::Document>::from_uuid(self.id).to_string();
            missing(self.versions.current.map_or(id, |id| id.to_string()), "journal entry");
        }
        if self.ledger_entry.is_none() {
            self.invoice.iter().for_each(|invoice| missing(invoice.id.to_string(), "invoice"));
            self.receipt.iter().for_each(|receipt| missing(receipt.id.to_string(), "receipt"));
            self.note.iter().for_each(|note| missing(notes::id_of(note), "note"));
        }
        if let (None, Some(line)) = (&self.invoice, self.invoice_lines.first()) {
            missing(line.invoice_id.to_string(), "line of an invoice");
        }
        if let (None, Some(line)) = (&self.note, self.note_lines.first()) {
            missing(line.note_id.to_string(), "line of a note");
        }
        if let (None, Some(line)) = (&self.transaction, self.parts.first()) {
            missing(line.transaction_id.to_string(), "line of a transaction");
        }
    }
}

/// Checks that the journal entry of a document has exactly the expected postings.
fn check_moves(id: &str, expected: &[Move], found: &[Posted], report: &mut Report<'_>) {
    let found: Vec<_> = found.iter().map(Move::from).collect();
    for at in 0..Ord::max(expected.len(), found.len()) {
        let [expected, found] = [expected, &found].map(|moves| moves.get(at));
        if expected != found {
            let words = |moved: Option<&Move>| moved.map(Move::to_string);
            let what = format_args!("posting {} of its journal entry", at + 1);
            report.same(Check::DocumentPostings, id, what, words(expected), words(found));
        }
    }
}
