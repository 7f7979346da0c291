//! Users and their sessions.

pub(super) mod session;
pub(super) mod user;
