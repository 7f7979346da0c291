//! What is known about one connection, and when it is closed.
//!
//! | the client | is closed after |
//! |---|---|
//! | connects and sends nothing, or a part of a request's head | the limit for heads |
//! | sends no request over a connection that it has used before | the limit for idle connections |
//! | does not take the answer, so that nothing moves | the limit for idle connections |
//!
//! Over a connection that a WebSocket has taken over, the socket finds out whether its client is there.
//!
//! hyper's `header_read_timeout` is not used: it starts when the last answer was sent, so it would close each idle connection, and
//! it does not know HTTP/2. The time for a body and for the execution are watched by the endpoint.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::http::Version;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::Notify,
    time::Instant,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How long a connection may do nothing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// From the first byte of a request's head, or from the beginning of the connection, to the end of the head.
    pub(super) head: Duration,
    /// Between two requests, and without any byte of an answer going out.
    pub(super) idle: Duration,
}

/// One connection.
#[derive(Debug)]
pub(in crate::server) struct ConnectionWatch {
    patience: Patience,
    times: Mutex<Times>,
    /// Requests whose head has arrived and whose answer is not sent.
    requests: AtomicUsize,
    /// Those of them that are not answered yet.
    at_work: AtomicUsize,
    /// Those of these whose body has not arrived.
    waiting: AtomicUsize,
    is_new: AtomicBool,
    is_logged_in: AtomicBool,
    pub(super) close: Notify,
    /// Cancelled when what has no end by itself must end: the server stops, or the connection makes room for another one.
    pub(in crate::server) stop: CancellationToken,
    /// The WebSocket that has taken the connection over.
    pub(in crate::server) sockets: TaskTracker,
}

#[derive(Clone, Copy, Debug)]
struct Times {
    /// When the current head began. `None` while no head is being read, and always for HTTP/2, where other things than requests
    /// are sent too.
    head_since: Option<Instant>,
    is_http2: bool,
    /// When the latest request was answered, or the connection began.
    idle_since: Instant,
    /// When bytes last went in or out.
    moved: Instant,
}

/// How much is lost when a connection is closed to make room for another one; the smallest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Worth {
    /// A client that is not logged in and has not sent a whole request, although the server has read from it.
    Waiting,
    /// A client that has logged in and asks nothing at the moment, or one that has connected just now, of which nothing was read yet.
    Idle,
    /// A client that has logged in takes its answer, such as a download.
    Sending,
    /// A request is being answered.
    AtWork,
}

impl ConnectionWatch {
    pub(super) fn new(patience: Patience) -> Arc<Self> {
        let now = Instant::now();
        Arc::new(Self {
            patience,
            times: Mutex::new(Times { head_since: Some(now), is_http2: false, idle_since: now, moved: now }),
            requests: AtomicUsize::new(0),
            at_work: AtomicUsize::new(0),
            waiting: AtomicUsize::new(0),
            is_new: AtomicBool::new(true),
            is_logged_in: AtomicBool::new(false),
            close: Notify::new(),
            stop: CancellationToken::new(),
            sockets: TaskTracker::new(),
        })
    }

    fn times(&self) -> MutexGuard<'_, Times> {
        self.times.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When this connection will be closed, if nothing happens before.
    pub(super) fn deadline(&self) -> Instant {
        let Times { head_since, idle_since, moved, .. } = *self.times();
        if self.requests.load(Ordering::SeqCst) > 0 {
            return moved + self.patience.idle;
        }
        let idle = idle_since + self.patience.idle;
        head_since.map_or(idle, |since| idle.min(since + self.patience.head))
    }

    pub(super) fn worth(&self) -> Worth {
        if self.at_work.load(Ordering::SeqCst) > self.waiting.load(Ordering::SeqCst) {
            Worth::AtWork
        } else if self.is_logged_in.load(Ordering::SeqCst) {
            let is_sending = self.requests.load(Ordering::SeqCst) > self.waiting.load(Ordering::SeqCst);
            if is_sending { Worth::Sending } else { Worth::Idle }
        } else if self.is_new.load(Ordering::SeqCst) {
            Worth::Idle
        } else {
            Worth::Waiting
        }
    }

    pub(super) fn idle_since(&self) -> Instant {
        self.times().idle_since
    }

    /// Notes that the client has a valid access token.
    pub(in crate::server) fn note_login(&self) {
        self.is_logged_in.store(true, Ordering::SeqCst);
    }

    /// Notes that the head of a request has arrived. The connection is not idle until the result is dropped.
    pub(super) fn request(self: &Arc<Self>, version: Version) -> Counted {
        {
            let mut times = self.times();
            times.head_since = None;
            times.is_http2 |= version == Version::HTTP_2;
        }
        Counted::new(self, |watch| &watch.requests)
    }

    /// Notes that a request is executed. The connection is not closed for another one until the result is dropped.
    pub(in crate::server) fn work(self: &Arc<Self>) -> Counted {
        Counted::new(self, |watch| &watch.at_work)
    }

    /// Notes that a request cannot go on before its client has sent more, until the result is dropped.
    pub(in crate::server) fn wait(self: &Arc<Self>) -> Counted {
        Counted::new(self, |watch| &watch.waiting)
    }

    /// Notes that what the client sent first was read.
    pub(super) fn note_read_once(&self) {
        self.is_new.store(false, Ordering::SeqCst);
    }

    fn note_read(&self) {
        let now = Instant::now();
        let is_between_requests = self.requests.load(Ordering::SeqCst) == 0;
        let mut times = self.times();
        times.moved = now;
        if is_between_requests && !times.is_http2 {
            times.head_since.get_or_insert(now);
        }
    }

    fn note_written(&self) {
        self.times().moved = Instant::now();
    }
}

/// One more in a count of a [`ConnectionWatch`], until this is dropped.
#[derive(Debug)]
pub(in crate::server) struct Counted {
    watch: Arc<ConnectionWatch>,
    count: fn(&ConnectionWatch) -> &AtomicUsize,
}

impl Counted {
    fn new(watch: &Arc<ConnectionWatch>, count: fn(&ConnectionWatch) -> &AtomicUsize) -> Self {
        count(watch).fetch_add(1, Ordering::SeqCst);
        Self { watch: watch.clone(), count }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.watch.times().idle_since = Instant::now();
        (self.count)(&self.watch).fetch_sub(1, Ordering::SeqCst);
    }
}

/// A stream that tells a [`ConnectionWatch`] when bytes move.
#[derive(Debug)]
pub(super) struct Watched<S> {
    pub(super) stream: S,
    pub(super) watch: Arc<ConnectionWatch>,
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.watch.note_read();
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        if matches!(written, Poll::Ready(Ok(_))) {
            self.watch.note_written();
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        if matches!(written, Poll::Ready(Ok(_))) {
            self.watch.note_written();
        }
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
