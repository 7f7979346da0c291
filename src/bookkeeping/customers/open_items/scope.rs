//! Which entries can be set off against each other, and in which order.

use crate::{
    bookkeeping::customers::document_list::Key,
    entity::ledger_entry,
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
