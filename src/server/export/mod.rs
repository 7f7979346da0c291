//! The contents of a book as CSV files, which `daybook import` can read.

mod entries;
mod history;
mod transactions;

pub(super) use self::{entries::Entries, history::History, transactions::Transactions};
