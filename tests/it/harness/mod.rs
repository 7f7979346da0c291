//! The language that the tests are written in.
//!
//! `TestApp::on(database)` is a fresh app on a fresh database; `app.user("amina")` registers somebody, who then speaks
//! GraphQL through the router, as any client would.

mod actions;
mod app;
mod client;
mod dump;
mod faults;
mod ids;
mod introspection;
mod journal;
pub mod postgres;
mod scratch;
mod server;
mod user;

pub use self::{
    actions::{Imported, Load, changes, entry_of, file_of, full_book, id_of, messages, named, told, transactions},
    app::{ALL_PAGES, Database, SECRET, Storage, TestApp, any_price, fresh, large_documents},
    client::{Answer, Client},
    dump::dump,
    faults::{Blocker, Loss, Proxy, SmallDisk},
    ids::{id_with, new_id, suffix, uuid_at},
    introspection::{Driver, INTROSPECTION, Position, Root, inputs, kind, quick, somebody, things, written},
    postgres::{Authority, OwnPostgres},
    server::{Server, program},
    user::{PASSWORD, User, errors, login, refresh, register},
};
