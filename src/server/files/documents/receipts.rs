//! `GET /receipts.csv`: one row for each receipt, void ones included, the oldest first.

use super::oldest_first::OldestFirst;
use crate::{
    bookkeeping::{
        book,
        invoicing::receipt_list::{ReceiptFilter, ReceiptFilterInput},
    },
    entity::receipt,
    error::{Refusals, Result},
    money::Decimal,
    server::files::{
        parameters::Parameters,
        table::{PORTION, Rows, Source, Table, time, word},
    },
    text,
};

/// How far the export has got.
#[derive(Debug)]
pub(in crate::server) struct Receipts(OldestFirst<ReceiptFilter>);

impl Table for Receipts {
    /// The filter, with the same meaning as in the field `receipts`.
    const PARAMETERS: &'static [&'static str] = &["from", "to", "currency", "customerId"];
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "number",
        "date",
        "customer",
        "customerId",
        "amount",
        "allocated",
        "onAccount",
        "currency",
        "paymentType",
        "walletId",
        "note",
        "voidedAt",
        "voidReason",
    ];

    async fn open(source: Source<'_>, _: Option<&str>, mut parameters: Parameters) -> Result<Self> {
        let mut refusals = Refusals::default();
        let filter = ReceiptFilterInput {
            from: parameters.date("from", &mut refusals),
            to: parameters.date("to", &mut refusals),
            currency: parameters.word("currency", "a code such as USD", &mut refusals),
            customer_id: parameters.text("customerId").map(Into::into),
            ..ReceiptFilterInput::default()
        };
        refusals.none()?;
        let filter = filter.check(book::find(source.snapshot, source.viewer).await?.currency)?;
        Ok(Self(OldestFirst::new(source, filter).await?))
    }

    fn name(&self) -> String {
        "receipts".to_owned()
    }

    async fn write(&mut self, source: Source<'_>, rows: &mut Rows) -> Result<bool> {
        let portion = self.0.read(source, PORTION).await?;
        for receipt in &portion.documents {
            row(receipt, portion.name(receipt.customer_id), rows)?;
        }
        Ok(portion.has_more)
    }
}

fn row(receipt: &receipt::Model, customer: &str, rows: &mut Rows) -> Result<()> {
    let money = |minor: i64| Decimal::from_minor(minor, receipt.currency).to_string();
    let on_account = if receipt.voided_at.is_some() { 0 } else { receipt.amount - receipt.allocated };
    rows.write([
        &receipt.id.to_string(),
        &text::to_field(&receipt.number),
        &receipt.date.to_string(),
        customer,
        &receipt.customer_id.to_string(),
        &money(receipt.amount),
        &money(receipt.allocated),
        &money(on_account),
        receipt.currency.code(),
        word(receipt.payment_type),
        &receipt.wallet_id.map(|wallet| wallet.to_string()).unwrap_or_default(),
        &text::to_field(receipt.note.as_deref().unwrap_or_default()),
        &time(receipt.voided_at),
        &text::to_field(receipt.void_reason.as_deref().unwrap_or_default()),
    ])
}
