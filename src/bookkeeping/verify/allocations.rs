//! Checks allocations, and the amounts that receipts and invoices store about them.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryResult, QueryTrait, Value,
    prelude::DateTimeUtc,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

use super::{
    difference::{Check, Money, Report},
    documents::rows::whole,
    scan::{Row, Scan, Source, least},
};
use crate::{
    entity::{allocation, invoice, receipt},
    error::Result,
    id::{Id, kind},
    money::Currency,
};

/// Checks the allocations by receipt, then by invoice.
pub(super) async fn check<C: ConnectionTrait>(source: Source<'_, C>, report: &mut Report<'_>) -> Result<()> {
    let mut allocations = allocations::<_, true>(source);
    let mut receipts = whole::<_, receipt::Entity>(source, receipt::Column::Id);
    while let Some(id) = least([allocations.group().await?, receipts.group().await?]) {
        let receipt = receipts.take(id).await?.map(|part| part.row);
        let mut sum = 0;
        while let Some(allocation) = allocations.take(id).await? {
            report.checked.allocations += 1;
            sum += i128::from(allocation.amount);
            allocation.check(report);
        }
        let Some(receipt) = receipt else { continue };
        let money = |minor: i128| Money::new(minor, receipt.currency);
        let (id, check) = (receipt.id, Check::ReceiptAllocated);
        let what = "what it counts as allocated, by its allocations";
        report.same(check, id, what, money(sum), money(receipt.allocated.into()));
        if sum > receipt.amount.into() {
            let message = "the sum of its allocations is more than its amount";
            report.differs(check, id, message, format!("at most {}", money(receipt.amount.into())), money(sum));
        }
    }
    let mut allocations = self::allocations::<_, false>(source);
    let mut invoices = whole::<_, invoice::Entity>(source, invoice::Column::Id);
    while let Some(id) = least([allocations.group().await?, invoices.group().await?]) {
        let invoice = invoices.take(id).await?.map(|part| part.row);
        let mut sum = 0;
        while let Some(allocation) = allocations.take(id).await? {
            sum += i128::from(allocation.amount);
        }
        let Some(invoice) = invoice else { continue };
        let money = |minor: i128| Money::new(minor, invoice.currency);
        let (id, check) = (invoice.id, Check::InvoicePaid);
        report.same(check, id, "what it counts as paid, by its allocations", money(sum), money(invoice.paid.into()));
        if sum > invoice.total.into() {
            let message = "the sum of its allocations is more than its total";
            report.differs(check, id, message, format!("at most {}", money(invoice.total.into())), money(sum));
        }
    }
    Ok(())
}

/// An allocation with the data of its receipt and invoice, grouped by receipt or by invoice.
struct Allocation<const BY_RECEIPT: bool> {
    receipt_id: Id<kind::Receipt>,
    invoice_id: Id<kind::Invoice>,
    amount: i64,
    receipt: Option<Side>,
    invoice: Option<Side>,
}

/// The fields that a receipt and an invoice must have in common.
struct Side {
    customer_id: Id<kind::Customer>,
    currency: Currency,
    is_void: bool,
}

fn allocations<C: ConnectionTrait, const BY_RECEIPT: bool>(
    source: Source<'_, C>,
) -> Scan<'_, C, Allocation<BY_RECEIPT>> {
    use allocation::Column::{InvoiceId, ReceiptId};
    let mut query = allocation::Entity::find().into_query();
    query.left_join(receipt::Entity, ReceiptId.into_expr().equals((receipt::Entity, receipt::Column::Id)));
    query.left_join(invoice::Entity, InvoiceId.into_expr().equals((invoice::Entity, invoice::Column::Id)));
    for table in ["receipt", "invoice"] {
        for column in ["customer_id", "currency", "voided_at"] {
            query.expr_as(Expr::col((table, column)), format!("{table}_{column}"));
        }
    }
    let order = if BY_RECEIPT { [ReceiptId, InvoiceId] } else { [InvoiceId, ReceiptId] };
    Scan::new(source, query, order.map(ColumnTrait::into_expr))
}

impl<const BY_RECEIPT: bool> Row for Allocation<BY_RECEIPT> {
    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        let side = |prefix| -> Result<_, DbErr> {
            let is_void = row.try_get::<Option<DateTimeUtc>>(prefix, "voided_at")?.is_some();
            let known = Option::zip(row.try_get(prefix, "customer_id")?, row.try_get(prefix, "currency")?);
            Ok(known.map(|(customer_id, currency)| Side { customer_id, currency, is_void }))
        };
        Ok(Self {
            receipt_id: row.try_get("", "receipt_id")?,
            invoice_id: row.try_get("", "invoice_id")?,
            amount: row.try_get("", "amount")?,
            receipt: side("receipt_")?,
            invoice: side("invoice_")?,
        })
    }

    fn group(&self) -> Uuid {
        if BY_RECEIPT { self.receipt_id.uuid() } else { self.invoice_id.uuid() }
    }

    fn place(&self) -> Vec<Value> {
        vec![if BY_RECEIPT { self.invoice_id.into() } else { self.receipt_id.into() }]
    }
}

impl<const BY_RECEIPT: bool> Allocation<BY_RECEIPT> {
    fn check(&self, report: &mut Report<'_>) {
        let (id, check) = (self.receipt_id, Check::Allocation);
        let of = self.invoice_id;
        let (Some(receipt), Some(invoice)) = (&self.receipt, &self.invoice) else {
            let message = format_args!("the receipt and the invoice of what is allocated to {of}");
            return report.differs(check, id, message, "a receipt and an invoice", ());
        };
        if self.amount <= 0 {
            let found = Money::new(self.amount, receipt.currency);
            report.differs(check, id, format_args!("what is allocated to {of}"), "more than zero", found);
        }
        let [expected, found] = [invoice.customer_id, receipt.customer_id].map(|id| id.to_string());
        report.same(check, id, format_args!("its customer, by {of}, which it pays"), expected, found);
        let what = format_args!("its currency, by {of}, which it pays");
        report.same(check, id, what, invoice.currency, receipt.currency);
        report.same(check, id, format_args!("whether it is void, while it pays {of}"), false, receipt.is_void);
        report.same(check, id, format_args!("whether {of}, which it pays, is void"), false, invoice.is_void);
    }
}
