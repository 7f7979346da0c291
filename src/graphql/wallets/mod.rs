//! Wallets and what moves in them.

pub(super) mod history;
pub(super) mod party;
pub(super) mod payee;
pub(super) mod transaction;
pub(super) mod wallet;
