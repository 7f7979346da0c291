//! When the data loaders run: only once no other part of the request can make progress. Then all objects of one kind that the
//! request needs are known and are loaded by one statement, however many rows there are and however busy the machine is.
//!
//! The library would instead start a batch one millisecond after its first key. On a busy machine the resolvers of a long list
//! need longer than that, so a list would be loaded by several statements.
//!
//! [`Batches::run`] polls the request until it waits for loaders only, runs the batches that have queued up, and repeats.

use std::{
    fmt,
    future::poll_fn,
    pin::pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use futures_util::{
    future::BoxFuture,
    stream::{FuturesUnordered, StreamExt},
    task::AtomicWaker,
};

/// The batches of one request that have not started yet.
#[derive(Clone, Default)]
pub struct Batches(Arc<Mutex<Vec<BoxFuture<'static, ()>>>>);

impl fmt::Debug for Batches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batches").finish_non_exhaustive()
    }
}

/// The waker of the request. It records that the request can make progress, and wakes the task that runs it.
#[derive(Default)]
struct Woken {
    is_woken: AtomicBool,
    runner: AtomicWaker,
}

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.is_woken.store(true, Ordering::SeqCst);
        self.runner.wake();
    }
}

impl Batches {
    /// Queues a batch until the request waits.
    pub(super) fn add(&self, batch: BoxFuture<'static, ()>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(batch);
    }

    /// Runs a request, and its batches whenever the request waits.
    pub async fn run<T>(self, request: impl Future<Output = T>) -> T {
        let mut request = pin!(request);
        let mut running = FuturesUnordered::new();
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(woken.clone());
        poll_fn(|cx| {
            woken.runner.register(cx.waker());
            loop {
                woken.is_woken.store(false, Ordering::SeqCst);
                if let Poll::Ready(response) = request.as_mut().poll(&mut Context::from_waker(&waker)) {
                    return Poll::Ready(response);
                }
                if woken.is_woken.load(Ordering::SeqCst) {
                    // The request has yielded but is not waiting, so more keys may still be added. It will be polled again.
                    return Poll::Pending;
                }
                running.extend(self.0.lock().unwrap_or_else(PoisonError::into_inner).drain(..));
                if !matches!(running.poll_next_unpin(cx), Poll::Ready(Some(()))) {
                    return Poll::Pending;
                }
            }
        })
        .await
    }
}
