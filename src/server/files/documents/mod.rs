//! The documents of customers as CSV files: invoices, their lines, receipts, and notes. A new kind of document has a file here, which
//! implements [`Table`](super::table::Table), and a route in `super`.

mod invoice_lines;
mod invoices;
mod notes;
mod oldest_first;
mod receipts;

pub(super) use self::{
    invoice_lines::InvoiceLines, invoices::Invoices, notes::Notes, oldest_first::OldestFirst, receipts::Receipts,
};
