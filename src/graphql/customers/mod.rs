//! Customers, their ledger entries, statements and sums.

pub(super) mod customer;
pub(super) mod customer_list;
pub(super) mod entry;
pub(super) mod entry_version;
pub(super) mod receivables;
pub(super) mod statement;
pub(super) mod summary;
