//! Work that is done for many callers at once.

mod queue;

pub(crate) use self::queue::Together;
