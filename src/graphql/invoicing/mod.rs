//! Invoices, receipts and allocations.

pub(super) mod allocation;
pub(super) mod invoice;
mod invoice_line;
mod party;
pub(super) mod receipt;
