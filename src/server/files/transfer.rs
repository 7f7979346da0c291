//! Sends a file to a client: one task reads the database and writes a [`spool`](super::spool), another sends from there.
//!
//! The first task holds a snapshot, which is a connection to the database; on SQLite it also keeps the write-ahead log from being
//! emptied. It never waits for the client, so both are free again after the time that the database needs. The second task is as
//! slow as the client, and costs no more than the spool.

use std::{
    io,
    time::{Duration, Instant},
};

use axum::body::Bytes;
use futures_util::{Stream, stream};
use tokio::{sync::mpsc, time};

use super::{
    spool::{self, spool},
    table::{Rows, Source, Table},
};
use crate::{
    app::App,
    db::Transaction,
    id::{Id, kind},
    turns::Turn,
    viewer::Viewer,
};

/// How long a snapshot may stay open while the log of the database is too large.
const GRACE: Duration = Duration::from_secs(10);

/// A file that is about to be sent.
pub(super) struct Transfer<T> {
    pub(super) app: App,
    pub(super) viewer: Viewer,
    pub(super) snapshot: Transaction,
    pub(super) table: T,
    /// Whether the file begins with a byte order mark.
    pub(super) with_bom: bool,
    /// Returned when the database was read to the end.
    pub(super) reading: Turn<Id<kind::User>>,
    /// Returned when the file was sent, or the client is given up.
    pub(super) sending: Turn<Id<kind::User>>,
}

impl<T: Table> Transfer<T> {
    /// Starts both tasks. Returns the file in chunks; an error in place of the rest when it cannot be sent to its end, so that the
    /// connection is broken off and the client notices.
    pub(super) fn start(self) -> impl Stream<Item = io::Result<Bytes>> {
        let (file, reader) = spool();
        let (sender, receiver) = mpsc::channel(1);
        let limits = self.app.limits.downloads;
        let end = time::Instant::now() + limits.time;
        tokio::spawn(send(reader, sender, (end, limits.stalled), self.sending));
        let (viewer, snapshot, table, with_bom) = (self.viewer, self.snapshot, self.table, self.with_bom);
        let reading = Reading { app: self.app, viewer, snapshot, table, with_bom };
        let turn = self.reading;
        tokio::spawn(async move {
            // The turn is returned after the snapshot.
            let _turn = turn;
            drop(time::timeout_at(end, reading.run(file)).await);
        });
        stream::unfold(Some(receiver), async |receiver: Option<mpsc::Receiver<io::Result<Option<Vec<u8>>>>>| {
            let mut receiver = receiver?;
            match receiver.recv().await {
                Some(Ok(Some(chunk))) => Some((Ok(Bytes::from(chunk)), Some(receiver))),
                Some(Ok(None)) => None,
                Some(Err(error)) => Some((Err(error), None)),
                None => Some((Err(io::Error::other("the client took too long")), None)),
            }
        })
    }
}

/// Sends the file until its end, or until the client has taken too long.
async fn send(
    mut file: spool::Reader,
    sender: mpsc::Sender<io::Result<Option<Vec<u8>>>>,
    (end, stalled): (time::Instant, Duration),
    _turn: Turn<Id<kind::User>>,
) {
    loop {
        let Ok(chunk) = time::timeout_at(end, file.next()).await else { return };
        let is_last = !matches!(chunk, Ok(Some(_)));
        let latest = end.min(time::Instant::now() + stalled);
        // Sending fails when the client has disconnected.
        if !matches!(time::timeout_at(latest, sender.send(chunk)).await, Ok(Ok(()))) || is_last {
            return;
        }
    }
}

/// Reads the rows from the snapshot.
struct Reading<T> {
    app: App,
    viewer: Viewer,
    snapshot: Transaction,
    table: T,
    with_bom: bool,
}

impl<T: Table> Reading<T> {
    async fn run(mut self, mut file: spool::Writer) {
        match self.write(&mut file).await {
            Ok(true) => file.finish(),
            Ok(false) => {}
            Err(reason) => tracing::error!(reason, "a download was aborted"),
        }
    }

    /// Writes the file. Returns whether it is whole: nobody may need it any longer.
    async fn write(&mut self, file: &mut spool::Writer) -> Result<bool, String> {
        let began = Instant::now();
        let mut rows = Rows::with_header(T::COLUMNS, self.with_bom).map_err(|error| error.to_string())?;
        loop {
            let source = Source { app: &self.app, viewer: &self.viewer, snapshot: &self.snapshot };
            let more = self.table.write(source, &mut rows).await.map_err(|error| format!("{error:?}"))?;
            file.write(rows.into_bytes().map_err(|error| error.to_string())?)
                .await
                .map_err(|error| error.to_string())?;
            if !more {
                return Ok(true);
            }
            if file.is_abandoned() {
                return Ok(false);
            }
            if self.app.db.is_log_too_large() && began.elapsed() > GRACE {
                return Err("the write-ahead log of the database has become too large".to_owned());
            }
            rows = Rows::default();
        }
    }
}
