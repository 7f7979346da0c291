//! Income and spending: transactions, categories, budgets, and the report of a month.

mod budgets;
mod categories;
mod folding;
mod months;
mod own_transfers;
mod picture;
mod property;
mod refunds;
mod transaction_changes;
mod transaction_lists;
mod transaction_wallets;
mod transactions;
