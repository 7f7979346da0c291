//! Connections that wait to be used again.
//!
//! Owns why a connection does not go back to sqlx's pool after each use: sqlx would start a task that asks the database for a sign of
//! life, which costs as much as reading a row. A session knows that its connection is in order, and gives back no other.
//!
//! Must not hand out a connection that has rested for long without asking whether it is alive.

use std::{
    collections::VecDeque,
    mem,
    ops::{Deref, DerefMut},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use sea_orm::sqlx::{self, Connection, Database, Pool, pool::PoolConnection};
use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore},
};

use crate::db::limits::StatementClock;

/// A connection that has rested for this long is asked for a sign of life before it is used.
const RESTED: Duration = Duration::from_secs(10);
/// How long the sign of life may take.
const SIGN_OF_LIFE: Duration = Duration::from_secs(2);
/// A connection that has rested for this long is closed, as in sqlx's pool, but not before another one is taken.
const UNUSED: Duration = Duration::from_mins(10);
/// A connection that is this old is closed after its use, as sqlx does.
const OLD: Duration = Duration::from_mins(30);

/// The connections of a pool.
pub(in crate::db) struct Parked<DB: Database> {
    pool: Pool<DB>,
    /// One for each connection that is not in use.
    free: Arc<Semaphore>,
    /// The one that was used last stands at the end.
    resting: Mutex<VecDeque<(Connected<DB>, Instant)>>,
}

struct Connected<DB: Database> {
    connection: PoolConnection<DB>,
    clock: Option<Arc<StatementClock>>,
    since: Instant,
}

/// A connection that is in use. When it is dropped without being given back, sqlx finds out whether it is alive.
pub(in crate::db) struct Borrowed<DB: Database> {
    connected: Connected<DB>,
    home: Arc<Parked<DB>>,
    /// Its place among those in use, which is free when this is dropped.
    _place: OwnedSemaphorePermit,
}

impl<DB: Database> Parked<DB> {
    pub(in crate::db) fn new(pool: Pool<DB>) -> Arc<Self> {
        let most = usize::try_from(pool.options().get_max_connections()).unwrap_or(Semaphore::MAX_PERMITS);
        Arc::new(Self { pool, free: Arc::new(Semaphore::new(most)), resting: Mutex::default() })
    }

    /// Waits for a connection. Those who wait come in order.
    pub(in crate::db) async fn take(self: &Arc<Self>) -> Result<Borrowed<DB>, sqlx::Error> {
        let place = self.free.clone().acquire_owned().await.map_err(|_| sqlx::Error::PoolClosed)?;
        let connected = match self.rested().await {
            Some(connected) => connected,
            None => Connected { connection: self.pool.acquire().await?, clock: None, since: Instant::now() },
        };
        Ok(Borrowed { connected, home: self.clone(), _place: place })
    }

    /// The connection that was used last, if it is alive. Closes one that nobody has needed for long.
    async fn rested(&self) -> Option<Connected<DB>> {
        let (last, unused) = {
            let mut resting = self.resting();
            (resting.pop_back(), resting.pop_front_if(|(_, since)| since.elapsed() > UNUSED))
        };
        close(unused);
        let (connected, since) = last?;
        let mut asked = Asked(Some(connected));
        if is_fit(&mut *asked.0.as_mut()?.connection, since.elapsed()).await {
            return asked.0.take();
        }
        // The others have rested for longer.
        while let Some(dead) = { self.resting().pop_front_if(|(_, since)| since.elapsed() >= RESTED) } {
            close(Some(dead));
        }
        None
    }

    /// How many connections are in use.
    pub(in crate::db) fn in_use(&self) -> usize {
        let open = usize::try_from(self.pool.size()).unwrap_or(usize::MAX);
        open.saturating_sub(self.pool.num_idle() + self.resting().len())
    }

    /// The pool that opens the connections.
    pub(in crate::db) fn pool(&self) -> &Pool<DB> {
        &self.pool
    }

    /// Closes the connections after their current work is finished.
    pub(in crate::db) async fn close(&self) {
        self.free.close();
        // From now on sqlx opens no others.
        let closed = self.pool.close();
        let resting = mem::take(&mut *self.resting());
        for (rested, _) in resting {
            // It is of no use any more, whatever the database says to that.
            let _ = rested.connection.close().await;
        }
        closed.await;
    }

    fn resting(&self) -> MutexGuard<'_, VecDeque<(Connected<DB>, Instant)>> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<DB: Database> Drop for Parked<DB> {
    fn drop(&mut self) {
        // Without a runtime sqlx cannot look after them, and panics.
        let has_runtime = Handle::try_current().is_ok();
        for (rested, _) in self.resting().drain(..) {
            if has_runtime {
                drop(rested.connection.detach());
            } else {
                mem::forget(rested.connection);
            }
        }
    }
}

/// A connection that is asked for a sign of life. It is closed unless it is taken out: one that does not answer would be asked again by
/// sqlx, without a limit.
struct Asked<DB: Database>(Option<Connected<DB>>);

impl<DB: Database> Drop for Asked<DB> {
    fn drop(&mut self) {
        close(self.0.take().map(|connected| (connected, Instant::now())));
    }
}

fn close<DB: Database>(rested: Option<(Connected<DB>, Instant)>) {
    if let Some((mut rested, _)) = rested {
        rested.connection.close_on_drop();
    }
}

impl<DB: Database> Borrowed<DB> {
    /// The clock of its statements. `None` as long as it has none.
    pub(in crate::db) fn clock(&mut self) -> &mut Option<Arc<StatementClock>> {
        &mut self.connected.clock
    }

    /// Closes the connection when it is dropped.
    pub(in crate::db) fn close_on_drop(&mut self) {
        self.connected.connection.close_on_drop();
    }

    /// Gives the connection back, on which nothing runs and no transaction is open.
    pub(in crate::db) fn give_back(self) {
        let Self { mut connected, home, _place: place } = self;
        if connected.since.elapsed() > OLD {
            connected.connection.close_on_drop();
            return;
        }
        let mut resting = home.resting();
        if !home.free.is_closed() {
            resting.push_back((connected, Instant::now()));
        }
        drop(resting);
        drop(place);
    }
}

impl<DB: Database> Deref for Borrowed<DB> {
    type Target = DB::Connection;

    fn deref(&self) -> &DB::Connection {
        &self.connected.connection
    }
}

impl<DB: Database> DerefMut for Borrowed<DB> {
    fn deref_mut(&mut self) -> &mut DB::Connection {
        &mut self.connected.connection
    }
}

/// Whether a connection that has rested may be used. A dead one may never answer, so the wait needs a limit.
pub(in crate::db) async fn is_fit(connection: &mut impl Connection, rested_for: Duration) -> bool {
    rested_for < RESTED || matches!(tokio::time::timeout(SIGN_OF_LIFE, connection.ping()).await, Ok(Ok(())))
}
