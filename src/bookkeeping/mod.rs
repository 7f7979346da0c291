//! The money rules. Each operation takes the viewer first; every finder starts from the viewer's book.

pub mod book;
pub mod idempotency;
pub mod journal;
pub mod movement;
pub mod wallet;
pub mod wallet_history;
pub mod wallet_ref;
pub mod wallet_transaction;
