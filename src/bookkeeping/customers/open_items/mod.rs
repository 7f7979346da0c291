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
mod settle;

pub use self::list::{Allocations, Row};
pub(in crate::bookkeeping) use self::{
    left::{owed, unallocated},
    naming::{Share, Wanted, Words, entry_id, named_of_entry, places, shares},
    settle::{Change, Named, settle},
};
use super::document_list::Key;
use crate::{
    db::Transaction,
    entity::ledger_entry,
    error::Result,
    id::{Id, kind},
    money::Currency,
};

/// The entries that can be set off against each other: those of one customer in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::bookkeeping) struct Scope {
    pub(in crate::bookkeeping) customer_id: Id<kind::Customer>,
    pub(in crate::bookkeeping) currency: Currency,
}

impl Scope {
    /// The scope of an entry.
    pub(in crate::bookkeeping) fn of(entry: &ledger_entry::Model) -> Self {
        Self { customer_id: entry.customer_id, currency: entry.currency }
    }
}

/// The place of an entry in its order.
pub(in crate::bookkeeping) fn key(entry: &ledger_entry::Model) -> Key {
    (entry.date, entry.position)
}

/// Gives a new or changed entry, which is written, its place.
pub(in crate::bookkeeping) async fn place(tx: &Transaction, entry: &ledger_entry::Model) -> Result<()> {
    let mut change = Change::of(Scope::of(entry));
    change.from(entry.kind, key(entry));
    settle(tx, change).await
}

/// Takes back what is set off of an entry without being named. The entry is about to be changed.
pub(in crate::bookkeeping) async fn lift(tx: &Transaction, entry: &ledger_entry::Model) -> Result<()> {
    let mut change = Change::of(Scope::of(entry));
    change.from(entry.kind, key(entry));
    change.idle = Some(entry.id);
    settle(tx, change).await
}

/// Takes back all that an entry was set off against. The entry is deleted.
pub(in crate::bookkeeping) async fn remove(tx: &Transaction, entry: &ledger_entry::Model) -> Result<()> {
    let mut change = Change::of(Scope::of(entry));
    change.from(entry.kind, key(entry));
    change.gone = Some(entry.id);
    settle(tx, change).await
}
