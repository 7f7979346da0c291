//! The language that the tests are written in.
//!
//! `TestApp::on(database)` is a fresh app on a fresh database; `app.user("amina")` registers somebody, who then speaks
//! GraphQL through the router, as any client would. Where there is no PostgreSQL, tests on it pass without doing
//! anything, unless `TEST_POSTGRES=required`.

mod activity;
mod app;
mod client;
mod driver;
mod dump;
mod files;
mod full_book;
mod journal;
mod ledger;
mod postgres;
mod server;
mod spending;
mod tamper;
mod user;

pub use self::{
    activity::{changes, told},
    app::{Database, SECRET, Storage, TestApp, fresh},
    client::{Answer, Client},
    driver::{Driver, Position, Root},
    dump::dump,
    files::{file_of, transactions},
    full_book::full_book,
    ledger::{id_of, messages},
    server::{Server, program},
    user::{PASSWORD, User, errors, login, refresh, register},
};
