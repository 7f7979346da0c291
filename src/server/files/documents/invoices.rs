//! `GET /invoices.csv`: one row for each invoice, void ones included, the oldest first.

use std::collections::HashMap;

use super::oldest_first::OldestFirst;
use crate::{
    bookkeeping::{
        book,
        invoicing::{
            invoice_list::{self, InvoiceFilter, InvoiceFilterInput},
            party,
        },
    },
    calendar::date::Date,
    entity,
    error::{Refusals, Result},
    money::Decimal,
    server::files::{
        parameters::Parameters,
        table::{PORTION, Rows, Source, Table, time, word},
    },
    text,
};

/// How far the export has got, and the day on which invoices have their status.
#[derive(Debug)]
pub(in crate::server) struct Invoices {
    list: OldestFirst<InvoiceFilter>,
    today: Date,
}

/// The parameters of the files of invoices and of their lines, with the same meaning as in the field `invoices`.
pub(super) const PARAMETERS: &[&str] = &["from", "to", "currency", "customerId"];

/// The invoices that the parameters select, and today's date.
pub(super) async fn select(
    source: Source<'_>,
    mut parameters: Parameters,
) -> Result<(OldestFirst<InvoiceFilter>, Date)> {
    let mut refusals = Refusals::default();
    let filter = InvoiceFilterInput {
        from: parameters.date("from", &mut refusals),
        to: parameters.date("to", &mut refusals),
        currency: parameters.word("currency", "a code such as USD", &mut refusals),
        customer_id: parameters.text("customerId").map(Into::into),
        ..InvoiceFilterInput::default()
    };
    refusals.none()?;
    let book = book::find(source.snapshot, source.viewer).await?;
    let today = book::today(&source.app.clock, &book);
    let filter = filter.check(book.currency, today.0)?;
    Ok((OldestFirst::new(source, filter).await?, today))
}

impl Table for Invoices {
    const PARAMETERS: &'static [&'static str] = PARAMETERS;
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "number",
        "date",
        "dueDate",
        "customer",
        "customerId",
        "buyerName",
        "buyerGstNumber",
        "buyerState",
        "grossAmount",
        "discountAmount",
        "otherCharges",
        "taxableAmount",
        "cgst",
        "sgst",
        "igst",
        "roundOff",
        "totalAmount",
        "paid",
        "outstanding",
        "currency",
        "status",
        "note",
        "voidedAt",
        "voidReason",
    ];

    async fn open(source: Source<'_>, _: Option<&str>, parameters: Parameters) -> Result<Self> {
        let (list, today) = select(source, parameters).await?;
        Ok(Self { list, today })
    }

    fn name(&self) -> String {
        "invoices".to_owned()
    }

    async fn write(&mut self, source: Source<'_>, rows: &mut Rows) -> Result<bool> {
        let portion = self.list.read(source, PORTION).await?;
        let buyers = portion.documents.iter().map(|invoice| invoice.buyer_id);
        let buyers = party::find_many(source.snapshot, source.viewer, buyers).await?;
        let buyers: HashMap<_, _> = buyers.into_iter().map(|buyer| (buyer.id, buyer)).collect();
        for invoice in &portion.documents {
            self.row(invoice, portion.name(invoice.customer_id), buyers.get(&invoice.buyer_id), rows)?;
        }
        Ok(portion.has_more)
    }
}

impl Invoices {
    fn row(
        &self,
        invoice: &entity::invoice::Model,
        customer: &str,
        buyer: Option<&entity::party::Model>,
        rows: &mut Rows,
    ) -> Result<()> {
        let of_buyer = |text: fn(&entity::party::Model) -> Option<&String>| {
            buyer.and_then(text).map(|text| text::to_field(text)).unwrap_or_default()
        };
        let money = |minor: i64| Decimal::from_minor(minor, invoice.currency).to_string();
        let outstanding = if invoice.voided_at.is_some() { 0 } else { invoice.total - invoice.paid };
        rows.write([
            &invoice.id.to_string(),
            &text::to_field(&invoice.number),
            &invoice.date.to_string(),
            &invoice.due_date.to_string(),
            customer,
            &invoice.customer_id.to_string(),
            &of_buyer(|buyer| buyer.name.as_ref()),
            &of_buyer(|buyer| buyer.gst_number.as_ref()),
            &of_buyer(|buyer| buyer.state.as_ref()),
            &money(invoice.gross),
            &money(invoice.discount),
            &money(invoice.other_charges),
            &money(invoice_list::taxable(invoice)),
            &money(invoice.cgst),
            &money(invoice.sgst),
            &money(invoice.igst),
            &money(invoice.round_off),
            &money(invoice.total),
            &money(invoice.paid),
            &money(outstanding),
            invoice.currency.code(),
            word(invoice_list::status(invoice, self.today.0)),
            &text::to_field(invoice.note.as_deref().unwrap_or_default()),
            &time(invoice.voided_at),
            &text::to_field(invoice.void_reason.as_deref().unwrap_or_default()),
        ])
    }
}
