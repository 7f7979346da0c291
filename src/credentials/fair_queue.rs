//! A queue for a few slots in which nobody can keep the others waiting, however many requests they send.
//!
//! | who | when it is their turn |
//! |---|---|
//! | known: logged in, or logged in from the same network before | before all strangers; but after three of the known, one stranger |
//! | several from one network | one after the other, so that each other network has its turn in between |
//! | several networks at one name | one after the other, so that other names have their turn in between |
//! | one more than there is room for | whoever would have their turn last is refused |
//!
//! This is not [`Turns`](crate::turns::Turns), which knows one kind of key: here a network, a name and whether somebody is known
//! decide together, and who has waited for least makes room.
//!
//! The order is that of start-time fair queueing: each newcomer gets the number of a round, and the lowest number is next. Nothing
//! is remembered about those who do not wait, so the memory is bounded.

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::oneshot;

use crate::error::{Code, Refusal, Result};

/// How many may wait for their passwords to be hashed, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct QueueLimits {
    /// How many strangers may wait, and as many of the known: a quarter of them from one network, and an eighth about one name.
    /// Further ones are refused.
    pub in_all: usize,
    /// How long somebody waits. After that nothing was done, and they can try again.
    pub wait: Duration,
}

impl Default for QueueLimits {
    fn default() -> Self {
        Self { in_all: 512, wait: Duration::from_secs(8) }
    }
}

/// How many of the known are served before a stranger has a turn.
const KNOWN_IN_A_ROW: u32 = 3;

/// On whose account somebody waits.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    /// Whether they are logged in, or have logged in under this name from this network before.
    pub(crate) is_known: bool,
    /// The network of the client. Those without one share their turns.
    pub(crate) network: Option<IpAddr>,
    /// What identifies the user whose password it is about.
    pub(crate) name: String,
}

/// A number of slots, and those who wait for one.
#[derive(Clone, Debug)]
pub(super) struct FairQueue {
    wait: Duration,
    slots: Arc<Mutex<Slots>>,
}

#[derive(Debug)]
struct Slots {
    /// How many slots nobody has. While somebody waits, there are none.
    free: usize,
    known: Line<oneshot::Sender<Place>>,
    strangers: Line<oneshot::Sender<Place>>,
    known_in_a_row: u32,
}

/// A slot. Dropping it passes it on.
#[derive(Debug)]
pub(crate) struct Place(FairQueue);

impl FairQueue {
    pub(super) fn new(slots: usize, QueueLimits { in_all, wait }: QueueLimits) -> Self {
        let (known, strangers) = (Line::new(in_all), Line::new(in_all));
        Self { wait, slots: Arc::new(Mutex::new(Slots { free: slots, known, strangers, known_in_a_row: 0 })) }
    }

    /// Waits for a slot.
    ///
    /// # Errors
    /// `TRY_AGAIN` when there is no room for more, or no longer, or when it takes too long.
    pub(super) async fn place(&self, claim: &Claim) -> Result<Place> {
        let Some(called) = self.join(claim) else { return Ok(Place(self.clone())) };
        let busy = || Refusal::new(Code::TryAgain, "", "Too many users are logging in at once. Try again.");
        let called = tokio::time::timeout(self.wait, called).await;
        Ok(called.ok().and_then(Result::ok).ok_or_else(busy)?)
    }

    /// Takes a free slot, or joins those who wait. Nothing is sent to those for whom there is no room.
    fn join(&self, claim: &Claim) -> Option<oneshot::Receiver<Place>> {
        let mut slots = self.slots();
        if slots.free > 0 {
            slots.free -= 1;
            return None;
        }
        let (call, called) = oneshot::channel();
        let line = if claim.is_known { &mut slots.known } else { &mut slots.strangers };
        // Those who do not wait any more take no room.
        line.waiting.retain(|other| !other.item.is_closed());
        let _refused = line.join(claim, call);
        Some(called)
    }

    fn slots(&self) -> MutexGuard<'_, Slots> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let next = self.0.slots().next();
        if let Some(call) = next {
            // If nobody receives the slot, it is dropped here, and so passed on to the one after.
            drop(call.send(Self(self.0.clone())));
        }
    }
}

impl Slots {
    /// Whose turn it is now. Without anybody, the slot is free.
    fn next(&mut self) -> Option<oneshot::Sender<Place>> {
        loop {
            let call = self.next_in_line()?;
            // Whoever left takes no slot.
            if !call.is_closed() {
                return Some(call);
            }
        }
    }

    fn next_in_line(&mut self) -> Option<oneshot::Sender<Place>> {
        let is_turn_of_known = self.known_in_a_row < KNOWN_IN_A_ROW || self.strangers.waiting.is_empty();
        if is_turn_of_known && let Some(call) = self.known.next() {
            self.known_in_a_row += 1;
            return Some(call);
        }
        self.known_in_a_row = 0;
        let call = self.strangers.next();
        if call.is_none() {
            self.free += 1;
        }
        call
    }
}

/// Those who wait, with the rounds in which it is their turn.
#[derive(Debug)]
struct Line<T> {
    /// How many may wait.
    in_all: usize,
    /// The round of the one who was served last.
    round: u64,
    /// In the order of their arrival.
    waiting: Vec<Waiting<T>>,
}

#[derive(Debug)]
struct Waiting<T> {
    round: u64,
    network: Option<IpAddr>,
    name: String,
    item: T,
}

impl<T> Line<T> {
    fn new(in_all: usize) -> Self {
        Self { in_all, round: 0, waiting: Vec::new() }
    }

    /// Adds somebody. Returns whoever is refused in return: nobody, another, or the newcomer.
    fn join(&mut self, claim: &Claim, item: T) -> Option<T> {
        let round = self.round_of(claim);
        let newcomer = Waiting { round, network: claim.network, name: claim.name.clone(), item };
        let of_network = |other: &Waiting<T>| other.network == claim.network;
        let of_name = |other: &Waiting<T>| other.name == claim.name;
        let refused = match () {
            () if self.count(of_network) >= self.in_all.div_ceil(4) => return Some(newcomer.item),
            () if self.count(of_name) >= self.in_all.div_ceil(8) => self.last(of_name),
            () if self.waiting.len() >= self.in_all => self.last(|_| true),
            () => None,
        };
        let refused = match refused {
            Some(at) if self.waiting[at].round <= round => return Some(newcomer.item),
            Some(at) => Some(self.waiting.remove(at).item),
            None => None,
        };
        self.waiting.push(newcomer);
        refused
    }

    /// The round of a newcomer: after the last one from the same network, and after one from each other network at this name.
    fn round_of(&self, claim: &Claim) -> u64 {
        let of_network = self.waiting.iter().filter(|other| other.network == claim.network);
        let last = of_network.map(|other| other.round).max().unwrap_or(self.round);
        let mut others: Vec<_> = self.waiting.iter().filter(|other| other.name == claim.name).collect();
        others.retain(|other| other.network != claim.network);
        others.sort_unstable_by_key(|other| other.network);
        others.dedup_by_key(|other| other.network);
        let others = u64::try_from(others.len()).unwrap_or(u64::MAX);
        (last + 1).max(self.round.saturating_add(1).saturating_add(others))
    }

    fn count(&self, counted: impl Fn(&Waiting<T>) -> bool) -> usize {
        self.waiting.iter().filter(|other| counted(other)).count()
    }

    /// Who of some has their turn last; the latest to arrive of several.
    fn last(&self, of: impl Fn(&Waiting<T>) -> bool) -> Option<usize> {
        let some = self.waiting.iter().enumerate().filter(|(_, other)| of(other));
        some.max_by_key(|(_, other)| other.round).map(|(at, _)| at)
    }

    /// Whose turn it is now; the first to arrive of several.
    fn next(&mut self) -> Option<T> {
        let first = self.waiting.iter().enumerate().min_by_key(|(_, other)| other.round).map(|(at, _)| at)?;
        let Waiting { round, item, .. } = self.waiting.remove(first);
        self.round = round;
        Some(item)
    }
}

#[cfg(test)]
mod tests;
