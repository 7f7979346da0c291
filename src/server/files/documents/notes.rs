//! `GET /credit-notes.csv` and `GET /debit-notes.csv`: one row for each note of the kind, void ones included, the oldest first.

use std::{collections::HashMap, marker::PhantomData};

use super::oldest_first::OldestFirst;
use crate::{
    bookkeeping::{
        book,
        invoicing::{
            invoice,
            note::{
                kind::NoteId,
                list::{NoteFilter, NoteFilterInput},
            },
        },
    },
    entity::note::{self, NoteKind},
    error::{Refusals, Result},
    id::{Id, kind},
    money::Decimal,
    server::files::{
        parameters::Parameters,
        table::{PORTION, Rows, Source, Table, time},
    },
    text,
};

/// How far the export has got.
#[derive(Debug)]
pub(in crate::server) struct Notes<K>(OldestFirst<NoteFilter>, PhantomData<K>);

impl<K: NoteId> Table for Notes<K> {
    /// The filter, with the same meaning as in the fields `creditNotes` and `debitNotes`.
    const PARAMETERS: &'static [&'static str] = &["from", "to", "currency", "customerId"];
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "number",
        "date",
        "dueDate",
        "customer",
        "customerId",
        "invoiceNumber",
        "invoiceId",
        "reason",
        "grossAmount",
        "cgst",
        "sgst",
        "igst",
        "otherCharges",
        "roundOff",
        "totalAmount",
        "settled",
        "open",
        "currency",
        "voidedAt",
        "voidReason",
    ];

    async fn open(source: Source<'_>, _: Option<&str>, mut parameters: Parameters) -> Result<Self> {
        let mut refusals = Refusals::default();
        let filter = NoteFilterInput {
            from: parameters.date("from", &mut refusals),
            to: parameters.date("to", &mut refusals),
            currency: parameters.word("currency", "a code such as USD", &mut refusals),
            customer_id: parameters.text("customerId").map(Into::into),
            ..NoteFilterInput::default()
        };
        refusals.none()?;
        let filter = filter.check(K::KIND, book::find(source.snapshot, source.viewer).await?.currency)?;
        Ok(Self(OldestFirst::new(source, filter).await?, PhantomData))
    }

    fn name(&self) -> String {
        match K::KIND {
            NoteKind::Credit => "credit-notes".to_owned(),
            NoteKind::Debit => "debit-notes".to_owned(),
        }
    }

    async fn write(&mut self, source: Source<'_>, rows: &mut Rows) -> Result<bool> {
        let portion = self.0.read(source, PORTION).await?;
        let invoices = portion.documents.iter().map(|note| note.invoice_id);
        let invoices = invoice::find_many(source.snapshot, source.viewer, invoices).await?;
        let numbers: HashMap<Id<kind::Invoice>, String> =
            invoices.into_iter().map(|invoice| (invoice.id, text::to_field(&invoice.number))).collect();
        for note in &portion.documents {
            let number = numbers.get(&note.invoice_id).map(String::as_str).unwrap_or_default();
            row::<K>(note, (portion.name(note.customer_id), number), rows)?;
        }
        Ok(portion.has_more)
    }
}

fn row<K: NoteId>(note: &note::Model, (customer, invoice): (&str, &str), rows: &mut Rows) -> Result<()> {
    let money = |minor: i64| Decimal::from_minor(minor, note.currency).to_string();
    let open = if note.voided_at.is_some() { 0 } else { note.total - note.settled };
    rows.write([
        &note.id.cast::<K>().to_string(),
        &text::to_field(&note.number),
        &note.date.to_string(),
        &note.due_date.map(|due_date| due_date.to_string()).unwrap_or_default(),
        customer,
        &note.customer_id.to_string(),
        invoice,
        &note.invoice_id.to_string(),
        &text::to_field(&note.reason),
        &money(note.gross),
        &money(note.cgst),
        &money(note.sgst),
        &money(note.igst),
        &money(note.other_charges),
        &money(note.round_off),
        &money(note.total),
        &money(note.settled),
        &money(open),
        note.currency.code(),
        &time(note.voided_at),
        &text::to_field(note.void_reason.as_deref().unwrap_or_default()),
    ])
}
