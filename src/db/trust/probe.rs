//! Probes of the database in the background.

use std::{
    pin::pin,
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, Statement,
    sea_query::{Expr, ExprTrait, Query},
};

use crate::{
    db::Db,
    error::{Error, Result, db_error},
};

/// The pause between two probes, unless an error triggers one earlier.
const INTERVAL: Duration = Duration::from_secs(3);
/// The minimum pause between two probes.
const SOON: Duration = Duration::from_millis(200);
/// How long no statement may succeed before the database counts as broken.
const STUCK: Duration = Duration::from_secs(5);
/// Checks of the whole SQLite file may take one part in this many of the time.
const SHARE_OF_CHECKS: u32 = 100;
/// The minimum pause between two checks of the whole SQLite file.
const BETWEEN_CHECKS: Duration = Duration::from_mins(1);

impl Db {
    /// Whether the database can be used now, according to the latest probe of [`Db::watch`]. Executes no statement. Before the
    /// first probe has ended, waits for it for a few seconds.
    ///
    /// # Errors
    /// The reason why not: a sentence for the operator of the server.
    pub async fn ready(&self) -> std::result::Result<(), String> {
        let health = &self.shared.health;
        health.first(STUCK).await;
        let probed = health.latest(Instant::now());
        if health.damage.get().is_some() {
            return Err(
                "the database is damaged: stop the server and run `daybook verify`; if that fails, restore a backup"
                    .to_owned(),
            );
        }
        if let Some(lost) = health.lost_file.borrow().as_ref() {
            return Err(lost.clone());
        }
        if let Err(apart) = self.shared.clock.check() {
            return Err(format!("this server's clock differs from the database's by {} s", apart.as_secs()));
        }
        probed
    }

    /// Probes the database every few seconds, and soon after each error, for as long as the returned future is polled.
    pub async fn watch(&self) {
        loop {
            self.check().await;
            if let Err(error) = self.bound_log().await {
                tracing::warn!(%error, "the write-ahead log could not be emptied");
            }
            tokio::time::sleep(SOON).await;
            tokio::select! {
                () = self.shared.health.alarm.notified() => {}
                () = tokio::time::sleep(INTERVAL) => {}
            }
        }
    }

    /// Probes the database once.
    pub async fn check(&self) {
        let health = &self.shared.health;
        let mut probe = pin!(self.probe());
        let start = health.progress.load(Ordering::Relaxed);
        let (mut seen, mut since) = (start, Instant::now());
        let probed = loop {
            health.note_watch(Instant::now());
            tokio::select! {
                probed = &mut probe => break probed,
                () = tokio::time::sleep(STUCK / 5) => {}
            }
            let now = health.progress.load(Ordering::Relaxed);
            if now != seen {
                (seen, since) = (now, Instant::now());
            } else if since.elapsed() >= STUCK {
                health.set(Err(format!("the database has done nothing for {} s", since.elapsed().as_secs())));
            }
        };
        health.note_watch(Instant::now());
        match probed {
            // The probe timed out, but other statements succeeded: the database is busy, not broken.
            Err(error) if is_slow(&error) && health.progress.load(Ordering::Relaxed) != start => {}
            probed => health.set(probed.map_err(reason)),
        }
    }

    /// Checks the whole SQLite file again and again, for as long as the returned future is polled, so that a damaged page is
    /// found before a request needs it. Does nothing on PostgreSQL, which has its own tools for this.
    pub async fn check_pages(&self) {
        if self.backend() != DbBackend::Sqlite {
            std::future::pending::<()>().await;
        }
        loop {
            let started = Instant::now();
            let check = Statement::from_string(DbBackend::Sqlite, "PRAGMA quick_check(1)");
            let found = self.read().query_one_unlimited(&check).await;
            let found = found.and_then(|row| row.map(|row| row.try_get_by_index::<String>(0)).transpose());
            match found {
                Ok(Some(found)) if found != "ok" => self.shared.health.note_damage(&found),
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "the pages of the database could not be checked"),
            }
            tokio::time::sleep(BETWEEN_CHECKS.max(started.elapsed() * SHARE_OF_CHECKS)).await;
        }
    }

    /// Waits until a SQLite file is found to be deleted or replaced. Returns a sentence that names the file.
    pub async fn file_lost(&self) -> String {
        let mut lost = self.shared.health.lost_file.subscribe();
        match lost.wait_for(Option::is_some).await.map(|lost| lost.clone()) {
            Ok(Some(lost)) => lost,
            _ => std::future::pending().await,
        }
    }

    /// Writes a number and reads it back, on SQLite over another connection.
    async fn probe(&self) -> Result<()> {
        // This must come first: where the file was deleted, a new connection may create an empty one.
        self.shared.check_file()?;
        let pending = self.pending_migrations().await?;
        if pending > 0 {
            return Err(DbErr::Migration(format!("{pending} migrations are not applied; run `daybook migrate`")).into());
        }
        self.shared.clock.compare_with(self.read()).await?;
        let written = self
            .write(|tx| async move {
                let mut beat = Query::update();
                beat.table("heartbeat").value("beat", Expr::col("beat").add(1)).and_where(Expr::col("id").eq(1));
                tx.execute(&beat).await?;
                beat_of(&tx).await
            })
            .await?;
        let read = beat_of(self.read()).await?;
        if read < written {
            let message = format!("the database does not keep what it acknowledges: wrote {written}, read {read}");
            return Err(DbErr::Custom(message).into());
        }
        Ok(())
    }
}

fn is_slow(error: &Error) -> bool {
    error.is_busy() || matches!(error, Error::TimedOut)
}

async fn beat_of(conn: &impl ConnectionTrait) -> Result<i64> {
    let mut beat = Query::select();
    beat.column("beat").from("heartbeat").and_where(Expr::col("id").eq(1));
    let row = conn.query_one(&beat).await?;
    Ok(row.ok_or_else(|| DbErr::RecordNotFound("the row of the heartbeat".to_owned()))?.try_get_by_index(0)?)
}

/// The reason for a failed probe, for the operator of the server. The details of a fault go to the log only.
fn reason(error: Error) -> String {
    match error {
        Error::Fault(DbErr::Migration(pending)) => pending,
        Error::Fault(fault) => {
            tracing::error!(%fault, "a probe of the database failed");
            let is_full = db_error::is_full_disk(&fault);
            if is_full { "the disk of the database is full" } else { "the database does not work: see the log" }
                .to_owned()
        }
        Error::Refused(_) | Error::Gone | Error::TimedOut => "the database does not answer".to_owned(),
    }
}
