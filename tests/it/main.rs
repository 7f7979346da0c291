//! Daybook's tests: requests through the router, on both databases.

#![expect(unreachable_pub, clippy::unwrap_used, clippy::expect_used, reason = "this is a test")]

mod harness;

mod endpoint;
mod history;
mod registration;
mod schema;
mod sessions;
