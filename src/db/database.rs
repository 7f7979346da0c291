//! [`Db`]: an open database.

use std::{
    fmt,
    net::IpAddr,
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicBool, AtomicUsize},
    },
};

use migration::{Migrator, MigratorTrait};
use sea_orm::{DbBackend, DbErr, Statement};
use tokio::{
    sync::{Semaphore, watch},
    time::Instant,
};

use super::{
    acquire::{self, Purpose},
    limits, open,
    options::Options,
    read::Pool,
    shared::{Pools, Shared},
    trust::{Health, ServerClock},
};
/// How many times a transaction is retried after a deadlock, a serialization failure or a lost connection, before it is
/// refused.
pub(super) const RETRIES: u32 = 10;

/// An open database. Cheap to clone; the clones share their connections.
#[derive(Clone)]
pub struct Db {
    pub(super) shared: Arc<Shared>,
    /// Also says what the connections for writing are needed for.
    pub(super) read: Pool,
}

impl Db {
    /// Connects to the database of a `sqlite:` or `postgres:` URL. A SQLite file that does not exist is created.
    ///
    /// # Errors
    /// When the database cannot be opened.
    pub async fn connect(url: &str, options: impl Into<Options>) -> Result<Self, DbErr> {
        let options = options.into();
        let pools = open::pools(url, &options).await?;
        let shared = Arc::new(Shared {
            long_writes: limits::turns(pools.backend()),
            next_long_write: Mutex::new(Instant::now()),
            waiting_writers: AtomicUsize::new(0),
            pools,
            health: Health::new(),
            clock: ServerClock::default(),
            observer: OnceLock::new(),
            places: Arc::new(Semaphore::new(acquire::for_work(options.pool.most))),
            strangers: acquire::turns_of_strangers(options.pool.most),
            options,
            is_log_too_large: AtomicBool::new(false),
            committed: watch::Sender::new(()),
        });
        let read = Pool { shared: shared.clone(), purpose: Purpose::Work };
        shared.clock.compare_with(&read).await?;
        Ok(Self { shared, read })
    }

    /// The pool to read from. Each statement sees the data that is committed when the statement starts.
    #[must_use]
    pub fn read(&self) -> &Pool {
        &self.read
    }

    /// The same database, to find out who asks and whether they may. Some connections are kept for this, so that it does not wait
    /// until those that were admitted are served. Nothing that takes long may be done through it.
    #[must_use]
    pub fn for_lookups(&self) -> Self {
        self.with(Purpose::Lookup)
    }

    /// The same database, for somebody in this network who has not logged in. All of them together get a part of the connections,
    /// so that those who have do not wait behind them.
    #[must_use]
    pub fn for_stranger(&self, network: Option<IpAddr>) -> Self {
        self.with(Purpose::Stranger(network))
    }

    /// The same database, to do wallet operations with. Only one transaction can be open at a time.
    pub(crate) fn for_writer(&self) -> Self {
        self.with(Purpose::Writer)
    }

    fn with(&self, purpose: Purpose) -> Self {
        Self { shared: self.shared.clone(), read: Pool { shared: self.shared.clone(), purpose } }
    }

    /// How many connections there are for other things than finding out who asks.
    #[must_use]
    pub fn work_connections(&self) -> usize {
        acquire::for_work(self.shared.options.pool.most)
    }

    /// Calls `observer` with each statement that is executed from now on, and with each one that begins a transaction; used to count them. Only the first observer is
    /// kept.
    pub fn observe(&self, observer: impl Fn(&Statement) + Send + Sync + 'static) {
        let _ = self.shared.observer.set(Box::new(observer));
    }

    /// Whether this is SQLite or PostgreSQL.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.shared.backend()
    }

    /// The number of migrations that are not applied yet.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn pending_migrations(&self) -> Result<usize, DbErr> {
        Ok(Migrator::get_pending_migrations_read_only(&self.read).await?.len())
    }

    /// Closes all connections after their current work is finished.
    pub async fn close(self) {
        match &self.shared.pools {
            Pools::Sqlite { read, write, .. } => {
                read.close().await;
                write.close().await;
            }
            Pools::Postgres { pool, writer, news } => {
                if let Some(news) = news {
                    news.close().await;
                }
                writer.close().await;
                pool.close().await;
            }
        }
    }
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Db").field(&self.backend()).finish()
    }
}
