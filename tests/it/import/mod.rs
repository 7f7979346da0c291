//! Transactions from CSV files, and exports to CSV.

mod banks;
mod command;
mod exports;
mod files;
mod folding;
mod own_form;
mod previews;
mod profiles;
mod refunds;
mod requests;
mod shop_exports;
mod slow_downloads;
mod turns;
mod uploads;
