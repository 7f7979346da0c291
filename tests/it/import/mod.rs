//! Transactions from CSV files, and exports to CSV.

mod banks;
mod command;
mod duplicates;
mod exports;
mod files;
mod folding;
mod own_form;
mod refunds;
mod requests;
mod shop_exports;
mod shop_files;
mod slow_downloads;
mod turns;
mod undone;
