//! Work that is done for many callers at once.
//!
//! | module | owns |
//! |---|---|
//! | `queue` | what many callers ask at once is answered together |
//! | `committed` | what was done so is told to those who listen |

mod committed;
mod queue;

pub use self::committed::Committed;
pub(crate) use self::queue::Together;
