//! Identity: users, sessions, tokens and passwords.
//!
//! Its operations take the [`Viewer`] (or the [`Client`], before login) and check everything themselves; the `graphql` layer
//! only calls them. It knows nothing about money, with two exceptions: a new user gets a book and a wallet ([`register`]), and
//! both are closed together with the account ([`delete_account`]).

mod authenticate;
pub mod counter;
pub(crate) mod names;
pub mod password;
mod password_strength;
mod phone;
pub(crate) mod profile;
pub(crate) mod session;
pub(crate) mod session_list;
pub(crate) mod throttle;
pub(crate) mod token;
pub(crate) mod user;

pub use self::{
    authenticate::{Unauthenticated, authenticate},
    counter::Window,
    password::{HashCost, Passwords},
    phone::normalize as normalize_phone,
    profile::{ProfileChange, update as update_profile},
    session::{Grant, impersonate, login, logout, refresh},
    session_list::{Noting, list as list_sessions, revoke as revoke_session},
    token::{Secret, TokenKeys},
    user::{display_names, find as find_user, key as username_key, members},
};
