//! What a request reads from. A query reads a snapshot, so that all of its answer is of one moment and its figures agree with
//! each other; a mutation reads what is there, since it shows what it has just written.

use crate::{app::App, db::Read, error::Result};

/// What a request reads from.
#[derive(Clone, Debug)]
pub struct Reader(Read);

impl Reader {
    /// Reads what is there at each look.
    #[must_use]
    pub fn now(app: &App) -> Self {
        Self(Read::Now(app.db.read().clone()))
    }

    /// Reads what is there now, from now on.
    ///
    /// # Errors
    /// `TRY_AGAIN` when no connection is free.
    pub async fn snapshot(app: &App) -> Result<Self> {
        Ok(Self(Read::Snapshot(app.db.snapshot().await?)))
    }

    /// The connection to read through.
    pub(super) fn conn(&self) -> &Read {
        &self.0
    }
}
