//! Memory, descriptors and the write-ahead log of a server, looked at several times a second.

use std::{
    fs,
    path::PathBuf,
    process::Command,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::task::JoinHandle;

const EVERY: Duration = Duration::from_millis(100);
/// How far memory may be above where it was.
pub const NEAR: u64 = 50;
/// A server that takes more memory than this is killed, in megabytes: the machine has other work.
pub const MOST: u64 = 4096;

/// What a server uses. Sizes are in megabytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    /// `None`: the server has ended.
    pub memory: Option<u64>,
    pub descriptors: usize,
    /// The size of the write-ahead log of SQLite.
    pub wal: u64,
}

pub struct Watch {
    source: Source,
    peak: Arc<Mutex<Usage>>,
    is_over: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

#[derive(Clone)]
struct Source {
    pid: u32,
    wal: Option<PathBuf>,
}

impl Watch {
    pub fn start(pid: u32, wal: Option<PathBuf>) -> Self {
        let source = Source { pid, wal };
        let (peak, is_over) = (Arc::<Mutex<Usage>>::default(), Arc::<AtomicBool>::default());
        let (of_task, its_peak, is_its_over) = (source.clone(), peak.clone(), is_over.clone());
        let task = tokio::spawn(async move {
            while !is_its_over.load(Ordering::SeqCst) {
                let now = of_task.look();
                if now.memory.is_some_and(|memory| memory > MOST) {
                    let _ = Command::new("kill").args(["-KILL", &of_task.pid.to_string()]).status();
                }
                its_peak.lock().unwrap_or_else(PoisonError::into_inner).raise(now);
                tokio::time::sleep(EVERY).await;
            }
        });
        Self { source, peak, is_over, task }
    }

    pub fn now(&self) -> Usage {
        self.source.look()
    }

    /// Waits until memory is near where it was, at most so long. Gives what is used then, and how long it took.
    pub async fn until_memory_is_back(&self, before: &Usage, most: Duration) -> (Usage, Duration) {
        let began = Instant::now();
        loop {
            let now = self.now();
            if now.is_near(before) || now.memory.is_none() || began.elapsed() > most {
                return (now, began.elapsed());
            }
            tokio::time::sleep(EVERY).await;
        }
    }

    /// The most of each that was seen.
    pub async fn stop(self) -> Usage {
        self.is_over.store(true, Ordering::SeqCst);
        let _ = self.task.await;
        *self.peak.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Forgets the most memory that a process has had, so that [`most_memory`] tells what it takes from now on. See `proc(5)`.
pub fn forget_most_memory(pid: u32) {
    fs::write(format!("/proc/{pid}/clear_refs"), "5").unwrap();
}

/// The memory that a process has now, and the most that it has had, in megabytes.
pub fn most_memory(pid: u32) -> (u64, u64) {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let [now, most] = ["VmRSS:", "VmHWM:"].map(|name| megabytes(&status, name).unwrap_or_default());
    (now, most)
}

/// A line of `/proc/PID/status`, which gives kilobytes.
fn megabytes(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? >> 10)
}

impl Source {
    fn look(&self) -> Usage {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid)).unwrap_or_default();
        let descriptors = fs::read_dir(format!("/proc/{}/fd", self.pid)).map_or(0, Iterator::count);
        let wal = self.wal.as_ref().and_then(|path| fs::metadata(path).ok()).map_or(0, |metadata| metadata.len() >> 20);
        Usage { memory: megabytes(&status, "VmRSS:"), descriptors, wal }
    }
}

impl Usage {
    fn raise(&mut self, other: Self) {
        self.memory = self.memory.max(other.memory);
        self.descriptors = self.descriptors.max(other.descriptors);
        self.wal = self.wal.max(other.wal);
    }

    pub fn is_near(&self, before: &Self) -> bool {
        matches!((self.memory, before.memory), (Some(now), Some(before)) if now <= before + NEAR)
    }

    /// The memory in words.
    pub fn words(&self) -> String {
        self.memory.map_or_else(|| "server ended".to_owned(), |memory| format!("{memory} MB"))
    }
}
