//! Faults on demand: locks that are held, connections that break, a disk that is full, rows that are damaged.

mod blocker;
mod proxy;
mod small_disk;
mod tamper;

pub use self::{
    blocker::Blocker,
    proxy::{Loss, Proxy},
    small_disk::SmallDisk,
};
