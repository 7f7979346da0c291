//! The language that the tests are written in.
//!
//! `TestApp::on(database)` is a fresh app on a fresh database; `app.user("amina")` registers somebody, who then speaks
//! GraphQL through the router, as any client would. Where there is no PostgreSQL, tests on it pass without doing
//! anything, unless `TEST_POSTGRES=required`.

mod activity;
mod app;
mod blocker;
mod client;
mod driver;
mod dump;
mod files;
mod full_book;
mod inputs;
mod journal;
mod ledger;
mod load;
mod postgres;
mod proxy;
mod server;
mod spending;
mod tamper;
mod user;

pub use self::{
    activity::{changes, told},
    app::{Database, SECRET, Storage, TestApp, fresh},
    blocker::Blocker,
    client::{Answer, Client},
    driver::{Driver, Position, Root, written},
    dump::dump,
    files::{file_of, transactions},
    full_book::full_book,
    inputs::{inputs, quick, somebody},
    ledger::{id_of, messages},
    load::Load,
    proxy::{Loss, Proxy},
    server::{Server, program},
    user::{PASSWORD, User, errors, login, refresh, register},
};
