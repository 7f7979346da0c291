//! Daybook's tests: requests through the router, on both databases. `trials` says how a test is declared.

#![expect(unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::similar_names, reason = "this is a test")]

#[macro_use(apply)]
extern crate macro_rules_attribute;

#[macro_use]
mod trials;

mod harness;

mod account;
mod activity;
mod chaos;
mod customers;
mod database;
mod declarations;
mod graphql;
mod house;
mod http;
mod import;
mod invoicing;
mod limits;
mod live;
mod operations;
mod readme;
mod spending;
mod wallets;

fn main() -> std::process::ExitCode {
    trials::run()
}
