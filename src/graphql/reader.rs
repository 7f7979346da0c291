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

    /// A source for a single statement. When a second one comes, [`Reader::is_too_little`] tells so.
    #[must_use]
    pub fn one_statement(app: &App) -> Self {
        Self { read: Read::Snapshot(app.db.one_statement()), time: app.clock.now() }
    }

    /// Whether it was a source for a single statement, and more were needed. What was answered from it is to be thrown away.
    #[must_use]
    pub fn is_too_little(&self) -> bool {
        matches!(&self.read, Read::Snapshot(snapshot) if snapshot.is_too_little())
    }

    /// How many statements were asked for, where they are counted.
    #[must_use]
    pub fn statements(&self) -> Option<usize> {
        match &self.read {
            Read::Snapshot(snapshot) => Some(snapshot.statements()),
            Read::Now(_) => None,
        }
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
