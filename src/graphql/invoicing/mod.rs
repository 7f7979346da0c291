//! Invoices, receipts and notes, and the report on sales.

pub(super) mod invoice;
mod invoice_line;
pub(super) mod invoice_mutation;
pub(super) mod note;
mod party;
pub(super) mod receipt;
pub(super) mod sales;
