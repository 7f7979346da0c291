//! Invoices and receipts: their sums, taxes and numbers, and which receipt pays which invoice. `sales` reports on them.

mod allocation;
pub mod allocation_list;
pub mod invoice;
pub mod invoice_input;
pub mod invoice_list;
mod named_invoices;
pub(super) mod numbering;
pub mod receipt;
pub mod receipt_list;
pub mod sales;
pub(super) mod tax;
pub mod totals;
