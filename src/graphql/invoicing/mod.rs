//! Invoices, receipts and allocations, and the report on sales.

pub(super) mod allocation;
pub(super) mod invoice;
mod invoice_line;
pub(super) mod receipt;
pub(super) mod sales;
