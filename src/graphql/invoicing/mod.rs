//! Invoices, receipts and allocations.

pub(super) mod allocation;
pub(super) mod invoice;
pub(super) mod receipt;
