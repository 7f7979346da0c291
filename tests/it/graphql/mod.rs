//! Rules that hold for every query and mutation of the schema.

mod absent;
mod connections;
mod documents;
mod foreign;
mod fuzz;
mod idempotency;
mod idempotency_at_once;
mod loaders;
mod nullability;
mod request_hashes;
mod schema;
mod tenancy;
