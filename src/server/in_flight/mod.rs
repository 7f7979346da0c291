//! What the server holds in memory for the requests that are under way: the bodies that arrive, and the answers that are sent.
//!
//! There is a limit on their number and their bytes, in all and for each user or address. Nobody waits when a limit is reached.
//! Instead, the oldest body that has not arrived in full, or answer that was not taken, is given up: of the same user or address,
//! or of the one that holds most. A client that sends its body at once, and takes its answer, is not affected by those that do not.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
    mem,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    http::StatusCode,
};
use http_body_util::BodyExt;
use hyper::body::{Frame, SizeHint};
use tokio::{
    sync::Notify,
    time::{Instant, timeout_at},
};

use super::principal::Principal;
use crate::app::BodyLimits;

/// How many bytes of an answer are given to the connection at a time.
const PORTION: usize = 64 * 1024;

/// How many bytes a second a client that is logged in must send at least, after the time that each body has.
const SLOWEST: u32 = 8 * 1024;
/// How long to read a body that is not needed.
const DISCARD: Duration = Duration::from_secs(2);

/// Why a body was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// It is larger than a body may be.
    TooLarge,
    /// It did not arrive in time, or others needed its place.
    TooSlow,
    /// The client has too many requests under way.
    TooMany,
    /// The client has gone, or what it sent is not HTTP.
    Broken,
}

impl Unread {
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::TooMany => StatusCode::SERVICE_UNAVAILABLE,
            Self::Broken => StatusCode::BAD_REQUEST,
        }
    }
}

/// The requests that are under way. Clones share them.
#[derive(Clone, Debug)]
pub(super) struct InFlight {
    limits: BodyLimits,
    requests: Arc<Mutex<Requests>>,
}

#[derive(Debug, Default)]
struct Requests {
    latest: u64,
    bytes: usize,
    /// In the order of arrival.
    held: BTreeMap<u64, OfRequest>,
    per_principal: HashMap<Principal, Total>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Total {
    bytes: usize,
    requests: usize,
}

#[derive(Debug)]
struct OfRequest {
    principal: Principal,
    bytes: usize,
    phase: Phase,
    /// What is not sent yet of the answer.
    answer: Bytes,
    given_up: Arc<Notify>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The body arrives, or the answer is sent: the client decides how long this takes.
    Waits,
    /// The request is executed.
    Runs,
}

/// One request under way. Dropping it releases its part of the limits.
#[derive(Debug)]
pub(super) struct Held {
    in_flight: InFlight,
    id: u64,
    given_up: Arc<Notify>,
}

impl InFlight {
    pub(super) fn new(limits: BodyLimits) -> Self {
        Self { limits, requests: Arc::default() }
    }

    /// Reads the body of a request.
    pub(super) async fn read(&self, principal: Principal, body: &mut Body) -> Result<(Bytes, Held), Unread> {
        let mut held = self.hold(principal).ok_or(Unread::TooMany)?;
        if body.size_hint().lower() > self.limits.largest as u64 {
            return Err(Unread::TooLarge);
        }
        let given_up = held.given_up.clone();
        let bytes = tokio::select! {
            biased;
            () = given_up.notified() => return Err(Unread::TooSlow),
            bytes = held.collect(principal, body) => bytes?,
        };
        held.set(Phase::Runs);
        Ok((bytes, held))
    }

    /// Reads the rest of a body that is not needed, within limits, and keeps nothing of it. Many clients look at the answer only
    /// after they have sent all of the body, and lose it when the server stops reading before.
    pub(super) async fn discard(&self, principal: Principal, mut body: Body) {
        let Some(held) = self.hold(principal) else { return };
        let rest = async {
            let mut left = self.limits.largest;
            while let Some(Ok(frame)) = body.frame().await {
                let Some(still) = left.checked_sub(frame.data_ref().map_or(0, Bytes::len)) else { return };
                left = still;
            }
        };
        tokio::select! {
            _ = tokio::time::timeout(DISCARD.min(self.limits.time), rest) => {}
            () = held.given_up.notified() => {}
        }
    }

    /// Counts one more request, or one more answer that waits. `None` when the client has too many.
    pub(super) fn hold(&self, principal: Principal) -> Option<Held> {
        let mut requests = self.lock();
        let of_principal = requests.per_principal.get(&principal).copied().unwrap_or_default();
        if of_principal.requests >= self.limits.at_once_per_user {
            requests.give_up_one(Some(principal), None)?;
        } else if requests.held.len() >= self.limits.at_once {
            requests.give_up_one(None, None)?;
        }
        requests.latest += 1;
        let id = requests.latest;
        let given_up = Arc::new(Notify::new());
        let request =
            OfRequest { principal, bytes: 0, phase: Phase::Waits, answer: Bytes::new(), given_up: given_up.clone() };
        requests.held.insert(id, request);
        requests.per_principal.entry(principal).or_default().requests += 1;
        Some(Held { in_flight: self.clone(), id, given_up })
    }

    fn lock(&self) -> MutexGuard<'_, Requests> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Requests {
    /// Gives up the oldest request that waits for its client: of this principal, or of the one that holds most. It looks at all
    /// requests, which happens only when a limit is reached.
    fn give_up_one(&mut self, of: Option<Principal>, but: Option<u64>) -> Option<()> {
        let waiting = self.held.iter().filter(|(id, request)| request.phase == Phase::Waits && Some(**id) != but);
        let waiting = waiting.filter(|(_, request)| of.is_none_or(|of| request.principal == of));
        let total = |request: &OfRequest| self.per_principal.get(&request.principal).copied();
        let (_, id) = waiting.map(|(id, request)| (Reverse(total(request)), *id)).min()?;
        self.remove(id)?.given_up.notify_one();
        Some(())
    }

    fn remove(&mut self, id: u64) -> Option<OfRequest> {
        let request = self.held.remove(&id)?;
        self.bytes -= request.bytes;
        if let Some(total) = self.per_principal.get_mut(&request.principal) {
            total.bytes -= request.bytes;
            total.requests -= 1;
            if total.requests == 0 {
                self.per_principal.remove(&request.principal);
            }
        }
        Some(request)
    }

    /// Adds to the bytes of a request. Returns what its principal then holds.
    fn add(&mut self, id: u64, bytes: usize) -> Option<(Principal, Total)> {
        let request = self.held.get_mut(&id)?;
        request.bytes += bytes;
        self.bytes += bytes;
        let principal = request.principal;
        let total = self.per_principal.get_mut(&principal)?;
        total.bytes += bytes;
        Some((principal, *total))
    }
}

impl Held {
    async fn collect(&mut self, principal: Principal, body: &mut Body) -> Result<Bytes, Unread> {
        let limits = self.in_flight.limits;
        let mut deadline = Instant::now() + limits.time;
        let mut first = Bytes::new();
        let mut all = Vec::new();
        loop {
            let frame = timeout_at(deadline, body.frame()).await.map_err(|_| Unread::TooSlow)?;
            let Some(frame) = frame else { break };
            let Ok(data) = frame.map_err(|_| Unread::Broken)?.into_data() else { continue };
            if first.len().max(all.len()) + data.len() > limits.largest {
                return Err(Unread::TooLarge);
            }
            self.grow(data.len());
            // Somebody who is logged in may import a file over a slow line.
            if matches!(principal, Principal::User(_)) {
                deadline += Duration::from_secs(data.len() as u64) / SLOWEST;
            }
            if first.is_empty() {
                // Most bodies arrive at once, and need not be copied.
                first = data;
            } else {
                if all.is_empty() {
                    all.extend_from_slice(&first);
                }
                all.extend_from_slice(&data);
            }
        }
        Ok(if all.is_empty() { first } else { all.into() })
    }

    /// Counts more bytes for this request. If that is too much, others are given up, of the same principal first.
    fn grow(&self, bytes: usize) {
        let limits = &self.in_flight.limits;
        let mut requests = self.in_flight.lock();
        let Some((principal, mut total)) = requests.add(self.id, bytes) else { return };
        while total.bytes > limits.bytes_per_user && requests.give_up_one(Some(principal), Some(self.id)).is_some() {
            total = requests.per_principal.get(&principal).copied().unwrap_or_default();
        }
        while requests.bytes > limits.bytes && requests.give_up_one(None, Some(self.id)).is_some() {}
    }

    fn set(&self, phase: Phase) {
        if let Some(request) = self.in_flight.lock().held.get_mut(&self.id) {
            request.phase = phase;
        }
    }

    /// The body of an answer. It is given to the connection in portions, and counted until all of it is.
    pub(super) fn answer(self, bytes: Bytes) -> Body {
        let left = bytes.len();
        self.keep(bytes);
        Body::new(Answer { held: self, left })
    }

    /// Keeps an answer that waits for its client.
    pub(super) fn keep(&self, bytes: Bytes) {
        let size = bytes.len();
        if let Some(request) = self.in_flight.lock().held.get_mut(&self.id) {
            request.phase = Phase::Waits;
            request.answer = bytes;
        }
        self.grow(size);
    }

    /// The answer that was kept. `None` when others needed its place.
    pub(super) fn take(self) -> Option<Bytes> {
        self.in_flight.lock().held.get_mut(&self.id).map(|request| mem::take(&mut request.answer))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.in_flight.lock().remove(self.id);
    }
}

struct Answer {
    held: Held,
    left: usize,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let portion = self.left.min(PORTION);
        let Some(bytes) = self.held.in_flight.lock().held.get_mut(&self.held.id).map(|of| of.answer.split_to(portion))
        else {
            return Poll::Ready(Some(Err("the client did not take the answer, and others needed its place")));
        };
        self.left -= portion;
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left as u64)
    }
}

#[cfg(test)]
mod tests;
