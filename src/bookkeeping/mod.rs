//! The money rules. Each operation takes the viewer first; every finder starts from the viewer's book.

pub mod aging;
mod allocation;
pub mod book;
pub mod customer;
pub mod customer_list;
pub mod entry;
pub mod entry_list;
pub mod idempotency;
pub mod invoice;
pub mod invoice_list;
pub mod invoice_sums;
pub mod journal;
mod keyset;
mod ledger;
pub mod listing;
pub mod movement;
mod named_invoices;
mod number;
pub mod receipt;
pub mod receipt_list;
pub mod statement;
pub mod summary;
mod tax;
pub mod wallet;
pub mod wallet_history;
pub mod wallet_ref;
pub mod wallet_transaction;
