//! The database tables as SeaORM entities, one table per file. Storage only: rules belong to the modules that own the
//! tables.

#![expect(clippy::disallowed_methods, reason = "the code that the macros of SeaORM write may open transactions")]

pub mod account;
pub mod account_day;
pub mod account_month;
pub mod activity;
pub mod allocation;
pub mod book;
pub mod budget;
pub mod category;
pub mod change;
pub mod client_id;
pub mod customer;
pub mod declined_duplicate;
pub mod declined_transfer;
pub mod import;
pub mod import_profile;
pub mod invoice;
pub mod invoice_line;
pub mod journal_entry;
pub mod known_payee;
pub mod ledger_entry;
pub mod member;
pub mod note;
pub mod note_line;
pub mod number_series;
pub mod party;
pub mod posting;
pub mod receipt;
pub mod refresh_token;
pub mod session;
pub mod tally;
pub mod transaction;
pub mod transaction_line;
pub mod used_key;
pub mod user;
pub mod version_note;
pub mod wallet;
