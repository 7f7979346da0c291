//! The money rules: wallets, customers, invoices, receipts and notes, income and spending, budgets, reports, imports.
//!
//! Each operation is a function that takes a `&Viewer` right after the app or the connection: the user who asks, and the book they are in. Every
//! query starts from the viewer's book, so a row of another book is reported as not found. Amounts are signed 64-bit
//! integers of minor units (for example cents) beside their currency.
//!
//! An operation that changes data opens one write transaction. When it refuses the input, it changes no data. Only
//! `journal` may write accounts, journal entries, postings and turnovers; the other modules build journal drafts and
//! write the rows of their documents.

pub mod book;
pub mod book_lifecycle;
mod contact;
mod creation;
pub mod customers;
pub mod document;
pub mod erasure;
pub mod idempotency;
pub mod import;
pub mod invoicing;
pub mod journal;
mod new_id;
mod number_pattern;
pub mod spending;
pub mod verify;
pub mod wallets;
