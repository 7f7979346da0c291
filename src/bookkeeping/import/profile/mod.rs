//! Profiles: what a bank's CSV file looks like, and the reading of a file by one. Pure apart from reading the file.
//!
//! | step | where | what it does |
//! |---|---|---|
//! | decode | `decode` | converts the file's encoding to UTF-8 while it is read |
//! | split | `record` | splits the text into records and cells |
//! | lay out | `layout` | finds the header and the positions of the columns |
//! | parse | `notation` | parses numbers, dates and flags in the notations of banks |
//! | read | `lines`, `reading`, `row` | makes transactions of records, joins continued descriptions, skips what is no transaction |
//! | check | `running`, `ends` | checks the running balance, and the opening and closing balance |
//!
//! A [`Profile`] is stored as JSON with a version. Unknown fields are refused, so that a profile of a later version is not
//! misread. [`look`](super::look) makes a profile from a file; every field of it can be changed by hand.
//!
//! Memory: one record, and up to [`MOST_HELD`] records of which only the records after them tell what they are.
//!
//! Rules: nothing is guessed while a file is read. A cell that can be read in two ways is refused unless the profile says
//! which way is meant. No record is left out without an [`Item::Skipped`] that says why.

mod check;
mod column;
mod decode;
mod ends;
pub mod layout;
mod lines;
mod model;
pub mod notation;
mod reading;
pub mod record;
mod row;
mod running;

pub use self::{
    column::Column,
    lines::{Lines, MOST_HELD},
    model::{BalanceKind, Columns, Order, Profile, Rows, Sign, SkipRule, TextMatch, VERSION},
    notation::{date::DateOrder, number::DecimalSign},
    row::{Item, Problem, Transaction},
    running::Statement,
};
