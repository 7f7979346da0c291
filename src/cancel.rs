//! Cancellation: what happens to the work of a request whose client has disconnected.
//!
//! Owns the rule that database work, once begun, runs to its end. The server runs each request in a task of its own ([`run`]).
//! When the client disconnects, that task stops at its next await point, unless it is inside [`shield`]: shielded work is
//! finished first. So a client that disconnects before a transaction begins has no effect, and a client that disconnects later
//! cannot leave a transaction half done on a connection that other requests will use.
//!
//! | step | who |
//! |---|---|
//! | wrap the whole request in [`run`] | `server` |
//! | wrap each piece of database work that must not be cut off in [`shield`] | `db` |
//!
//! This module must not know what the work is.

use std::{
    fmt,
    future::{pending, poll_fn},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::Poll,
};

use futures_util::task::AtomicWaker;

tokio::task_local! {
    static CURRENT: Arc<Request>;
}

/// The state that the task of a request shares with the future that waits for its result.
#[derive(Default)]
struct Request {
    is_abandoned: AtomicBool,
    shields: AtomicUsize,
    task: AtomicWaker,
}

impl Request {
    fn may_stop(&self) -> bool {
        self.is_abandoned.load(Ordering::SeqCst) && self.shields.load(Ordering::SeqCst) == 0
    }
}

/// Tells whether anybody still needs what a request reads.
#[derive(Clone)]
pub(crate) struct Interest(Arc<Request>);

impl Interest {
    /// The current request. `None` outside of a request.
    pub(crate) fn current() -> Option<Self> {
        CURRENT.try_with(|request| Self(request.clone())).ok()
    }

    /// Whether the client has gone, and nothing but a read is shielded, or not even that. A read inside of a longer piece of
    /// shielded work must not be interrupted, because that work has to be finished.
    pub(crate) fn may_interrupt(&self) -> bool {
        self.0.is_abandoned.load(Ordering::SeqCst) && self.0.shields.load(Ordering::SeqCst) <= 1
    }
}

impl fmt::Debug for Interest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Interest").field(&self.may_interrupt()).finish()
    }
}

/// The work panicked, so there is no result.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Panicked(
    /// The panic message.
    pub(crate) String,
);

/// Runs the work of a request in a task of its own. When the returned future is dropped, the work is abandoned: it stops as
/// soon as nothing in it is shielded.
///
/// # Errors
/// [`Panicked`] when the work panics.
pub(crate) async fn run<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> Result<T, Panicked> {
    struct AbandonOnDrop(Option<Arc<Request>>);
    impl Drop for AbandonOnDrop {
        fn drop(&mut self) {
            if let Some(request) = &self.0 {
                request.is_abandoned.store(true, Ordering::SeqCst);
                request.task.wake();
            }
        }
    }

    let request = Arc::new(Request::default());
    let mut waiting = AbandonOnDrop(Some(request.clone()));
    let task = tokio::spawn(async move {
        let mut work = pin!(CURRENT.scope(request.clone(), work));
        poll_fn(|cx| {
            request.task.register(cx.waker());
            if let Poll::Ready(done) = work.as_mut().poll(cx) {
                return Poll::Ready(Some(done));
            }
            // Dropping the work here is safe: nothing in it is shielded, so no transaction is half done.
            if request.may_stop() { Poll::Ready(None) } else { Poll::Pending }
        })
        .await
    });
    let done = task.await;
    waiting.0 = None;
    match done {
        Ok(Some(value)) => Ok(value),
        Err(error) if error.is_panic() => Err(Panicked(message(error.into_panic().as_ref()))),
        // The task ends without a result only when its waiting future was dropped, or when the runtime shuts down.
        Ok(None) | Err(_) => pending().await,
    }
}

/// Runs `work` to its end even if the client of the request disconnects meanwhile. If the client has disconnected already,
/// `work` is not started and the returned future never resolves. Outside of a request, `work` simply runs.
pub(crate) async fn shield<T>(work: impl Future<Output = T>) -> T {
    struct Shield(Arc<Request>);
    impl Drop for Shield {
        fn drop(&mut self) {
            self.0.shields.fetch_sub(1, Ordering::SeqCst);
        }
    }

    let Ok(request) = CURRENT.try_with(Arc::clone) else { return work.await };
    if request.may_stop() {
        return pending().await;
    }
    request.shields.fetch_add(1, Ordering::SeqCst);
    let _shield = Shield(request);
    work.await
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic without a message".to_owned())
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::{Panicked, run, shield};

    /// Runs a request until `waits` is signalled, then drops it, as the server does when the client disconnects.
    async fn abandon<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static, waits: oneshot::Receiver<()>) {
        tokio::select! {
            _ = run(work) => panic!("the work ended"),
            reached = waits => reached.unwrap(),
        }
    }

    #[tokio::test]
    async fn work_whose_client_is_there_gives_its_result() {
        assert_eq!(run(async { shield(async { 1 }).await + 1 }).await, Ok(2));
    }

    #[tokio::test]
    async fn shielded_work_is_finished_and_nothing_is_begun_after_it() {
        let (reached, waits) = oneshot::channel();
        let (go_on, may_go_on) = oneshot::channel::<()>();
        let (first_done, first) = oneshot::channel();
        let (second_done, second) = oneshot::channel::<()>();
        let work = async move {
            shield(async {
                reached.send(()).unwrap();
                may_go_on.await.unwrap();
                first_done.send(()).unwrap();
            })
            .await;
            shield(async { second_done.send(()).unwrap() }).await;
        };
        abandon(work, waits).await;
        go_on.send(()).unwrap();
        first.await.unwrap();
        // The second shield was never entered, so the sender was dropped together with the work.
        assert!(second.await.is_err());
    }

    #[tokio::test]
    async fn work_that_waits_unshielded_is_dropped() {
        let (reached, waits) = oneshot::channel();
        let (never, waited_for) = oneshot::channel::<()>();
        let work = async move {
            reached.send(()).unwrap();
            let _ = waited_for.await;
        };
        abandon(work, waits).await;
        let mut never = never;
        never.closed().await;
    }

    #[tokio::test]
    async fn a_shield_within_a_shield_does_not_wait_for_ever() {
        let (reached, waits) = oneshot::channel();
        let (go_on, may_go_on) = oneshot::channel::<()>();
        let (done, inner) = oneshot::channel();
        let work = async move {
            shield(async {
                reached.send(()).unwrap();
                may_go_on.await.unwrap();
                shield(async { done.send(()).unwrap() }).await;
            })
            .await;
        };
        abandon(work, waits).await;
        go_on.send(()).unwrap();
        inner.await.unwrap();
    }

    #[tokio::test]
    async fn a_panic_is_told() {
        let panicked: Result<(), Panicked> = run(async { panic!("out of {}", "order") }).await;
        assert_eq!(panicked, Err(Panicked("out of order".to_owned())));
    }
}
