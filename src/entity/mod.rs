//! The tables, one per file: storage only, no rules.

#![expect(clippy::disallowed_methods, reason = "the code that the macros of SeaORM write may open transactions")]

pub mod account;
pub mod book;
pub mod journal_entry;
pub mod member;
pub mod posting;
pub mod refresh_token;
pub mod session;
pub mod user;
pub mod wallet;
