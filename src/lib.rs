//! Daybook: one GraphQL API server for the money of a small shop or a household.
//!
//! The code has three layers, and a module imports only from layers below its own: [`server`] is HTTP, [`graphql`] is the
//! schema, [`bookkeeping`], [`identity`] and [`activity`] hold the rules, and [`entity`] describes the database tables.

pub mod account;
pub mod activity;
pub mod app;
pub mod bookkeeping;
pub mod calendar;
mod cancel;
pub mod client;
pub mod clock;
pub mod command;
pub mod config;
pub mod credentials;
pub mod db;
mod db_error;
pub mod entity;
pub mod error;
pub mod graphql;
pub mod id;
pub mod identity;
mod keyset;
pub mod money;
mod nouns;
pub mod page;
pub mod picture;
pub mod server;
pub mod telemetry;
pub mod text;
pub mod viewer;
