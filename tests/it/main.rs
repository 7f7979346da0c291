//! Daybook's tests: requests through the router, on both databases.

#![expect(unreachable_pub, clippy::unwrap_used, clippy::expect_used, reason = "this is a test")]

mod harness;

mod account;
mod activity;
mod chaos;
mod customers;
mod database;
mod graphql;
mod http;
mod import;
mod invoicing;
mod operations;
mod readme;
mod spending;
mod wallets;
