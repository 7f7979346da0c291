//! The money rules: wallets, customers, invoices and receipts, income and spending, budgets, reports, imports.
//!
//! Each operation is a function whose first argument is the viewer: the user who asks, and the book they are in. Every
//! query starts from the viewer's book, so a row of another book is reported as not found. Amounts are signed 64-bit
//! integers of minor units (for example cents) beside their currency.
//!
//! An operation that changes data opens one write transaction. When it refuses the input, it changes no data. Only
//! `journal` may write accounts, journal entries, postings and turnovers; the other modules build journal drafts and
//! write the rows of their documents.

pub mod aging;
mod allocation;
pub mod book;
pub mod budget;
pub mod category;
mod category_ref;
mod contact;
pub mod customer;
pub mod customer_list;
pub mod document;
pub mod entry;
pub mod entry_balance;
pub mod entry_list;
mod fields;
pub mod idempotency;
pub mod import;
pub mod invoice;
pub mod invoice_list;
pub mod invoice_sums;
pub mod journal;
mod ledger;
pub mod listing;
pub mod movement;
mod named_invoices;
mod number;
mod percent;
pub mod receipt;
pub mod receipt_list;
pub mod receivables;
pub mod report;
pub mod rollover;
pub mod statement;
pub mod summary;
mod tax;
pub mod transaction;
pub mod transaction_change;
pub mod transaction_input;
pub mod transaction_list;
pub mod transaction_totals;
pub mod transaction_version;
mod transaction_write;
pub mod verify;
pub mod wallet;
pub mod wallet_history;
pub mod wallet_ref;
pub mod wallet_transaction;
