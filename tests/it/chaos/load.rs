//! The clients, and the record of what was promised to them.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::task::JoinHandle;

use super::{
    answer::{self, Heard, Unknown},
    operation::{Operation, Party, Random},
    target::Address,
};

/// What would last longer than this lasts for ever.
pub const FOR_EVER: Duration = Duration::from_mins(5);

/// What a client was told in the end.
#[derive(Clone, Debug)]
pub struct Promise {
    pub operation: Operation,
    pub heard: Heard,
}

/// What all clients were told.
#[derive(Default)]
pub struct Record {
    /// How many requests were sent.
    pub sent: AtomicUsize,
    pub acknowledged: AtomicUsize,
    /// How many acknowledgements said that it had been done before.
    pub replayed: AtomicUsize,
    /// How many answers said that the server has a fault.
    pub faults: AtomicUsize,
    /// How many said that it is too busy, or were refused a connection.
    pub busy: AtomicUsize,
    pub promises: Mutex<Vec<Promise>>,
    pub unexpected: Mutex<Vec<String>>,
}

/// Clients that ask for things until they are stopped.
pub struct Load {
    pub record: Arc<Record>,
    stopped: Arc<AtomicBool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Record {
    pub fn complain(&self, what: String) {
        self.unexpected.lock().unwrap_or_else(PoisonError::into_inner).push(what);
    }

    pub fn keep(&self, promise: Promise) {
        if let Heard::Done { replayed, .. } = promise.heard {
            self.acknowledged.fetch_add(1, Ordering::SeqCst);
            self.replayed.fetch_add(usize::from(replayed), Ordering::SeqCst);
        }
        self.promises.lock().unwrap_or_else(PoisonError::into_inner).push(promise);
    }

    /// Keeps what was sent once by a client that did not wait for the answer.
    pub fn keep_unknown(&self, operation: Operation) {
        self.keep(Promise { operation, heard: Heard::Unknown(Unknown::Lost) });
    }

    /// Sends something; and with a key, again until it is acknowledged.
    pub async fn pursue(&self, http: &reqwest::Client, address: &Address, parties: &[Party], operation: Operation) {
        let began = Instant::now();
        loop {
            self.sent.fetch_add(1, Ordering::SeqCst);
            let heard = answer::ask(http, &address.get(), &parties[operation.party], &operation).await;
            match &heard {
                Heard::Done { .. } => return self.keep(Promise { operation, heard }),
                Heard::NothingDone => drop(self.busy.fetch_add(1, Ordering::SeqCst)),
                Heard::Unknown(Unknown::Fault) => drop(self.faults.fetch_add(1, Ordering::SeqCst)),
                Heard::Unknown(_) => {}
                Heard::Unexpected(what) => return self.complain(format!("{operation:?}: {what}")),
            }
            if !operation.has_key {
                // Who cannot send it again looks whether it was done; that is looked at in the end.
                return self.keep(Promise { operation, heard });
            }
            if began.elapsed() > FOR_EVER {
                return self.complain(format!("never acknowledged: {operation:?}"));
            }
            // A polite client does not try again at once.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until a count has grown by some.
    pub async fn until_more(&self, count: impl Fn(&Self) -> &AtomicUsize, more: usize) -> Result<(), String> {
        let (enough, began) = (count(self).load(Ordering::SeqCst) + more, Instant::now());
        while count(self).load(Ordering::SeqCst) < enough {
            if began.elapsed() > FOR_EVER {
                return Err("the load stands still".to_owned());
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok(())
    }
}

impl Load {
    pub fn start(clients: usize, address: &Address, parties: &Arc<Vec<Party>>) -> Self {
        let (record, stopped) = (Arc::<Record>::default(), Arc::<AtomicBool>::default());
        let tasks = (0..clients).map(|client| {
            let (record, stopped) = (record.clone(), stopped.clone());
            let (address, parties) = (address.clone(), parties.clone());
            tokio::spawn(async move {
                let http = answer::http();
                let mut random = Random(client as u64);
                for number in 0.. {
                    if stopped.load(Ordering::SeqCst) {
                        break;
                    }
                    let tag = format!("client-{client}-{number}");
                    let operation = Operation::random(&mut random, &parties, client % parties.len(), tag);
                    record.pursue(&http, &address, &parties, operation).await;
                }
            })
        });
        Self { tasks: tasks.collect(), record, stopped }
    }

    /// Lets each client get to the end of what it is about.
    pub async fn stop(self) -> Arc<Record> {
        self.stopped.store(true, Ordering::SeqCst);
        for task in self.tasks {
            if let Err(error) = task.await {
                self.record.complain(format!("a client ended: {error}"));
            }
        }
        self.record
    }
}
