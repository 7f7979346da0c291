//! What requests cost, and how much of that one principal may spend in a minute.
//!
//! The principal is the user who is logged in, or else the address. Windows are minutes of the clock, so that all servers have
//! the same. What is counted is shared through the database, but not with each request: a server leases a hundredth of
//! the limit at once, and spends that from memory. So a limit of some hundred or less is exact, and a higher one costs
//! a statement for each hundredth of it. What was leased and not spent is lost to other servers until the minute ends: at
//! most a hundredth for each of them. On SQLite there is one server, and memory does.
//!
//! The fields that tell clients of it are those of draft-ietf-httpapi-ratelimit-headers-10.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header::RETRY_AFTER},
    response::Response,
};
use chrono::{DateTime, Utc};
use sea_orm::DbBackend;

use crate::{
    app::App,
    client::Client,
    clock::seconds_of,
    error::Result,
    id::{Id, kind},
    identity::Window,
    viewer::Viewer,
};

/// The code of a request that is refused because there were too many.
pub(super) const RATE_LIMITED: &str = "RATE_LIMITED";
/// What such a request is told.
pub(super) const TOO_MANY: &str =
    "There were too many requests, or they cost too much. Try again when `Retry-After` says.";

/// What each request costs.
pub(super) const REQUEST: u32 = 1;
/// What each field of a mutation costs besides.
pub(super) const MUTATION: u32 = 1;
/// What one costs instead that is to be dear.
pub(super) const COSTLY: u32 = 100;
/// What a download costs.
pub(super) const DOWNLOAD: u32 = 100;
/// What a picture costs.
pub(super) const PICTURE: u32 = 10;

/// The length of a window, in seconds.
const MINUTE: i64 = 60;

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// What an operation costs besides, that may come to so many rows.
pub(super) fn of(rows: u64) -> u32 {
    u32::try_from(rows / 100).unwrap_or(u32::MAX)
}

/// There is nothing left to pay with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Exceeded;

/// Counts what requests cost.
#[derive(Clone, Debug)]
pub(super) struct Rates {
    app: App,
    minute: Arc<Mutex<Minute>>,
}

/// Who pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Principal {
    User(Id<kind::User>),
    Network(IpAddr),
}

/// What this server knows of a minute. Forgotten with it, so that it does not grow.
#[derive(Debug, Default)]
struct Minute {
    end: DateTime<Utc>,
    purses: HashMap<Principal, Purse>,
}

/// What a principal has left.
#[derive(Clone, Copy, Debug)]
struct Purse {
    /// What this server has leased of it and not spent.
    leased: u32,
    /// What no server has leased, as far as this one knows.
    free: u32,
}

/// What there is to tell of a charge.
#[derive(Clone, Copy, Debug)]
struct Standing {
    left: u32,
    /// When it is over, in seconds.
    reset: i64,
}

/// Charges one request, and tells its client what is left.
#[derive(Debug)]
pub(super) struct Meter<'a> {
    rates: &'a Rates,
    client: &'a Client,
    charged: u32,
    standing: Option<Standing>,
}

impl Rates {
    pub(super) fn new(app: App) -> Self {
        Self { app, minute: Arc::default() }
    }

    pub(super) fn meter<'a>(&'a self, client: &'a Client) -> Meter<'a> {
        Meter { rates: self, client, charged: 0, standing: None }
    }

    fn limit(&self) -> u32 {
        self.app.limits.request_cost_per_minute
    }

    /// Takes the cost from what the principal has. Tells whether that was enough, and what is left.
    async fn spend(&self, principal: Principal, window: Window, cost: u32) -> Result<(Result<(), Exceeded>, u32)> {
        let to_lease = {
            let mut minute = self.minute(window.end);
            let purse = self.purse(&mut minute, principal);
            if purse.leased >= cost || purse.free == 0 {
                return Ok(purse.spend(cost));
            }
            (self.limit() / 100).max(cost - purse.leased)
        };
        let key = match principal {
            Principal::User(user) => format!("requests of {user}"),
            Principal::Network(network) => format!("requests from {network}"),
        };
        let window = &Window { key: self.app.token_keys.hash(&key)?, ..window };
        let leased = self.app.db.write(|tx| async move { window.add(&tx, to_lease.into()).await }).await?;
        let leased = u32::try_from(leased).unwrap_or(u32::MAX);
        let too_much = leased.saturating_sub(self.limit());

        let mut minute = self.minute(window.end);
        if minute.end != window.end {
            // It is over by now, and what is left of it serves nobody; this request came in time.
            return Ok(Purse { leased: cost.saturating_sub(too_much), free: 0 }.spend(cost));
        }
        let purse = self.purse(&mut minute, principal);
        purse.leased += to_lease.saturating_sub(too_much);
        purse.free = self.limit().saturating_sub(leased);
        Ok(purse.spend(cost))
    }

    fn minute(&self, end: DateTime<Utc>) -> MutexGuard<'_, Minute> {
        let mut minute = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        if minute.end < end {
            *minute = Minute { end, purses: HashMap::new() };
        }
        minute
    }

    fn purse<'a>(&self, minute: &'a mut Minute, principal: Principal) -> &'a mut Purse {
        let whole = self.limit();
        // The one server of a SQLite database leases all at once.
        let full = match self.app.db.backend() {
            DbBackend::Sqlite => Purse { leased: whole, free: 0 },
            _ => Purse { leased: 0, free: whole },
        };
        minute.purses.entry(principal).or_insert(full)
    }
}

impl Purse {
    fn spend(&mut self, cost: u32) -> (Result<(), Exceeded>, u32) {
        let left = self.leased.checked_sub(cost);
        self.leased = left.unwrap_or(self.leased);
        (left.map(|_| ()).ok_or(Exceeded), self.leased.saturating_add(self.free))
    }
}

impl Meter<'_> {
    /// Charges the user who asks, or else the address; nobody when that is not known. A request that costs more than there
    /// is in a minute costs all of it.
    pub(super) async fn charge(&mut self, viewer: Option<&Viewer>, cost: u32) -> Result<Result<(), Exceeded>> {
        let limit = self.rates.limit();
        let principal =
            viewer.map(|viewer| Principal::User(viewer.user)).or(self.client.network().map(Principal::Network));
        let Some(principal) = principal.filter(|_| limit > 0) else { return Ok(Ok(())) };
        let now = self.rates.app.clock.now();
        let window = Window::around(now, MINUTE, String::new());
        let reset = seconds_of(window.end - now);
        let cost = cost.min(limit - self.charged);
        let (charged, left) = self.rates.spend(principal, window, cost).await?;
        self.charged += cost;
        self.standing = Some(Standing { left, reset });
        Ok(charged)
    }

    /// Tells the client, in the answer to a request that was charged.
    pub(super) fn tell(&self, response: &mut Response) {
        let Some(Standing { left, reset }) = self.standing else { return };
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
