//! `GET /invoice-lines.csv`: one row for each line of an invoice, void invoices included, the oldest invoice first. An invoice
//! that was created without lines has no rows.

use std::collections::HashMap;

use super::{
    invoices::{self, select},
    oldest_first::OldestFirst,
};
use crate::{
    bookkeeping::invoicing::{
        invoice,
        invoice_list::InvoiceFilter,
        totals::{QUANTITY_DIGITS, RATE_DIGITS},
    },
    entity::{self, invoice_line},
    error::Result,
    id::{Id, kind},
    money::Decimal,
    server::files::{
        parameters::Parameters,
        table::{Rows, Source, Table, time},
    },
    text,
};

/// How many invoices are read at a time. Each has up to a hundred lines.
const PORTION: u64 = 50;

/// How far the export has got.
#[derive(Debug)]
pub(in crate::server) struct InvoiceLines(OldestFirst<InvoiceFilter>);

impl Table for InvoiceLines {
    const PARAMETERS: &'static [&'static str] = invoices::PARAMETERS;
    const COLUMNS: &'static [&'static str] = &[
        "invoiceId",
        "invoiceNumber",
        "date",
        "customer",
        "customerId",
        "line",
        "description",
        "hsnCode",
        "quantity",
        "unitPrice",
        "rate",
        "amount",
        "currency",
        "voidedAt",
    ];

    async fn open(source: Source<'_>, _: Option<&str>, parameters: Parameters) -> Result<Self> {
        let (list, _) = select(source, parameters).await?;
        Ok(Self(list))
    }

    fn name(&self) -> String {
        "invoice-lines".to_owned()
    }

    async fn write(&mut self, source: Source<'_>, rows: &mut Rows) -> Result<bool> {
        let portion = self.0.read(source, PORTION).await?;
        let mut lines: HashMap<Id<kind::Invoice>, Vec<_>> = HashMap::new();
        for line in invoice::lines(source.snapshot, portion.documents.iter().map(|invoice| invoice.id)).await? {
            lines.entry(line.invoice_id).or_default().push(line);
        }
        for invoice in &portion.documents {
            for line in lines.get(&invoice.id).into_iter().flatten() {
                row(invoice, line, portion.name(invoice.customer_id), rows)?;
            }
        }
        Ok(portion.has_more)
    }
}

fn row(invoice: &entity::invoice::Model, line: &invoice_line::Model, customer: &str, rows: &mut Rows) -> Result<()> {
    let money = |minor: i64| Decimal::from_minor(minor, invoice.currency).to_string();
    let rate = line.rate.map(|rate| Decimal::from_scaled(rate, RATE_DIGITS).to_string());
    rows.write([
        &invoice.id.to_string(),
        &text::to_field(&invoice.number),
        &invoice.date.to_string(),
        customer,
        &invoice.customer_id.to_string(),
        &line.line.to_string(),
        &text::to_field(&line.description),
        &text::to_field(line.hsn_code.as_deref().unwrap_or_default()),
        &Decimal::from_scaled(line.quantity, QUANTITY_DIGITS).to_string(),
        &money(line.unit_price),
        &rate.unwrap_or_default(),
        &money(line.amount),
        invoice.currency.code(),
        &time(invoice.voided_at),
    ])
}
