//! Reads account statements in SWIFT's MT940. Written here: the crate `mt940` is strict, and refuses the characters, the lengths and the
//! details of most banks.
//!
//! A message is a list of fields `:61:...`. A field goes on in the lines after it. Lines outside of a message (headers of banks, the
//! blocks `{1:...}` of SWIFT) are not read.

mod details;
mod entry;
mod field;
mod message;

pub(super) use self::{field::tag, message::Mt940};
