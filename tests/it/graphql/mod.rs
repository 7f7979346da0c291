//! Rules that hold for every query and mutation of the schema.

mod absent;
mod client_ids;
mod connections;
mod documents;
mod foreign;
mod fuzz;
mod idempotency;
mod idempotency_at_once;
mod loaders;
mod nullability;
mod payloads;
mod request_hashes;
mod scalars;
mod schema;
mod tenancy;
mod user_errors;
