//! Customers on credit: who they are, what they took and paid, and what they owe.

pub mod adjust;
pub mod adjustment;
pub mod aging;
pub mod allocate;
pub mod customer;
pub mod customer_list;
pub mod document_list;
pub mod entry;
pub mod entry_list;
pub(super) mod made;
pub mod open_items;
pub(super) mod posting;
pub mod receivables;
pub mod running_balance;
pub mod statement;
pub mod summary;
