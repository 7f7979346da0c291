//! Rate limiting: the costs of requests in points, and how many points a principal may spend per minute.
//!
//! - Windows are whole minutes of the clock, so all servers use the same ones.
//! - The points spent are counted in the database, shared by all servers, but not with each request: a server leases a
//!   hundredth of the limit at a time and spends it from memory.
//! - So limits up to a few hundred points are exact. A higher limit costs one statement for each hundredth of it that is spent.
//! - Points that were leased but not spent are unavailable to other servers until the minute ends: at most a hundredth of the
//!   limit per server.
//! - On SQLite there is only one server, so the count is kept in memory only.
//!
//! The response headers are those of draft-ietf-httpapi-ratelimit-headers-10.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header::RETRY_AFTER},
    response::Response,
};
use chrono::{DateTime, Utc};
use sea_orm::DbBackend;

use super::principal::Principal;
use crate::{app::App, client::Client, clock::seconds_of, error::Result, identity::Window, viewer::Viewer};

/// The error code of a request that exceeds the limit.
pub(super) const RATE_LIMITED: &str = "RATE_LIMITED";
/// The message of that error.
pub(super) const TOO_MANY: &str =
    "There were too many requests, or they cost too much. Try again when `Retry-After` says.";

/// The cost of each request, in points.
pub(super) const REQUEST: u32 = 1;
/// The additional cost of each field of a mutation.
pub(super) const MUTATION: u32 = 1;
/// The additional cost of a mutation field that is expensive or easy to abuse, instead of [`MUTATION`].
pub(super) const COSTLY: u32 = 100;
/// The cost of a download.
pub(super) const DOWNLOAD: u32 = 100;
/// The cost of an upload, and of each mebibyte of it.
pub(super) const UPLOAD: u32 = 100;
/// The cost of a picture.
pub(super) const PICTURE: u32 = 10;

/// The length of a window in seconds.
const MINUTE: i64 = 60;

/// The header with the limit.
pub(super) const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
/// The header with the remaining points.
pub(super) const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// The additional cost of an operation that may return this many rows.
pub(super) fn of(rows: u64) -> u32 {
    u32::try_from(rows / 100).unwrap_or(u32::MAX)
}

/// The principal has too few points left.
#[derive(Clone, Copy, Debug)]
pub(super) struct Exceeded;

/// Counts the points that principals spend.
#[derive(Clone, Debug)]
pub(super) struct Rates {
    app: App,
    minute: Arc<Mutex<Minute>>,
}

/// The spending in the current minute, as known to this server. Dropped when the minute ends, so it cannot grow without limit.
#[derive(Debug, Default)]
struct Minute {
    end: DateTime<Utc>,
    buckets: HashMap<Principal, Bucket>,
}

/// The points that a principal has left.
#[derive(Clone, Debug)]
struct Bucket {
    /// Points that this server has leased and not spent.
    leased: u32,
    /// Points that no server has leased yet, as far as this server knows.
    free: u32,
    /// Held while points are leased. Requests that come meanwhile wait, instead of leasing more than they can spend.
    leasing: Arc<tokio::sync::Mutex<()>>,
}

/// The result of a charge, as reported in the response headers.
#[derive(Clone, Copy, Debug)]
struct RateStatus {
    left: u32,
    /// The number of seconds until the minute ends.
    reset: i64,
}

/// Charges one request, and reports the remaining points to its client.
#[derive(Debug)]
pub(super) struct Meter<'a> {
    rates: &'a Rates,
    client: &'a Client,
    charged: u32,
    status: Option<RateStatus>,
}

impl Rates {
    pub(super) fn new(app: App) -> Self {
        Self { app, minute: Arc::default() }
    }

    pub(super) fn meter<'a>(&'a self, client: &'a Client) -> Meter<'a> {
        Meter { rates: self, client, charged: 0, status: None }
    }

    fn limit(&self) -> u32 {
        self.app.limits.request_cost_per_minute
    }

    /// Deducts a cost from a principal's points. Returns whether the points sufficed, and how many are left.
    async fn spend(&self, principal: Principal, window: Window, cost: u32) -> Result<(Result<(), Exceeded>, u32)> {
        let leasing = {
            let mut minute = self.minute(window.end);
            let bucket = self.bucket(&mut minute, principal);
            if bucket.suffices(cost) {
                return Ok(bucket.spend(cost));
            }
            bucket.leasing.clone()
        };
        let _leasing = leasing.lock().await;
        let to_lease = {
            let mut minute = self.minute(window.end);
            let bucket = self.bucket(&mut minute, principal);
            if bucket.suffices(cost) {
                return Ok(bucket.spend(cost));
            }
            (self.limit() / 100).max(cost - bucket.leased)
        };
        let key = match principal {
            Principal::User(user) => format!("requests of {user}"),
            Principal::Network(network) => format!("requests from {network}"),
            // Never charged.
            Principal::Unknown => String::new(),
        };
        let window = &Window { key: self.app.token_keys.hash(&key)?, ..window };
        let db = self.app.db.for_lookups();
        let leased = db.write(|tx| async move { window.add(&tx, to_lease.into()).await }).await?;
        let leased = u32::try_from(leased).unwrap_or(u32::MAX);
        let too_much = leased.saturating_sub(self.limit());

        let mut minute = self.minute(window.end);
        if minute.end != window.end {
            // The minute ended while the lease was written, so the rest of the lease is worthless. The request itself came in
            // time.
            let mut rest = Bucket::with(cost.saturating_sub(too_much), 0);
            return Ok(rest.spend(cost));
        }
        let bucket = self.bucket(&mut minute, principal);
        bucket.leased += to_lease.saturating_sub(too_much);
        bucket.free = self.limit().saturating_sub(leased);
        Ok(bucket.spend(cost))
    }

    fn minute(&self, end: DateTime<Utc>) -> MutexGuard<'_, Minute> {
        let mut minute = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        if minute.end < end {
            *minute = Minute { end, buckets: HashMap::new() };
        }
        minute
    }

    fn bucket<'a>(&self, minute: &'a mut Minute, principal: Principal) -> &'a mut Bucket {
        let whole = self.limit();
        // A SQLite database has only one server, so that server leases the whole limit at once.
        let full = match self.app.db.backend() {
            DbBackend::Sqlite => Bucket::with(whole, 0),
            _ => Bucket::with(0, whole),
        };
        minute.buckets.entry(principal).or_insert(full)
    }
}

impl Bucket {
    fn with(leased: u32, free: u32) -> Self {
        Self { leased, free, leasing: Arc::default() }
    }

    /// Whether a cost can be paid, or refused, without leasing more.
    fn suffices(&self, cost: u32) -> bool {
        self.leased >= cost || self.free == 0
    }

    fn spend(&mut self, cost: u32) -> (Result<(), Exceeded>, u32) {
        let left = self.leased.checked_sub(cost);
        self.leased = left.unwrap_or(self.leased);
        (left.map(|_| ()).ok_or(Exceeded), self.leased.saturating_add(self.free))
    }
}

impl Meter<'_> {
    /// Charges the viewer or, without one, the client address; nobody when the address is unknown. A request that costs more
    /// than the limit for a minute costs exactly that limit, so that it can succeed at all.
    pub(super) async fn charge(&mut self, viewer: Option<&Viewer>, cost: u32) -> Result<Result<(), Exceeded>> {
        let limit = self.rates.limit();
        let principal = Principal::of(viewer, self.client);
        if limit == 0 || principal == Principal::Unknown {
            return Ok(Ok(()));
        }
        let now = self.rates.app.clock.now();
        let window = Window::around(now, MINUTE, String::new());
        let reset = seconds_of(window.end - now);
        let cost = cost.min(limit - self.charged);
        let (charged, left) = self.rates.spend(principal, window, cost).await?;
        self.charged += cost;
        self.status = Some(RateStatus { left, reset });
        Ok(charged)
    }

    /// Adds the headers that report the limit to the response of a request that was charged.
    pub(super) fn tell(&self, response: &mut Response) {
        let Some(RateStatus { left, reset }) = self.status else { return };
        let is_refused = response.status() == StatusCode::TOO_MANY_REQUESTS;
        let headers = response.headers_mut();
        let policy = format!("\"requests\";q={};w={MINUTE}", self.rates.limit());
        let limit = format!("\"requests\";r={left};t={reset}");
        for (name, value) in [(POLICY, policy), (LIMIT, limit)] {
            headers.extend(HeaderValue::try_from(value).ok().map(|value| (name, value)));
        }
        if is_refused {
            headers.insert(RETRY_AFTER, reset.into());
        }
    }
}
