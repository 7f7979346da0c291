//! Who you are: users, sessions, tokens and passwords.
//!
//! Knows nothing of money but that a new user gets a book and a wallet ([`register`]).

mod client;
mod password;
mod phone;
mod registration;
mod session;
mod token;
mod user;
mod viewer;

pub use self::{
    client::Client,
    password::Passwords,
    phone::normalize as normalize_phone,
    registration::{Registration, register},
    session::{Grant, impersonate, login, logout, refresh},
    token::TokenKey,
    user::{display_names, find as find_user, key as username_key, members},
    viewer::{Unauthenticated, Viewer, authenticate},
};
