//! The size of SQLite's write-ahead log.
//!
//! Committed pages are in the log (the file `-wal`) until SQLite copies them into the database, which it does by itself every
//! few thousand pages. It begins the log anew only at a moment when nobody reads from it. Snapshots that stay open, or readers of whom
//! there is always one, can keep it from doing so, and then the log grows with each write.
//!
//! | who | does what when the log is larger than [`Options::largest_log`](crate::db::Options) |
//! |---|---|
//! | [`Db::bound_log`], called by [`Db::watch`] | copies the pages, then holds up the writers for a moment and empties the log |
//! | whoever holds a snapshot for long | asks [`Db::is_log_too_large`] now and then, and ends it |
//! | whoever would open such a snapshot | waits |

use std::{sync::atomic::Ordering, time::Duration};

use sea_orm::{DbErr, Statement};

use crate::{
    cancel::shield,
    db::{
        acquire,
        database::Db,
        shared::{Pools, WAIT},
    },
};

/// How long writers are held up at most while the log is emptied: for so long it is waited for readers to end.
const HOLD_UP: Duration = Duration::from_millis(200);

impl Db {
    /// Whether SQLite's log was too large when [`Db::watch`] last looked. Always false on PostgreSQL.
    #[must_use]
    pub fn is_log_too_large(&self) -> bool {
        self.shared.is_log_too_large.load(Ordering::Relaxed)
    }

    /// Empties SQLite's log if it is too large and no snapshot needs it. [`Db::watch`] calls this every few seconds.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn bound_log(&self) -> Result<(), DbErr> {
        let Pools::Sqlite { files, .. } = &self.shared.pools else { return Ok(()) };
        let is_too_large = || files.log_size() > self.shared.options.largest_log;
        if is_too_large() {
            self.empty_log().await?;
        }
        let (is_too_large, size) = (is_too_large(), files.log_size());
        if self.shared.is_log_too_large.swap(is_too_large, Ordering::Relaxed) != is_too_large {
            tracing::warn!(size, is_too_large, "the size of the write-ahead log");
        }
        Ok(())
    }

    async fn empty_log(&self) -> Result<(), DbErr> {
        // Copies what it can and waits for nobody, so that little is left to do while writers wait.
        let copy = Statement::from_string(self.backend(), "PRAGMA wal_checkpoint(PASSIVE)");
        self.read().query_one_unlimited(&copy).await?;
        let mut session = acquire::writer(&self.shared, self.read.purpose).await?.unlimited();
        shield(async {
            let patience = |time: Duration| format!("PRAGMA busy_timeout = {}", time.as_millis());
            session.execute_unprepared(&patience(HOLD_UP)).await?;
            let empty = Statement::from_string(self.backend(), "PRAGMA wal_checkpoint(TRUNCATE)");
            let emptied = session.query_one(&empty).await;
            session.execute_unprepared(&patience(WAIT)).await?;
            emptied.map(drop)
        })
        .await
    }
}
