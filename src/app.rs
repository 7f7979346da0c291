//! [`App`]: the handles and settings that every operation receives.
//!
//! Built once at start-up by `main.rs` (and by the test harness) and cheap to clone. It holds no business rules.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use ipnet::IpNet;

use crate::{
    clock::Clock,
    credentials::{Passwords, TokenKeys},
    db::Db,
    id::{Id, kind},
    money::Currency,
};

/// The handles and settings that operations share.
#[derive(Clone, Debug)]
pub struct App {
    /// The database.
    pub db: Db,
    /// The source of the current time.
    pub clock: Clock,
    /// Hashes and checks passwords.
    pub passwords: Passwords,
    /// Signs and checks access tokens.
    pub token_keys: TokenKeys,
    /// Remembers which sessions have a pending write of their last-used time.
    pub last_used: LastUsedTracker,
    /// The values used where a user leaves an optional input out.
    pub defaults: Defaults,
    /// The limits against abuse.
    pub limits: Limits,
    /// The proxies whose `X-Forwarded-For` header is trusted. With any other peer, the client address is the peer's address.
    pub trusted_proxies: Arc<[IpNet]>,
}

/// The values used where a user leaves an optional input out.
#[derive(Clone, Copy, Debug)]
pub struct Defaults {
    /// The currency of a new book.
    pub currency: Currency,
    /// The region used to read a phone number without a country code. `None`: such numbers are refused.
    pub phone_region: Option<phonenumber::country::Id>,
}

/// Limits that keep one user or one address from harming the others. Zero means no limit.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How many failed logins under one identifier have no consequence. Each further failure adds a waiting time.
    pub login_failures_per_identifier: u32,
    /// How many failed logins from one address, under any identifiers, have no consequence.
    pub login_failures_per_address: u32,
    /// How many users may register from one address in a day.
    pub registrations_per_address: u32,
    /// How many points the requests of one user (or of one address, for unauthenticated requests) may cost in a minute.
    pub request_cost_per_minute: u32,
    /// Limits of downloads.
    pub downloads: DownloadLimits,
}

/// Limits of downloads.
#[derive(Clone, Copy, Debug)]
pub struct DownloadLimits {
    /// How many files are sent at once.
    pub at_once: usize,
    /// How many files are sent at once to one user. Others wait.
    pub at_once_per_user: usize,
    /// How long a download may take.
    pub time: Duration,
}

impl Default for DownloadLimits {
    fn default() -> Self {
        Self { at_once: 16, at_once_per_user: 2, time: Duration::from_mins(10) }
    }
}

/// The sessions whose last use this server is currently writing. Parallel requests of a session cause only one write.
#[derive(Clone, Debug, Default)]
pub struct LastUsedTracker(Arc<Mutex<HashSet<Id<kind::Session>>>>);

impl LastUsedTracker {
    pub(crate) fn sessions(&self) -> MutexGuard<'_, HashSet<Id<kind::Session>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
