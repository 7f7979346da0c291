//! How many connections the system's limit of open files allows.

use crate::{app::ConnectionLimits, db::PoolSize};

/// How many open files the server needs for other things than connections and the database: the log, imports, downloads.
const OTHERS: usize = 128;
/// How many files each database connection needs: SQLite opens the database, its log and the index of the log.
const PER_DATABASE_CONNECTION: usize = 3;
/// The fewest connections that are of any use.
const FEWEST: usize = 16;

/// Raises the limit of open files as far as the system allows, and lowers the limit of connections to what fits into it.
#[must_use]
pub fn within_open_files(limits: ConnectionLimits, pool: PoolSize) -> ConnectionLimits {
    let Some(files) = most_open_files() else { return limits };
    let database = usize::try_from(pool.most).unwrap_or(usize::MAX).saturating_add(1);
    let others = OTHERS.saturating_add(database.saturating_mul(PER_DATABASE_CONNECTION));
    let in_all = limits.in_all.min(files.saturating_sub(others).max(FEWEST));
    if in_all < limits.in_all {
        tracing::warn!(
            in_all,
            wanted = limits.in_all,
            files,
            "fewer connections than set, because of the limit of open files"
        );
    }
    ConnectionLimits { in_all, ..limits }
}

#[cfg(target_os = "linux")]
fn most_open_files() -> Option<usize> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let raised = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).is_ok();
    let files = if raised { maximum } else { current };
    files.map(|files| usize::try_from(files).unwrap_or(usize::MAX))
}

#[cfg(not(target_os = "linux"))]
fn most_open_files() -> Option<usize> {
    None
}
