//! Long writes, such as imports, take turns.
//!
//! SQLite has one writer. Each import holds it for some tenths of a second at a time, so with many imports in the line everybody
//! else would wait for all of them. With one import at a time, whoever else wants to write waits for one transaction of it at
//! most, because those who wait for the connection get it in order. When somebody waits at the end of an import, the next one
//! begins only after as much time as the last one took, so others have the writer for half of the time at least. On PostgreSQL,
//! imports of several books run at once, but never so many that they take all connections.
//!
//! Another process, such as `daybook import`, has a turn of its own. SQLite lets processes try again now and then rather than
//! wait in order, so a process that writes again at once may keep the others out; [`Pace`] leaves gaps for them.

use std::{
    sync::{PoisonError, atomic::Ordering},
    time::Duration,
};

use sea_orm::DbBackend;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::{
    db::database::Db,
    error::{Error, Result},
    id::{Id, kind},
    turns::{Places, Turn, Turns},
};

/// How many long writes run at once on PostgreSQL.
const ON_POSTGRES: usize = 4;
/// How many of one book may wait.
const WAITING: usize = 100;
/// How long one process writes to SQLite without a gap.
const STRETCH: Duration = Duration::from_millis(500);
/// How long the gap is. Longer than the longest pause between two attempts of SQLite to get the lock, which is 100 ms.
const GAP: Duration = Duration::from_millis(120);
/// The longest pause between two long writes.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// The turn of a long write. Dropping it gives the turn to the next.
#[derive(Debug)]
pub struct LongWrite {
    _turn: Turn<Id<kind::Book>>,
    db: Db,
    began: Instant,
}

impl Drop for LongWrite {
    fn drop(&mut self) {
        if self.db.shared.waiting_writers.load(Ordering::Relaxed) > 0 {
            let pause = self.began.elapsed().min(LONGEST_PAUSE);
            *self.db.shared.next_long_write.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now() + pause;
        }
    }
}

/// The turns of the server.
pub(in crate::db) fn turns(backend: DbBackend) -> Turns<Id<kind::Book>> {
    let in_all = if backend == DbBackend::Sqlite { 1 } else { ON_POSTGRES };
    Turns::new(Places { in_all, per_key: 1, waiting_per_key: WAITING })
}

impl Db {
    /// Waits for the turn of a long write to a book. When the returned future is dropped, it no longer waits.
    ///
    /// # Errors
    /// `TRY_AGAIN` when the wait takes too long.
    pub async fn long_write(&self, book: Id<kind::Book>) -> Result<LongWrite> {
        let turn = async {
            let turn = self.shared.long_writes.take(book).await.map_err(|_| Error::busy())?;
            let begin = *self.shared.next_long_write.lock().unwrap_or_else(PoisonError::into_inner);
            sleep_until(begin).await;
            Ok(LongWrite { _turn: turn, db: self.clone(), began: Instant::now() })
        };
        timeout(self.shared.options.long_write_wait, turn).await.unwrap_or_else(|_| Err(Error::busy()))
    }

    /// The pace of a write of many transactions that begins now.
    pub(crate) fn pace(&self) -> Pace {
        Pace { has_gaps: self.backend() == DbBackend::Sqlite, began: Instant::now() }
    }
}

/// The pace of a write of many transactions.
pub(crate) struct Pace {
    has_gaps: bool,
    began: Instant,
}

impl Pace {
    /// Called between two transactions. Waits when it is time to let other processes write.
    pub(crate) async fn keep(&mut self) {
        if self.has_gaps && self.began.elapsed() > STRETCH {
            sleep(GAP).await;
            self.began = Instant::now();
        }
    }
}
