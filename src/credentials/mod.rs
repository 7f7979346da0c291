//! Passwords and tokens as values: hashing, strength and signing. Reads and writes no table.

mod password;
mod password_strength;
pub(crate) mod token;

pub use self::{
    password::{HashCost, Passwords},
    token::{Secret, TokenKeys},
};
