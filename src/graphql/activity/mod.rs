//! What was done in the book.

pub(super) mod event;
pub(super) mod list;
