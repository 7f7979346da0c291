//! What was changed in the book: as a list, and as subscriptions.

pub(super) mod change;
pub(super) mod list;
pub(super) mod subscription;
