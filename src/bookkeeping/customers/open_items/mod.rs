//! Open items: what a customer owes is set off against what they gave or were let off, once, for statuses, outstanding amounts,
//! aging and statements alike.
//!
//! *Charges* are the `CREDIT` entries of a ledger: invoices, debit notes, refunds, goods given on credit. *Payments* are its `DEBIT`
//! entries: receipts, credit notes, write-offs, payments recorded by hand. An allocation sets an amount of one payment off against
//! one charge of the same customer and currency.
//!
//! | what | rule |
//! |---|---|
//! | named | a user said so; it holds until it is released, or one of its entries is deleted |
//! | held | an amount of a payment that was released; it is used for nothing until it is named again or let go |
//! | the rest | first in, first out: the oldest payment pays the oldest charge, each by date and then by position |
//!
//! So the allocations depend only on the entries that stand, on what is named and on what is held, not on the order in which they
//! were written. What is outstanding less what is not allocated is always the balance. Each entry counts what is `settled` of it and
//! what is `held`.
//!
//! A change at one place of the order affects only the allocations after that place. These are worked out again, and only the
//! difference is written. So a new entry at the end costs the same however many come before it.
//!
//! Callers must hold the lock on the customer.

mod fifo;
mod item;
mod left;
mod list;
mod naming;
mod place;
mod scope;
mod settle;

pub use self::list::{Allocations, Row};
pub(in crate::bookkeeping) use self::{
    left::{let_off, owed, unallocated},
    naming::{Share, Wanted, Words, entry_id, is_id_of, named_of_entry, places, shares},
    place::{lift, place, remove, remove_all},
    scope::{Scope, key},
    settle::{Change, Named, settle},
};
