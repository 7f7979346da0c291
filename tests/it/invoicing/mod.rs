//! Invoices and receipts: their numbers, totals, and which receipt pays which invoice.

mod allocations;
mod invoices;
mod numbering;
mod receipt_wallets;
mod receipts;
mod sales;
mod sales_corrections;
mod shop;
