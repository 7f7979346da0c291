//! [`Writer`]: takes wallet operations from a queue, and does in one transaction what has queued up.
//!
//! A caller waits for the answer, which comes after the commit. While a batch is being written, the next one queues up, so nobody
//! waits for others to come. When the queue is full, a caller is refused at once. What a caller has queued who goes away, or whose
//! time is over, is not done unless it has begun; then it is finished, and the history and the idempotency key tell so.

use std::{
    io,
    panic::AssertUnwindSafe,
    sync::atomic::{AtomicBool, Ordering},
};

use futures_util::FutureExt;
use sea_orm::DbErr;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::{batch, request::Request};
use crate::{
    app::App,
    bookkeeping::journal::Posted,
    error::{Error, Result},
    together::Together,
};

/// The most operations of one transaction.
const MOST_AT_ONCE: usize = 256;
/// The most operations that wait.
const MOST_WAITING: usize = 4096;

/// Does wallet operations. Without a thread, each one has a transaction of its own.
#[derive(Clone, Debug, Default)]
pub struct Writer(Option<Together<(Request, TaskTrackerToken), Result<Posted>>>);

impl Writer {
    /// Starts the thread, with a connection of its own, unless the operator wants none.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn start(app: &App) -> io::Result<Self> {
        if !app.in_batches {
            return Ok(Self::default());
        }
        let app = App { db: app.db.for_writer(), ..app.clone() };
        let write = move |queued: Vec<_>| {
            let app = app.clone();
            async move {
                let (requests, _under_way): (Vec<_>, Vec<TaskTrackerToken>) = queued.into_iter().unzip();
                Ok(write(&app, requests, false).await)
            }
        };
        Together::on_thread("writer", MOST_AT_ONCE, MOST_WAITING, write).map(|queue| Self(Some(queue)))
    }

    /// Whether operations are done in batches.
    #[must_use]
    pub fn is_in_batches(&self) -> bool {
        self.0.is_some()
    }

    pub(super) async fn post(&self, app: &App, request: Request) -> Result<Posted> {
        let Some(queue) = &self.0 else {
            return write(app, vec![request], false).await.pop().unwrap_or_else(|| Err(Error::busy()));
        };
        queue.ask_at_once((request, app.under_way.token())).await?
    }
}

/// Does the operations in one transaction. When it fails because of one of them, the others are done without it.
/// `may_be_written`: an earlier attempt may have been committed without an answer.
async fn write(app: &App, requests: Vec<Request>, may_be_written: bool) -> Vec<Result<Posted>> {
    let may_be_written = &AtomicBool::new(may_be_written);
    let batch = &requests;
    let attempt = |tx| async move {
        let again = may_be_written.swap(true, Ordering::Relaxed);
        batch::post(&tx, app, batch, again).await
    };
    // A panic is a fault of one of them too.
    let done = AssertUnwindSafe(app.db.write_repeatable(attempt)).catch_unwind().await;
    let panicked = |_| Err(Error::Fault(DbErr::Custom("a wallet operation panicked".to_owned())));
    match done.unwrap_or_else(panicked) {
        Ok(answers) => {
            let left =
                requests.into_iter().zip(&answers).filter_map(|(request, answer)| answer.is_none().then_some(request));
            let left: Vec<_> = left.collect();
            let mut later = Vec::new();
            if !left.is_empty() {
                later = Box::pin(write(app, left, false)).await;
            }
            let mut later = later.into_iter();
            answers.into_iter().filter_map(|answer| answer.or_else(|| later.next())).collect()
        }
        Err(Error::Fault(_)) if requests.len() > 1 => {
            let mut first = requests;
            let rest = first.split_off(first.len() / 2);
            let mut answers = Box::pin(write(app, first, true)).await;
            answers.extend(Box::pin(write(app, rest, true)).await);
            answers
        }
        Err(error) => requests.iter().map(|_| Err(error.clone())).collect(),
    }
}
