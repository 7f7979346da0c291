//! What a request reads from. A query reads a snapshot, so that all of its answer is of one moment and its figures agree with
//! each other; a mutation reads what is there, since it shows what it has just written.

use std::sync::Arc;

use sea_orm::{DatabaseConnection, DatabaseExecutor, DatabaseTransaction};

use crate::{app::App, error::Result};

/// What a request reads from.
#[derive(Clone, Debug)]
pub struct Reader(Source);

#[derive(Clone, Debug)]
enum Source {
    Now(DatabaseConnection),
    Snapshot(Arc<DatabaseTransaction>),
}

impl Reader {
    /// Reads what is there at each look.
    #[must_use]
    pub fn now(app: &App) -> Self {
        Self(Source::Now(app.db.read().clone()))
    }

    /// Reads what is there now, from now on.
    ///
    /// # Errors
    /// `TRY_AGAIN` when no connection is free.
    pub async fn snapshot(app: &App) -> Result<Self> {
        Ok(Self(Source::Snapshot(Arc::new(app.db.snapshot().await?))))
    }

    /// The connection to read through.
    pub(super) fn conn(&self) -> DatabaseExecutor<'_> {
        match &self.0 {
            Source::Now(pool) => pool.into(),
            Source::Snapshot(transaction) => transaction.as_ref().into(),
        }
    }
}
