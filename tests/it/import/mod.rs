//! Transactions from CSV files, and exports to CSV.

mod command;
mod exports;
mod files;
mod folding;
mod refunds;
mod requests;
mod shop_exports;
mod slow_downloads;
mod turns;
