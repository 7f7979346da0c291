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

use std::sync::{
    Mutex, MutexGuard, OnceLock, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use sea_orm::sqlx;
use tokio::sync::{Notify, watch};

use crate::error::db_error;

/// What is known about the database's health.
#[derive(Debug)]
pub(super) struct Health {
    pub(super) damage: OnceLock<String>,
    pub(super) lost_file: watch::Sender<Option<String>>,
    /// How many statements of writers have succeeded.
    pub(super) progress: AtomicU64,
    /// Triggers the next probe.
    pub(super) alarm: Notify,
    /// The result of the latest probe. `None` before the first one.
    pub(super) latest: Mutex<Option<Result<(), String>>>,
}

impl Health {
    pub(super) fn new() -> Self {
        Self {
            damage: OnceLock::new(),
            lost_file: watch::Sender::new(None),
            progress: AtomicU64::new(0),
            alarm: Notify::new(),
            latest: Mutex::new(None),
        }
    }

    pub(super) fn note_progress(&self) {
        self.progress.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn note_error(&self, error: &sqlx::Error) {
        if db_error::is_damage(error) {
            self.note_damage(&error.to_string());
        } else if !db_error::is_of_statement(error) {
            self.alarm.notify_one();
        }
    }

    pub(super) fn note_lost_file(&self, which: &str) {
        self.lost_file.send_if_modified(|lost| {
            let is_news = lost.is_none();
            lost.get_or_insert_with(|| which.to_owned());
            is_news
        });
    }

    pub(super) fn note_damage(&self, what: &str) {
        if self.damage.set(what.to_owned()).is_ok() {
            tracing::error!(
                what,
                "the database is damaged: stop the server and run `daybook verify`; if that fails, restore a backup"
            );
        }
    }

    pub(super) fn latest(&self) -> MutexGuard<'_, Option<Result<(), String>>> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stores the result of a probe, and logs it when it differs from the previous one.
    pub(super) fn set(&self, probed: Result<(), String>) {
        let mut latest = self.latest();
        match (&probed, latest.as_ref()) {
            (Err(reason), Some(Ok(())) | None) => tracing::error!(reason, "not ready"),
            (Ok(()), Some(Err(_))) => tracing::info!("ready again"),
            _ => {}
        }
        *latest = Some(probed);
    }
}
