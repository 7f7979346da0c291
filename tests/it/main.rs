//! Daybook's tests: requests through the router, on both databases.

#![expect(unreachable_pub, clippy::unwrap_used, clippy::expect_used, reason = "this is a test")]

mod harness;

mod activity;
mod activity_atomic;
mod activity_lists;
mod activity_refusals;
mod allocations;
mod budgets;
mod categories;
mod concurrency;
mod customer_lists;
mod customers;
mod endpoint;
mod entries;
mod entry_changes;
mod entry_lists;
mod exports;
mod foreign;
mod history;
mod idempotency;
mod import_files;
mod import_requests;
mod imports;
mod invoices;
mod journal;
mod ledger_property;
mod loaders;
mod migration;
mod months;
mod movements;
mod numbers;
mod picture;
mod program;
mod property;
mod readme;
mod receipt_wallets;
mod receipts;
mod registration;
mod schema;
mod sessions;
mod spending_property;
mod statement;
mod tenancy;
mod transaction_changes;
mod transaction_lists;
mod transaction_wallets;
mod transactions;
mod wallets;
