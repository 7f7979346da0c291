//! Connections: accepts them, serves HTTP/1.1 and HTTP/2 over them, and closes those that keep others out.
//!
//! | module | owns |
//! |---|---|
//! | `watch` | how long a connection may do nothing |
//! | `registry` | how many there may be, and which one makes room for another one |
//! | `open_files` | how many the system allows |
//!
//! `axum::serve` is not used: it has neither time limits nor a limit on the number of connections. Nothing here knows what the
//! requests are about.

mod open_files;
mod registry;
mod watch;

use std::{
    future::poll_fn,
    io,
    net::{IpAddr, SocketAddr},
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes, HttpBody},
    extract::{ConnectInfo, Request},
    response::Response,
};
use hyper::{
    body::{Frame, Incoming, SizeHint},
    service::service_fn,
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use ipnet::IpNet;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch as channel,
};
use tower_service::Service;

pub use self::open_files::within_open_files;
pub(super) use self::watch::ConnectionWatch;
use self::{
    registry::{Place, Places, Registry},
    watch::{Counted, Patience, Watched},
};
use crate::{app::ConnectionLimits, client::Client};

/// How long running requests may continue when the server stops.
const GRACE: Duration = Duration::from_secs(10);
/// How long to wait after a connection could not be accepted, for example because all file descriptors are in use.
const AFTER_FAILURE: Duration = Duration::from_millis(50);
/// How many bytes a client may send over one HTTP/2 connection, and in one request, before the server has taken them.
const WINDOW: u32 = 256 * 1024;
/// How many bytes of an answer are prepared in advance for one HTTP/2 request.
const SEND_BUFFER: usize = 128 * 1024;

/// Serves until `stop` resolves. Then no new connection is accepted, and running requests have ten seconds to finish.
///
/// # Errors
/// When the address of the listener cannot be read.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: ConnectionLimits,
    trusted_proxies: Arc<[IpNet]>,
    stop: impl Future<Output = ()> + Send,
) -> io::Result<()> {
    let address = listener.local_addr()?;
    let registry = Registry::new(Places { in_all: limits.in_all, per_network: limits.per_address });
    let patience = Patience { head: limits.head, idle: limits.idle };
    let (stopping, stopped) = channel::channel(false);
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) if is_of_client(&error) => continue,
            Err(error) => {
                tracing::warn!(%error, %address, "cannot accept a connection");
                tokio::time::sleep(AFTER_FAILURE).await;
                continue;
            }
        };
        tracing::trace!(%peer, "connected");
        let watch = ConnectionWatch::new(patience);
        let network = network(peer.ip(), &trusted_proxies);
        // Without a place, the connection is closed at once.
        let Some(place) = registry.admit(network, watch.clone()) else { continue };
        // Small answers are sent at once, instead of waiting for more to send.
        let _ = stream.set_nodelay(true);
        tokio::spawn(
            Serving { stream, peer, watch, router: router.clone(), limits, stopped: stopped.clone() }.run(place),
        );
    }
    drop((listener, stopped));
    stopping.send_replace(true);
    // All receivers are dropped when the last connection has ended.
    if tokio::time::timeout(GRACE, stopping.closed()).await.is_err() {
        tracing::warn!("some requests did not finish within the grace period and were aborted");
    }
    Ok(())
}

/// Whether a connection failed because of its client, so that the next one can be accepted at once.
fn is_of_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// The network that a connection counts for; none for a trusted proxy.
fn network(peer: IpAddr, trusted_proxies: &[IpNet]) -> Option<IpAddr> {
    let client = Client::new(Some(peer), None);
    let is_proxy = |address: &IpAddr| trusted_proxies.iter().any(|network| network.contains(address));
    client.network().filter(|_| !client.address.as_ref().is_some_and(is_proxy))
}

/// A connection that is being served.
struct Serving {
    stream: TcpStream,
    peer: SocketAddr,
    watch: Arc<ConnectionWatch>,
    router: Router,
    limits: ConnectionLimits,
    stopped: channel::Receiver<bool>,
}

impl Serving {
    async fn run(self, place: Place) {
        let Self { stream, peer, watch, router, limits, stopped: is_served } = self;
        let mut stopped = is_served.clone();
        let of_requests = watch.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let (counted, work) = (of_requests.request(request.version()), of_requests.work());
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            request.extensions_mut().insert(of_requests.clone());
            let answered = router.clone().call(request);
            async move {
                let answered = answered.await;
                drop(work);
                answered.map(|response| until_sent(response, counted))
            }
        });
        let mut builder = Builder::new(TokioExecutor::new());
        builder
            .http1()
            .max_buf_size(usize::try_from(limits.largest_head).unwrap_or(usize::MAX))
            .header_read_timeout(None);
        builder
            .http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(limits.streams)
            .initial_stream_window_size(WINDOW)
            .initial_connection_window_size(WINDOW)
            .max_send_buf_size(SEND_BUFFER)
            .max_header_list_size(limits.largest_head);
        let stream = TokioIo::new(Watched { stream, watch: watch.clone() });
        let mut connection = pin!(builder.serve_connection_with_upgrades(stream, service));
        let mut closed = pin!(watch.close.notified());
        let mut stopped = pin!(async move { stopped.wait_for(|stopped| *stopped).await.is_ok() });
        let mut is_stopping = false;
        let mut timer = pin!(tokio::time::sleep_until(watch.deadline()));
        poll_fn(|cx| {
            if !is_stopping && stopped.as_mut().poll(cx).is_ready() {
                is_stopping = true;
                watch.stop.cancel();
                connection.as_mut().graceful_shutdown();
            }
            if connection.as_mut().poll(cx).is_ready() || closed.as_mut().poll(cx).is_ready() {
                return Poll::Ready(());
            }
            watch.note_read_once();
            // The deadline moves with each byte, so the timer is set anew only when it is due, or too late.
            loop {
                let deadline = watch.deadline();
                if deadline < timer.deadline() {
                    timer.as_mut().reset(deadline);
                }
                if timer.as_mut().poll(cx).is_pending() {
                    return Poll::Pending;
                }
                if deadline <= timer.deadline() {
                    return Poll::Ready(());
                }
                timer.as_mut().reset(deadline);
            }
        })
        .await;
        socket_ended(&watch, closed, is_served.clone()).await;
        // The server waits until no connection has its receiver any more.
        drop((place, is_served));
    }
}

/// Waits for the end of the WebSocket that has taken the connection over, if there is one. It is asked to end when the server stops,
/// and when the connection is to make room for another one.
async fn socket_ended(watch: &ConnectionWatch, closed: impl Future<Output = ()>, mut stopped: channel::Receiver<bool>) {
    watch.sockets.close();
    tokio::select! {
        () = watch.sockets.wait() => return,
        () = closed => {}
        _ = stopped.wait_for(|stopped| *stopped) => {}
    }
    watch.stop.cancel();
    watch.sockets.wait().await;
}

/// Keeps a request counted until its answer is sent.
fn until_sent(response: Response, counted: Counted) -> Response {
    response.map(|body| Body::new(CountedBody { body, _counted: counted }))
}

struct CountedBody {
    body: Body,
    _counted: Counted,
}

impl HttpBody for CountedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
