//! Invoices and receipts, and the report on sales.

pub(super) mod invoice;
mod invoice_line;
mod party;
pub(super) mod receipt;
pub(super) mod sales;
