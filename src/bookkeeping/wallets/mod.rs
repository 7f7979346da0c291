//! Wallets: what they hold, how money gets into them, out of them and from one to another.

pub mod history;
pub mod operation;
pub mod payee;
pub mod reference;
pub mod transaction;
pub mod wallet;
