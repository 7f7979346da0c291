//! Customers: their entries, lists and statements.

mod entries;
mod entry_changes;
mod entry_lists;
mod lifecycle;
mod lists;
mod property;
mod statement;
