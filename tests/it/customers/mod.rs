//! Customers: their entries, lists and statements.

mod entries;
mod entry_changes;
mod entry_lists;
mod erasure;
mod folding;
mod lifecycle;
mod lists;
mod open_items;
mod property;
mod statement;
