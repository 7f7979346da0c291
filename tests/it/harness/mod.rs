//! The language that the tests are written in.
//!
//! `TestApp::on(database)` is a fresh app on a fresh database; `app.user("amina")` registers somebody, who then speaks
//! GraphQL through the router, as any client would. Where there is no PostgreSQL, tests on it pass without doing
//! anything, unless `TEST_POSTGRES=required`.

mod activity;
mod app;
mod blocker;
mod certificates;
mod client;
mod driver;
mod dump;
mod files;
mod full_book;
mod inputs;
mod journal;
mod ledger;
mod load;
mod own_postgres;
mod postgres;
mod proxy;
mod server;
mod small_disk;
mod spending;
mod tamper;
mod user;

pub use self::{
    activity::{changes, told},
    app::{Database, SECRET, Storage, TestApp, fresh},
    blocker::Blocker,
    certificates::Authority,
    client::{Answer, Client},
    driver::{Driver, Position, Root, written},
    dump::dump,
    files::{file_of, transactions},
    full_book::full_book,
    inputs::{inputs, quick, somebody},
    ledger::{id_of, messages},
    load::Load,
    own_postgres::OwnPostgres,
    proxy::{Loss, Proxy},
    server::{Server, program},
    small_disk::SmallDisk,
    user::{PASSWORD, User, errors, login, refresh, register},
};
