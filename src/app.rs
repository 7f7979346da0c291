//! What every operation needs: the database, the time, and the ways to check who somebody is.

use std::sync::Arc;

use ipnet::IpNet;

use crate::{
    clock::Clock,
    db::Db,
    identity::{Noting, Passwords, TokenKeys},
    money::Currency,
};

/// The parts that operations share.
#[derive(Clone, Debug)]
pub struct App {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Hashes and checks passwords.
    pub passwords: Passwords,
    /// Signs and checks access tokens.
    pub token_keys: TokenKeys,
    /// The sessions whose use is being written down.
    pub noting: Noting,
    /// What is meant where a user says nothing.
    pub defaults: Defaults,
    /// How much of something anybody may do.
    pub limits: Limits,
    /// The proxies that are believed where a request comes from.
    pub trusted_proxies: Arc<[IpNet]>,
}

/// What is meant where a user says nothing.
#[derive(Clone, Copy, Debug)]
pub struct Defaults {
    /// The currency of a new book.
    pub currency: Currency,
    /// The region of a phone number without a country code; none accepts only numbers with one.
    pub phone_region: Option<phonenumber::country::Id>,
}

/// How much of something anybody may do, so that nobody can do it to the harm of others. Zero is without limit.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How many failed logins under one name are free; the next ones make the ones after them wait.
    pub login_failures_per_identifier: u32,
    /// The same from one address, under whatever names.
    pub login_failures_per_address: u32,
    /// How many users may register from one address in a day.
    pub registrations_per_address: u32,
    /// What the requests of one user, or of one address where nobody is logged in, may cost in a minute.
    pub request_cost_per_minute: u32,
}
