//! Invoices and receipts.

pub(super) mod invoice;
mod invoice_line;
mod party;
pub(super) mod receipt;
