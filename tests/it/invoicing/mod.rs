//! Invoices and receipts: their numbers, totals, parties, and which receipt pays which invoice.

mod allocations;
mod invoices;
mod numbering;
mod parties;
mod receipt_wallets;
mod receipts;
mod sales;
mod sales_corrections;
mod shop;
mod sums;
mod verified;
