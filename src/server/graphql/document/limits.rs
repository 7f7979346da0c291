//! Refuses documents that exceed a limit.

use super::super::refused::{Refused, countable};

/// Refuses a request when `actual` is more than `most`. `limit` is the name of the limit, and `what` says what is limited.
pub(super) fn at_most(most: usize, actual: usize, limit: &str, what: &str) -> Result<(), Refused> {
    if actual <= most {
        return Ok(());
    }
    let actual = countable(actual);
    Err(Refused::too_complex(limit, most, actual, format!("{what}: {actual}, and at most {most} are allowed.")))
}
