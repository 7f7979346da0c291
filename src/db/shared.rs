//! The state that all clones and all connections of a database share.

use std::{
    net::IpAddr,
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicBool, AtomicUsize},
    },
    time::Duration,
};

use sea_orm::{
    DbBackend, DbErr, Statement,
    sqlx::{self, Postgres, Sqlite},
};
use tokio::{
    sync::{Semaphore, watch},
    time::Instant,
};

use super::{
    acquire::parked::Parked,
    limits::StatementClock,
    options::Options,
    trust::{Files, Health, ServerClock},
};
use crate::{
    id::{Id, kind},
    turns::Turns,
};

/// How long a caller waits for a free connection, and how long SQLite waits for its lock.
pub(super) const WAIT: Duration = Duration::from_secs(8);

/// The state that all clones and all connections of a database share.
pub(super) struct Shared {
    pub(super) pools: Pools,
    pub(super) health: Health,
    pub(super) clock: ServerClock,
    pub(super) observer: OnceLock<Observer>,
    pub(super) options: Options,
    /// One permit for each connection that is not kept for lookups.
    pub(super) places: Arc<Semaphore>,
    /// The places of those who have not logged in. Their networks take turns.
    pub(super) strangers: Turns<Option<IpAddr>>,
    pub(super) is_log_too_large: AtomicBool,
    pub(super) long_writes: Turns<Id<kind::Book>>,
    /// When the next long write may begin.
    pub(super) next_long_write: Mutex<Instant>,
    /// How many wait for the only connection that SQLite writes with.
    pub(super) waiting_writers: AtomicUsize,
    /// Changes with each commit.
    pub(super) committed: watch::Sender<()>,
}

/// Called with each statement before it is executed.
pub(super) type Observer = Box<dyn Fn(&Statement) + Send + Sync>;

pub(super) enum Pools {
    Sqlite {
        read: Arc<Parked<Sqlite>>,
        write: Arc<Parked<Sqlite>>,
        /// The clock of the only connection in `write`.
        write_clock: Arc<StatementClock>,
        files: Arc<Files>,
    },
    Postgres {
        pool: Arc<Parked<Postgres>>,
        /// The only connection of the thread that does wallet operations.
        writer: Arc<Parked<Postgres>>,
        /// The connections by which servers tell each other of commits. `None` when the operator wants none.
        news: Option<sqlx::Pool<Postgres>>,
    },
}

impl Pools {
    pub(super) fn backend(&self) -> DbBackend {
        match self {
            Self::Sqlite { .. } => DbBackend::Sqlite,
            Self::Postgres { .. } => DbBackend::Postgres,
        }
    }
}

impl Shared {
    pub(super) fn backend(&self) -> DbBackend {
        self.pools.backend()
    }

    pub(super) fn observe(&self, statement: &Statement) {
        if let Some(observer) = self.observer.get() {
            observer(statement);
        }
    }

    /// Checks that the SQLite file that is open is still the one at its path. If it was deleted or replaced, what is
    /// written to it would be lost when the program ends.
    pub(super) fn check_file(&self) -> Result<(), DbErr> {
        let Pools::Sqlite { files, .. } = &self.pools else { return Ok(()) };
        files.check().map_err(|gone| {
            self.health.note_lost_file(&gone);
            DbErr::Custom(gone)
        })
    }
}
