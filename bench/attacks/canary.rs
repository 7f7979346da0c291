//! The canary: a user who does something every so often, and notes how long it took.
//!
//! The load is open: what is planned for a moment is sent then, whether or not what was sent before is answered, and its time is
//! measured from that moment. It runs on a thread of its own, so that the attack in this process does not delay it.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use futures_util::{FutureExt, future::BoxFuture};
use tokio::{
    runtime::Builder,
    task::{JoinSet, block_in_place},
    time::{Instant, sleep_until},
};

/// Something that the canary does every so often.
#[derive(Clone)]
pub struct Probe {
    name: &'static str,
    every: Duration,
    act: Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>,
}

/// What is going on meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    WarmUp,
    Idle,
    Attack,
    Over,
}

/// How long something took, and how it failed.
#[derive(Debug, Default)]
pub struct Times {
    times: Vec<Duration>,
    pub errors: BTreeMap<String, usize>,
}

/// The times of one probe in each phase.
pub type Series = (&'static str, BTreeMap<Phase, Times>);

pub struct Canary {
    phase: Arc<AtomicUsize>,
    thread: JoinHandle<Vec<Series>>,
}

impl Probe {
    pub fn new<F>(name: &'static str, every: Duration, act: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), String>> + Send + 'static,
    {
        Self { name, every, act: Arc::new(move || act().boxed()) }
    }

    async fn repeat(self, phase: Arc<AtomicUsize>) -> Series {
        let series = Arc::<Mutex<BTreeMap<Phase, Times>>>::default();
        let mut sent = JoinSet::new();
        let mut planned = Instant::now();
        loop {
            sleep_until(planned).await;
            let now = Phase::of(&phase);
            if now == Phase::Over {
                break;
            }
            let (act, series) = ((self.act)(), series.clone());
            sent.spawn(async move {
                let done = act.await;
                let mut series = series.lock().unwrap_or_else(PoisonError::into_inner);
                series.entry(now).or_default().add(planned.elapsed(), done);
            });
            while sent.try_join_next().is_some() {}
            planned += self.every;
        }
        sent.join_all().await;
        let series = std::mem::take(&mut *series.lock().unwrap_or_else(PoisonError::into_inner));
        (self.name, series)
    }
}

impl Phase {
    const ALL: [Self; 4] = [Self::WarmUp, Self::Idle, Self::Attack, Self::Over];

    fn of(number: &AtomicUsize) -> Self {
        Self::ALL[number.load(Ordering::SeqCst)]
    }
}

impl Canary {
    pub fn start(probes: Vec<Probe>) -> Self {
        let phase = Arc::new(AtomicUsize::new(0));
        let of_thread = phase.clone();
        let thread = thread::spawn(move || {
            Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
                let tasks: JoinSet<_> = probes.into_iter().map(|probe| probe.repeat(of_thread.clone())).collect();
                tasks.join_all().await
            })
        });
        Self { phase, thread }
    }

    /// What is sent from now on counts for this phase.
    pub fn enter(&self, phase: Phase) {
        self.phase.store(phase as usize, Ordering::SeqCst);
    }

    /// Waits for the last answers.
    pub fn stop(self) -> Vec<Series> {
        self.enter(Phase::Over);
        let mut series = block_in_place(|| self.thread.join().unwrap());
        series.sort_by_key(|(name, _)| *name);
        series
    }
}

impl Times {
    fn add(&mut self, time: Duration, done: Result<(), String>) {
        self.times.push(time);
        self.times.sort_unstable();
        if let Err(error) = done {
            *self.errors.entry(error).or_default() += 1;
        }
    }

    /// The time that so many percent did not exceed; of a few times, p99 is the worst.
    pub fn percentile(&self, percent: usize) -> Duration {
        let rank = (self.times.len() * percent).div_ceil(100);
        self.times.get(rank.saturating_sub(1)).copied().unwrap_or_default()
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [half, most, worst] = [50, 99, 100].map(|percent| self.percentile(percent).as_millis());
        write!(f, "{} requests, p50 {half} ms, p99 {most} ms, worst {worst} ms", self.times.len())?;
        for (error, count) in &self.errors {
            write!(f, ", {count} x {error}")?;
        }
        Ok(())
    }
}
