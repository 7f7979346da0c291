//! Daybook's tests: requests through the router, on both databases.

#![expect(unreachable_pub, clippy::unwrap_used, clippy::expect_used, reason = "this is a test")]

mod harness;

mod account_deletion;
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
mod passwords;
mod picture;
mod profile;
mod program;
mod property;
mod readme;
mod receipt_wallets;
mod receipts;
mod registration;
mod schema;
mod secrets;
mod session_list;
mod sessions;
mod shop;
mod spending_property;
mod statement;
mod tenancy;
mod token_keys;
mod transaction_changes;
mod transaction_lists;
mod transaction_wallets;
mod transactions;
mod wallets;
