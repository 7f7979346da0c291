//! Income and spending: categories, transactions, budgets and the monthly report.

pub mod budget;
pub mod budget_list;
pub mod category;
pub(super) mod category_reference;
pub mod duplicate;
mod percent;
pub mod report;
pub mod rollover;
pub mod transaction;
pub mod transfer;
mod two;
