//! Notes on invoices. A credit note takes back a part of an invoice, such as goods that came back; a debit note adds to it. Their
//! implementation is the same but for [`kind`].
//!
//! | step | where |
//! |---|---|
//! | the input | `input` |
//! | what the invoice consists of, and what notes leave of it | `bill`, `standing` |
//! | what is asked for, checked against what is left | `wanted` |
//! | taxes, round-off and total | `sums` |
//! | posting, number, parties, allocation | `create` |
//!
//! Of an invoice, its debit notes and its credit notes together nothing is ever below zero: each credit note takes back at most what
//! is left, and a debit note cannot be voided while credit notes have taken back what it added. An invoice cannot be voided while
//! notes on it stand, and counts their totals for that.
//!
//! Whoever writes a note holds the lock on the customer.

pub(in crate::bookkeeping) mod bill;
mod create;
mod find;
pub mod input;
pub mod kind;
pub mod list;
mod standing;
pub(in crate::bookkeeping) mod sums;
#[cfg(test)]
mod tests;
mod void;
mod wanted;

pub use self::{
    create::create,
    find::{find_many, lines},
    void::void,
};
