//! Checks notes: sums, lines, and ledger entry. Pure.

use super::ledger_entries::{LedgerCopy, customer};
use crate::bookkeeping::verify::{
    difference::{Check, Money, Report},
    posted::Move,
};
use crate::{
    bookkeeping::invoicing::{
        note::{kind::id_text, sums::posted},
        numbering,
        tax::Taxes,
        totals::postings::Parts,
    },
    entity::{
        account::AccountKind,
        ledger_entry::{self, EntrySource},
        note::{self, NoteKind},
        note_line,
    },
};

/// The id of a note in the form that the API uses.
pub(super) fn id_of(note: &note::Model) -> String {
    id_text(note.kind, note.id)
}

pub(super) fn check(
    note: &note::Model,
    lines: &[note_line::Model],
    entry: &ledger_entry::Model,
    report: &mut Report<'_>,
) {
    let id = id_of(note);
    let money = |minor: i64, currency| Money::new(minor, currency).to_string();
    let copy = LedgerCopy {
        id: id.clone(),
        fields: [
            ("book", entry.book_id.to_string(), note.book_id.to_string()),
            ("customer", entry.customer_id.to_string(), note.customer_id.to_string()),
            ("date", entry.date.to_string(), note.date.to_string()),
            ("position", entry.position.to_string(), note.position.to_string()),
            ("total", money(entry.amount, entry.currency), money(note.total, note.currency)),
            ("time of voiding", format!("{:?}", entry.deleted_at), format!("{:?}", note.voided_at)),
            ("settled amount", money(entry.settled, entry.currency), money(note.settled, note.currency)),
            ("number as it is compared", numbering::key(&note.number), note.number_key.clone()),
        ],
        notes: [entry.note.as_deref(), Some(&note.reason)],
    };
    copy.check(report);
    let is_credit = entry.source == EntrySource::CreditNote;
    report.same(
        Check::DocumentField,
        &id,
        "whether it is a credit note, by its ledger entry",
        is_credit,
        note.kind == NoteKind::Credit,
    );
    let added = [note.gross, note.cgst, note.sgst, note.igst, note.other_charges, note.round_off];
    let total = Money::new(added.into_iter().map(i128::from).sum::<i128>(), note.currency);
    report.same(Check::NoteSums, &id, "its total, by its parts", total, Money::new(note.total, note.currency));
    check_lines(note, lines, &id, report);
}

/// Compares the sums of a note with those of its lines, if it has lines.
fn check_lines(note: &note::Model, lines: &[note_line::Model], id: &str, report: &mut Report<'_>) {
    if lines.is_empty() {
        return;
    }
    let sum = |of: fn(&note_line::Model) -> i64| lines.iter().map(|line| i128::from(of(line))).sum::<i128>();
    for (what, expected, found) in [
        ("its gross amount, by its lines", sum(|line| line.amount), note.gross),
        ("its CGST, by its lines", sum(|line| line.cgst), note.cgst),
        ("its SGST, by its lines", sum(|line| line.sgst), note.sgst),
        ("its IGST, by its lines", sum(|line| line.igst), note.igst),
    ] {
        let expected = Money::new(expected, note.currency);
        report.same(Check::DocumentLines, id, what, expected, Money::new(found, note.currency));
    }
}

/// The postings that follow from a note.
pub(super) fn moves(note: &note::Model) -> Vec<Move> {
    let taxes = Taxes { cgst: note.cgst, sgst: note.sgst, igst: note.igst };
    let parts = Parts { sales: note.gross, taxes, charges: note.other_charges, round_off: note.round_off };
    let account = |account_kind| match account_kind {
        AccountKind::Receivable => customer(note.customer_id),
        other => (other, note.book_id.cast()),
    };
    let posting = |(debit, credit, amount)| Move {
        debit: account(debit),
        credit: account(credit),
        amount,
        currency: note.currency,
    };
    posted(note.kind, &parts).into_iter().map(posting).collect()
}
