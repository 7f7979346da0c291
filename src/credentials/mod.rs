//! Passwords and tokens as values: hashing, strength and signing. Reads and writes no table.

mod cursor;
mod fair_queue;
mod password;
mod password_strength;
pub(crate) mod token;

pub(crate) use self::fair_queue::Claim;
pub use self::fair_queue::QueueLimits;
pub use self::{
    password::{HashCost, Passwords},
    token::{Cursors, Secret, TokenKeys},
};
