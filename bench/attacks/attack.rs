//! What an attack consists of, and the count of what it got.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::{FutureExt, future::BoxFuture};
use tokio::{
    task::JoinSet,
    time::{Instant, timeout_at},
};

use super::canary::Probe;

/// How long an attack waits for its last answers.
const PATIENCE: Duration = Duration::from_secs(30);

/// An attack that is prepared and not begun.
pub struct Attack {
    /// What the canary does besides reading and writing.
    pub probes: Vec<Probe>,
    /// Whether the canary opens a connection for each request.
    pub with_new_connections: bool,
    pub run: BoxFuture<'static, ()>,
    pub tally: Tally,
}

/// What came back to an attacker.
#[derive(Clone, Debug, Default)]
pub struct Tally(Arc<Mutex<Record>>);

#[derive(Clone, Debug, Default)]
pub struct Record {
    /// How many requests ended in which way.
    pub outcomes: BTreeMap<String, usize>,
    /// What else is worth knowing.
    pub notes: Vec<String>,
    /// What the attacker has reached and must not reach.
    pub reached: Vec<String>,
}

impl Attack {
    pub fn new(tally: &Tally, run: impl Future<Output = ()> + Send + 'static) -> Self {
        Self { probes: Vec::new(), with_new_connections: false, run: run.boxed(), tally: tally.clone() }
    }

    pub fn with_probe(mut self, probe: Probe) -> Self {
        self.probes.push(probe);
        self
    }

    pub fn with_new_connections(self) -> Self {
        Self { with_new_connections: true, ..self }
    }
}

impl Tally {
    pub fn add(&self, outcome: String) {
        *self.record().outcomes.entry(outcome).or_default() += 1;
    }

    pub fn note(&self, what: String) {
        self.record().notes.push(what);
    }

    pub fn reached(&self, what: String) {
        self.record().reached.push(what);
    }

    pub fn record(&self) -> MutexGuard<'_, Record> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets some workers do the same again and again, and counts how each round ended. A worker gets its number. After `length`
    /// no round begins any more, and those that take too long are broken off.
    pub async fn work<R>(&self, workers: usize, length: Duration, round: impl Fn(usize) -> R + Clone + Send + 'static)
    where
        R: Future<Output = String> + Send,
    {
        let end = Instant::now() + length;
        let mut tasks = JoinSet::new();
        for worker in 0..workers {
            let (tally, round) = (self.clone(), round.clone());
            tasks.spawn(async move {
                while Instant::now() < end {
                    let ended = timeout_at(end + PATIENCE, round(worker)).await;
                    tally.add(ended.unwrap_or_else(|_| "still unanswered at the end".to_owned()));
                }
            });
        }
        tasks.join_all().await;
    }
}
