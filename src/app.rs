//! What every operation needs: the database, the time, and the ways to check who somebody is.

use crate::{
    clock::Clock,
    db::Db,
    identity::{Passwords, TokenKeys},
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
    /// What is meant where a user says nothing.
    pub defaults: Defaults,
}

/// What is meant where a user says nothing.
#[derive(Clone, Copy, Debug)]
pub struct Defaults {
    /// The currency of a new book.
    pub currency: Currency,
    /// The region of a phone number without a country code; none accepts only numbers with one.
    pub phone_region: Option<phonenumber::country::Id>,
}
