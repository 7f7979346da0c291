//! What is in a book as CSV files that `daybook import` reads again.

mod entries;
mod history;
mod transactions;

pub(super) use self::{entries::Entries, history::History, transactions::Transactions};
