//! Tells those who wait for changes that something was committed: in this process at once, and between servers on one PostgreSQL by
//! `NOTIFY`.
//!
//! A commit itself notifies nobody: PostgreSQL would let the commits that do so wait for each other. A task in the background does
//! it afterwards, once for all commits of a moment, over a connection of its own. A server that stops in between notifies nobody
//! then, and a pooler may deliver nothing. So nobody relies on it: whoever waits looks by himself now and then too.

use std::time::Duration;

use sea_orm::sqlx::{self, Executor, PgPool, postgres::PgListener};
use tokio::{sync::watch, time::Instant};

use super::{database::Db, shared::Pools};

/// The channel of PostgreSQL.
const CHANNEL: &str = "daybook";
/// How long to wait before the next notification.
const BETWEEN: Duration = Duration::from_millis(100);
/// How long to wait after a failure.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// Hears of commits.
#[derive(Debug)]
pub(crate) struct News {
    here: watch::Receiver<()>,
    /// `None` on SQLite, and where the operator wants none.
    listener: Option<PgListener>,
    /// Where to listen. `None` as well.
    pool: Option<PgPool>,
    tried: Instant,
}

impl News {
    /// Listens to other servers again after a failure, once some time has passed since the last attempt.
    pub(crate) async fn listen_again(&mut self) {
        let Some(pool) = self.pool.as_ref().filter(|_| self.listener.is_none()) else { return };
        if self.tried.elapsed() >= AFTER_FAILURE {
            self.listener = listen(pool).await;
            self.tried = Instant::now();
        }
    }

    /// Waits until something may have been committed.
    pub(crate) async fn next(&mut self) {
        let listener = &mut self.listener;
        let elsewhere = async {
            match listener {
                Some(listening) => listening.try_recv().await.map(drop),
                None => std::future::pending().await,
            }
        };
        let heard = tokio::select! {
            changed = self.here.changed() => {
                if changed.is_err() {
                    std::future::pending::<()>().await;
                }
                Ok(())
            }
            heard = elsewhere => heard,
        };
        if let Err(error) = heard {
            tracing::warn!(%error, "cannot hear of the changes of other servers at once");
            *listener = None;
            self.tried = Instant::now();
        }
    }

    /// Whether other servers tell of their commits.
    pub(crate) fn is_told_by_others(&self) -> bool {
        self.listener.is_some()
    }
}

impl Db {
    /// Hears of commits from now on.
    pub(crate) async fn news(&self) -> News {
        let here = self.shared.committed.subscribe();
        let pool = match &self.shared.pools {
            Pools::Postgres { news, .. } => news.clone(),
            Pools::Sqlite { .. } => None,
        };
        let listener = match &pool {
            Some(pool) => listen(pool).await,
            None => None,
        };
        News { here, listener, pool, tried: Instant::now() }
    }

    /// Tells the other servers of what is committed here, for as long as the returned future is polled.
    pub(crate) async fn announce(&self) {
        let Pools::Postgres { news: Some(pool), .. } = &self.shared.pools else {
            return std::future::pending().await;
        };
        let mut committed = self.shared.committed.subscribe();
        while committed.changed().await.is_ok() {
            // Not through the places of requests, since it is one short statement for all of them.
            let told = pool.execute("NOTIFY daybook").await;
            tokio::time::sleep(if told.is_ok() { BETWEEN } else { AFTER_FAILURE }).await;
        }
    }
}

async fn listen(pool: &PgPool) -> Option<PgListener> {
    let begin = async {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(CHANNEL).await?;
        Ok::<_, sqlx::Error>(listener)
    };
    match begin.await {
        Ok(listener) => Some(listener),
        Err(error) => {
            tracing::warn!(%error, "cannot hear of the changes of other servers at once");
            None
        }
    }
}
