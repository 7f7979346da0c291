//! Identity: users, sessions, tokens and passwords.
//!
//! Its operations take the [`Viewer`] (or the [`Client`], before login) and check everything themselves; the `graphql` layer
//! only calls them. It knows nothing about money, with two exceptions: a new user gets a book and a wallet ([`register`]), and
//! both are closed together with the account ([`delete_account`]).

mod client;
mod guesses;
mod names;
mod own_password;
mod password;
mod phone;
mod profile;
mod registration;
mod session;
mod sessions;
mod strength;
mod tally;
mod token;
mod user;
mod viewer;

pub use self::{
    client::Client,
    own_password::{PasswordChange, change_password, delete_account},
    password::{HashCost, Passwords},
    phone::normalize as normalize_phone,
    profile::{ProfileChange, update as update_profile},
    registration::{Registration, register},
    session::{Grant, impersonate, login, logout, refresh},
    sessions::{Noting, list as list_sessions, revoke as revoke_session},
    tally::Window,
    token::{Secret, TokenKeys},
    user::{display_names, find as find_user, key as username_key, members},
    viewer::{Unauthenticated, Viewer, authenticate},
};
