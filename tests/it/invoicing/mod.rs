//! Invoices, receipts and notes: their numbers, totals, parties, and which receipt pays which invoice. `worked` has cases that
//! were worked out by hand.

mod allocations;
mod invoices;
mod notes;
mod numbering;
mod parties;
mod receipt_wallets;
mod receipts;
mod sales;
mod sales_corrections;
mod shop;
mod sums;
mod verified;
mod worked;
