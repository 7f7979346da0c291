//! The money rules. Each operation takes the viewer first, and every finder starts from the viewer's book.
//!
//! One folder per subject. A folder imports only from those above it in this list:
//!
//! | folder | subject |
//! |---|---|
//! | `journal` | accounts, entries and postings: the only writer of them |
//! | `wallets` | wallets, deposits, withdrawals and transfers |
//! | `customers` | customers on credit, their ledger entries, statements and sums |
//! | `invoicing` | invoices, receipts and which receipt pays which invoice |
//! | `spending` | categories, income, spending, budgets and reports |
//! | `import` | files of transactions and ledger entries |
//! | `verify` | the proof that all numbers agree; reads only |

pub mod book;
pub mod book_lifecycle;
mod contact;
pub mod customers;
pub mod document;
pub mod idempotency;
pub mod import;
pub mod invoicing;
pub mod journal;
mod number_pattern;
pub mod spending;
pub mod verify;
pub mod wallets;
