//! The data that a request reads. A query reads a snapshot, so that all figures of its response agree with each other. A
//! mutation reads the current data, since it must show what it has just written.

use chrono::{DateTime, Utc};

use crate::{app::App, db::Read};

/// The source that a request reads from.
#[derive(Clone, Debug)]
pub struct Reader {
    read: Read,
    time: DateTime<Utc>,
}

impl Reader {
    /// Each statement reads the data that is committed when it starts.
    #[must_use]
    pub fn now(app: &App) -> Self {
        Self { read: Read::Now(app.db.read().clone()), time: app.clock.now() }
    }

    /// All statements read the data of the moment of the first one.
    #[must_use]
    pub fn snapshot(app: &App) -> Self {
        Self { read: Read::Snapshot(app.db.snapshot_on_demand()), time: app.clock.now() }
    }

    /// Whether it has read nothing because there was no connection for it.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(&self.read, Read::Snapshot(snapshot) if snapshot.is_missing())
    }

    /// The connection to read through.
    pub(super) fn conn(&self) -> &Read {
        &self.read
    }

    /// The time at which the request began to read.
    pub(super) fn time(&self) -> DateTime<Utc> {
        self.time
    }
}
