//! The documents of customers as CSV files: invoices, their lines, and receipts. A new kind of document has a file here, which
//! implements [`Table`](super::table::Table), and a route in `super`.

mod invoice_lines;
mod invoices;
mod oldest_first;
mod receipts;

pub(super) use self::{invoice_lines::InvoiceLines, invoices::Invoices, oldest_first::OldestFirst, receipts::Receipts};
