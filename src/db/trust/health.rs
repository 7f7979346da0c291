//! Whether the database can be trusted at the moment, judged by the errors of statements and by a probe in the background.
//!
//! The probe writes a number and reads it back over another connection, so it notices a database that acknowledges writes
//! without keeping them. A busy database is not a broken one: the probe waits as long as other statements succeed.
//!
//! | observation | consequence |
//! |---|---|
//! | an error that means that data is damaged | not ready, until the server is restarted |
//! | a SQLite file that was deleted or replaced | the server ends |
//! | a clock that differs from the database's | no writes and not ready, until the clocks agree again |
//! | a failed probe, or no successful statement for some seconds | not ready, until a probe succeeds |
//! | no probes | not ready, until they are made again |
//!
//! Whether the server is ready is answered from these observations, without a statement, so that whoever asks ten thousand times
//! a second slows nobody down.

use std::{
    sync::{
        Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use sea_orm::sqlx;
use tokio::sync::{Notify, watch};

use crate::error::db_error;

/// How long ago the watch of the database may have shown that it runs. It does so every few seconds.
const LATEST_WATCH: Duration = Duration::from_secs(15);

/// What is known about the database's health.
#[derive(Debug)]
pub(in crate::db) struct Health {
    pub(in crate::db) damage: OnceLock<String>,
    pub(in crate::db) lost_file: watch::Sender<Option<String>>,
    /// How many statements of writers have succeeded.
    pub(in crate::db) progress: AtomicU64,
    /// Triggers the next probe.
    pub(in crate::db) alarm: Notify,
    /// The result of the latest probe. `None` before the first one.
    latest: watch::Sender<Option<Result<(), String>>>,
    /// When the watch of the database last showed that it runs.
    watched: Mutex<Option<Instant>>,
}

impl Health {
    pub(in crate::db) fn new() -> Self {
        Self {
            damage: OnceLock::new(),
            lost_file: watch::Sender::new(None),
            progress: AtomicU64::new(0),
            alarm: Notify::new(),
            latest: watch::Sender::new(None),
            watched: Mutex::new(None),
        }
    }

    pub(in crate::db) fn note_progress(&self) {
        self.progress.fetch_add(1, Ordering::Relaxed);
    }

    pub(in crate::db) fn note_error(&self, error: &sqlx::Error) {
        if db_error::is_damage(error) {
            self.note_damage(&error.to_string());
        } else if !db_error::is_of_statement(error) {
            self.alarm.notify_one();
        }
    }

    pub(in crate::db) fn note_lost_file(&self, which: &str) {
        self.lost_file.send_if_modified(|lost| {
            let is_news = lost.is_none();
            lost.get_or_insert_with(|| which.to_owned());
            is_news
        });
    }

    pub(in crate::db) fn note_damage(&self, what: &str) {
        if self.damage.set(what.to_owned()).is_ok() {
            tracing::error!(
                what,
                "the database is damaged: stop the server and run `daybook verify`; if that fails, restore a backup"
            );
        }
    }

    /// Records that the watch of the database runs.
    pub(in crate::db) fn note_watch(&self, now: Instant) {
        *self.watched.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
    }

    /// Stores the result of a probe, and logs it when it differs from the previous one.
    pub(in crate::db) fn set(&self, probed: Result<(), String>) {
        self.latest.send_modify(|latest| {
            match (&probed, latest.as_ref()) {
                (Err(reason), Some(Ok(())) | None) => tracing::error!(reason, "not ready"),
                (Ok(()), Some(Err(_))) => tracing::info!("ready again"),
                _ => {}
            }
            *latest = Some(probed);
        });
    }

    /// Waits for the result of the first probe, but not for longer than `patience`.
    pub(in crate::db) async fn first(&self, patience: Duration) {
        let mut latest = self.latest.subscribe();
        drop(tokio::time::timeout(patience, latest.wait_for(Option::is_some)).await);
    }

    /// The result of the latest probe.
    pub(in crate::db) fn latest(&self, now: Instant) -> Result<(), String> {
        let watched = *self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        match watched.map(|watched| now.saturating_duration_since(watched)) {
            Some(age) if age <= LATEST_WATCH => {}
            Some(age) => return Err(format!("the database has not been checked for {} s", age.as_secs())),
            None => return Err("the database has not been checked".to_owned()),
        }
        self.latest.borrow().clone().unwrap_or_else(|| Err("the database has not been checked".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, Health, Instant};

    #[test]
    fn a_result_counts_only_as_long_as_the_database_is_watched() {
        let (health, start) = (Health::new(), Instant::now());
        assert!(health.latest(start).unwrap_err().contains("not been checked"));
        health.note_watch(start);
        assert!(health.latest(start).unwrap_err().contains("not been checked"));
        health.set(Ok(()));
        assert_eq!(health.latest(start + Duration::from_secs(15)), Ok(()));
        let late = start + Duration::from_secs(17);
        assert!(health.latest(late).unwrap_err().contains("not been checked for 17 s"));
        health.note_watch(late);
        assert_eq!(health.latest(late), Ok(()));
        health.set(Err("it burns".to_owned()));
        assert_eq!(health.latest(late), Err("it burns".to_owned()));
    }
}
