//! Reads account statements in OFX: version 1 (SGML, in which most elements have no end tag), version 2 (XML), and QFX, which is OFX with a
//! few elements of Quicken. Written here: the crate `ofx-rs` is young, reads the whole file into memory, and refuses the mistakes that
//! banks make (wrong end tags, missing ids, commas in amounts); others are under the GPL or abandoned.

mod statement;
mod token;
mod transaction;

pub(super) use self::statement::{Ofx, question};
