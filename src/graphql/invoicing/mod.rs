//! Invoices and receipts.

pub(super) mod invoice;
mod invoice_line;
pub(super) mod receipt;
