//! When loaders load: only when nothing else in the request can go on, so that all that asks for something of one kind is
//! loaded by one statement, however many rows there are and however busy the machine is.
//!
//! The library starts a batch a millisecond after its first key, and in a millisecond a long list is not through.

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

/// The batches of one request that have not begun.
#[derive(Clone, Default)]
pub struct Batches(Arc<Mutex<Vec<BoxFuture<'static, ()>>>>);

impl fmt::Debug for Batches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batches").finish_non_exhaustive()
    }
}

/// Notes that the request can go on, and tells who runs it.
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
    /// Keeps a batch until the request waits.
    pub(super) fn add(&self, batch: BoxFuture<'static, ()>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(batch);
    }

    /// Runs a request and, whenever it waits, its batches.
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
                    // It yields, but has not come to wait; it is polled again soon.
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
