//! Daybook's tests: requests through the router, on both databases.

#![expect(unreachable_pub, clippy::unwrap_used, clippy::expect_used, reason = "this is a test")]

mod harness;

mod concurrency;
mod endpoint;
mod foreign;
mod history;
mod idempotency;
mod journal;
mod movements;
mod program;
mod property;
mod readme;
mod registration;
mod schema;
mod sessions;
mod tenancy;
mod wallets;
