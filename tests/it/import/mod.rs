//! Transactions from CSV files, and exports to CSV.

mod command;
mod exports;
mod files;
mod requests;
mod slow_downloads;
mod turns;
