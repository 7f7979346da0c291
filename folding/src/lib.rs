//! How texts are compared and searched: pure functions that the program uses when it writes a row, and migrations when they compute
//! the keys of rows that exist.
//!
//! | function | what it makes of a text | used for |
//! |---|---|---|
//! | [`invisible::clean`] | without the characters that one cannot see and nothing needs | all texts that users send |
//! | [`name_key`] | ignores case and the two ways of writing an accent | names that must be unique, names that an input gives |
//! | [`search_key`] | ignores accents, letter forms, width and case, too | search |
//! | [`digits::ascii`] | with ASCII digits | numbers, dates, phone numbers |
//!
//! The keys are stored. A change of what [`name_key`] or [`search_key`] returns needs a migration that computes them anew, also when
//! it comes with another version of Unicode for letters that were known before.

pub mod digits;
pub mod invisible;
mod letters;
mod name;
mod search;

pub use name::name_key;
pub use search::{search_key, search_text};

use icu_casemap::CaseMapper;

/// Full case folding, the one that does not depend on a language: `ß` becomes `ss`, `Σ` and `ς` become `σ`.
fn fold_case(text: &str) -> String {
    CaseMapper::new().fold_string(text).into_owned()
}

/// Without blanks at the ends, and with one space in place of several blanks.
fn collapse_blanks(text: &str) -> String {
    let mut words = text.split_whitespace();
    let mut collapsed = String::with_capacity(text.len());
    collapsed.extend(words.next());
    for word in words {
        collapsed.push(' ');
        collapsed.push_str(word);
    }
    collapsed
}
