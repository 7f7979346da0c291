//! Identity: users, sessions, tokens and passwords.
//!
//! Its operations take the [`crate::viewer::Viewer`] (or the [`crate::client::Client`], before login) and check everything themselves; the `graphql` layer
//! only calls them. It knows nothing about money. Registration and the end of an account, which concern the book too, are in
//! [`crate::account`].

mod authenticate;
pub mod counter;
mod daily_limit;
mod familiar;
pub(crate) mod names;
mod phone;
pub(crate) mod profile;
mod refresh_repeat;
pub(crate) mod session;
pub(crate) mod session_list;
mod sessions;
pub(crate) mod throttle;
pub(crate) mod user;

pub use self::{
    authenticate::{Unauthenticated, authenticate, check_session, check_session_later, verify},
    counter::Window,
    daily_limit::DailyLimit,
    phone::normalize as normalize_phone,
    profile::{ProfileChange, update as update_profile},
    session::{Grant, impersonate, login, logout, refresh},
    session_list::{find_many as find_sessions, list as list_sessions, revoke as revoke_session},
    sessions::Sessions,
    user::{display_names, find as find_user, key as username_key, members, owner},
};
