//! Checks invoices against all notes on them: what an invoice counts, whose the notes are, and that they take back no more than
//! there is.
//!
//! Keeps the notes of one invoice in memory at a time.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryResult, QueryTrait, Value,
    sea_query::ExprTrait,
};
use uuid::Uuid;

use super::{
    notes::id_of,
    rows::{lines, whole},
};
use crate::bookkeeping::verify::{
    difference::{Check, Money, Report},
    scan::{Row, Scan, Source, least},
};
use crate::{
    bookkeeping::invoicing::{
        note::bill::{Amounts, Bill, Noted},
        tax::Taxes,
    },
    entity::{
        invoice::{self, TaxMethod},
        invoice_line,
        note::{self, NoteKind},
        note_line,
    },
    error::Result,
};

/// A note, in the group of its invoice.
struct NoteOf(note::Model);

impl Row for NoteOf {
    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        note::Model::from_query_result(row, "").map(Self)
    }

    fn group(&self) -> Uuid {
        self.0.invoice_id.uuid()
    }

    fn place(&self) -> Vec<Value> {
        vec![self.0.id.into()]
    }
}

/// A line of a note, in the group of the invoice.
struct LineOf {
    invoice_id: Uuid,
    line: note_line::Model,
}

impl Row for LineOf {
    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        let line = note_line::Model::from_query_result(row, "")?;
        Ok(Self { invoice_id: row.try_get("", "invoice_id")?, line })
    }

    fn group(&self) -> Uuid {
        self.invoice_id
    }

    fn place(&self) -> Vec<Value> {
        vec![self.line.note_id.into(), self.line.line.into()]
    }
}

/// Checks all invoices with their notes.
pub(super) async fn check<C: ConnectionTrait>(source: Source<'_, C>, report: &mut Report<'_>) -> Result<()> {
    use invoice_line::Column as InvoiceLine;
    let mut invoices = whole::<_, invoice::Entity>(source, invoice::Column::Id);
    let mut invoice_lines = lines::<_, invoice_line::Entity>(source, InvoiceLine::InvoiceId, InvoiceLine::Line);
    let order = [note::Column::InvoiceId, note::Column::Id].map(ColumnTrait::into_expr);
    let mut notes = Scan::<_, NoteOf>::new(source, note::Entity::find().into_query(), order);
    let mut of_notes = note_line::Entity::find().into_query();
    let same = note_line::Column::NoteId.into_expr().equals((note::Entity, note::Column::Id));
    of_notes.inner_join(note::Entity, same).expr_as(note::Column::InvoiceId.into_expr(), "invoice_id");
    let [note_id, line] = [note_line::Column::NoteId, note_line::Column::Line].map(ColumnTrait::into_expr);
    let mut note_lines =
        Scan::<_, LineOf>::joined(source, of_notes, [note::Column::InvoiceId.into_expr(), note_id, line]);
    while let Some(id) =
        least([invoices.group().await?, invoice_lines.group().await?, notes.group().await?, note_lines.group().await?])
    {
        let invoice = invoices.take(id).await?.map(|part| part.row);
        let lines: Vec<_> = invoice_lines.take_all(id).await?.into_iter().map(|part| part.row).collect();
        let mut of_notes: HashMap<_, Vec<_>> = HashMap::new();
        for LineOf { line, .. } in note_lines.take_all(id).await? {
            of_notes.entry(line.note_id).or_default().push(line);
        }
        let notes = notes.take_all(id).await?.into_iter().map(|NoteOf(note)| {
            let lines = of_notes.remove(&note.id).unwrap_or_default();
            Note { note, lines }
        });
        let notes: Vec<_> = notes.collect();
        let Some(invoice) = invoice else {
            for Note { note, .. } in &notes {
                report.differs(Check::DocumentMissing, id_of(note), "the invoice of this note", "an invoice", ());
            }
            continue;
        };
        check_invoice(&invoice, &lines, &notes, report);
    }
    Ok(())
}

/// A note with its lines.
struct Note {
    note: note::Model,
    lines: Vec<note_line::Model>,
}

impl Note {
    fn stands_as(&self, note_kind: NoteKind) -> bool {
        self.note.kind == note_kind && self.note.voided_at.is_none()
    }
}

fn check_invoice(invoice: &invoice::Model, lines: &[invoice_line::Model], notes: &[Note], report: &mut Report<'_>) {
    let check = Check::InvoiceNotes;
    let money = |minor: i128| Money::new(minor, invoice.currency);
    let total = |note_kind| {
        let standing = notes.iter().filter(|note| note.stands_as(note_kind));
        money(standing.map(|note| i128::from(note.note.total)).sum())
    };
    let what = "what credit notes take back, as it counts";
    report.same(check, invoice.id, what, total(NoteKind::Credit), money(invoice.credited.into()));
    let what = "what debit notes add, as it counts";
    report.same(check, invoice.id, what, total(NoteKind::Debit), money(invoice.debited.into()));
    for Note { note, lines: of_note } in notes {
        for (what, expected, found) in [
            ("its customer, by its invoice", invoice.customer_id.to_string(), note.customer_id.to_string()),
            ("its book, by its invoice", invoice.book_id.to_string(), note.book_id.to_string()),
            ("its currency, by its invoice", invoice.currency.to_string(), note.currency.to_string()),
        ] {
            report.same(check, id_of(note), what, expected, found);
        }
        for line in of_note.iter().filter(|line| lines.iter().all(|of_invoice| of_invoice.line != line.line)) {
            let message = format_args!("the line {} of its invoice", line.line);
            report.differs(check, id_of(note), message, "a line", ());
        }
        if invoice.tax_method == TaxMethod::ByRate && !of_note.is_empty() {
            let charges = of_note.iter().map(|line| i128::from(line.charges)).sum();
            let found = money(note.other_charges.into());
            report.same(check, id_of(note), "its charges, by its lines", money(charges), found);
        }
        if !lines.is_empty() && of_note.is_empty() && (note.gross, note.cgst, note.igst) != (0, 0, 0) {
            report.differs(check, id_of(note), "its lines, since its invoice has lines", "a line", ());
        }
    }
    if notes.iter().all(|note| note.note.voided_at.is_some()) {
        return;
    }
    let can_be = Bill::of(invoice, lines).is_some_and(|bill| {
        let sums = noted(notes, NoteKind::Debit).zip(noted(notes, NoteKind::Credit));
        let left = sums.and_then(|(added, taken)| bill.left(&added, &taken));
        left.is_some_and(|left| bill.can_leave(&left))
    });
    if !can_be {
        let message = "what its notes leave of it";
        report.differs(check, invoice.id, message, "nothing below zero, and no tax on nothing", "something else");
    }
}

/// The sums of the notes of a kind that stand. `None` when one exceeds 64 bits.
fn noted(notes: &[Note], note_kind: NoteKind) -> Option<Noted> {
    let mut sums = Noted::default();
    for Note { note, lines } in notes.iter().filter(|note| note.stands_as(note_kind)) {
        let taxes = Taxes { cgst: note.cgst, sgst: note.sgst, igst: note.igst };
        let whole = Amounts { quantity: 0, goods: note.gross, charges: note.other_charges, taxes };
        sums.whole = sums.whole.plus(whole)?;
        sums.total = sums.total.checked_add(note.total)?;
        for line in lines {
            let quantity = line.quantity.unwrap_or_default();
            let taxes = Taxes { cgst: line.cgst, sgst: line.sgst, igst: line.igst };
            let amounts = Amounts { quantity, goods: line.amount, charges: line.charges, taxes };
            let sum = sums.lines.entry(line.line).or_default();
            *sum = sum.plus(amounts)?;
        }
    }
    Some(sums)
}
