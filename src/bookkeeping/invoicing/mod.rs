//! Invoices, receipts and notes: their sums, taxes and numbers. `sales` reports on them.

pub mod invoice;
pub mod invoice_input;
pub mod invoice_list;
mod named_invoices;
pub mod note;
pub(super) mod numbering;
pub mod party;
pub mod receipt;
pub mod receipt_list;
pub mod sales;
pub(super) mod tax;
pub mod totals;
