//! Categories, transactions of income and spending, budgets and reports.

mod affected;
pub(super) mod budget;
pub(super) mod category;
pub(super) mod duplicate;
pub(super) mod report;
pub(super) mod transaction;
pub(super) mod transaction_list;
pub(super) mod transaction_version;
pub(super) mod transfer;

/// What it costs to look for pairs among transactions: each is looked at.
const PAIRING: u32 = 2000;
