//! Customers, their ledger entries, what is set off against what, statements and sums.

pub(super) mod adjustment;
pub(super) mod allocation;
pub(super) mod customer;
pub(super) mod customer_list;
pub(super) mod customer_mutation;
pub(super) mod entry;
pub(super) mod entry_mutation;
pub(super) mod entry_version;
pub(super) mod receivables;
pub(super) mod statement;
pub(super) mod summary;
