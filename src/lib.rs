//! Daybook: one GraphQL API server for the money of a small shop or a household.
//!
//! This is `ARCHITECTURE.md` in short. The folders are floors, and each imports only from those below it; a test checks
//! this.
//!
//! | floors, from the top down | hold |
//! |---|---|
//! | [`command`], [`config`] | the commands besides serving; the settings |
//! | [`server`], [`graphql`], [`picture`] | HTTP; the schema; the picture of a report |
//! | [`account`], [`bookkeeping`], [`identity`], [`activity`] | the rules: functions that take a [`viewer::Viewer`] |
//! | [`changes`] | what was changed, for those who follow a book |
//! | [`credentials`], [`entity`], [`db`], [`calendar`] | passwords, tokens; table rows; the database; days, months |
//!
//! What always holds:
//! - Only [`bookkeeping::journal`] writes accounts, entries, postings and turnovers. Entries and postings never change.
//! - Each query starts from the viewer's book: a row of another book is not found.
//! - A refusal is the user's business and found before anything is written. A fault is logged once and never shown
//!   ([`error`]).
//! - [`db::Db::write`] opens the write transaction; its work may run several times.
//! - Work on the database that has begun is finished or rolled back, even when the client has gone.
//! - Inputs of mutations with an idempotency key are compared by the hash of their JSON, for ever.

// The roots of the schema are merged of one object for each noun, one within the other, and so are the types of their futures.
#![recursion_limit = "256"]

pub mod account;
pub mod activity;
pub mod app;
pub mod bookkeeping;
pub mod calendar;
mod cancel;
pub mod changes;
pub mod client;
pub mod clock;
pub mod command;
pub mod config;
pub mod credentials;
pub mod db;
pub mod documents;
pub mod entity;
pub mod error;
pub mod graphql;
pub mod id;
pub mod identity;
pub mod list;
pub mod moment;
pub mod money;
mod nouns;
pub mod page;
pub mod picture;
mod price;
pub mod server;
pub mod telemetry;
pub mod text;
pub mod together;
mod turns;
pub mod viewer;
