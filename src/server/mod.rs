//! HTTP: the router, and serving requests until the server is asked to stop.
//!
//! | path | module |
//! |---|---|
//! | `/graphql` | `graphql` |
//! | `*.csv`, `/reports/*.svg` | `files` |
//! | `/health/*` | `health` |
//! | `/` | `explorer` |
//!
//! Every request passes `request_log`, `client` and `finish`; `rate_limit` charges those that cost something. No bookkeeping
//! rule belongs here.

mod client;
mod explorer;
mod files;
mod finish;
mod graphql;
mod health;
mod rate_limit;
mod request_log;

use std::{io, net::SocketAddr, time::Duration};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{get, post},
};
use tokio::{net::TcpListener, sync::watch};

use self::rate_limit::Rates;
use crate::app::App;

/// The maximum size of a request body, in bytes.
const LARGEST_BODY: usize = 1024 * 1024;
/// How long running requests may continue when the server stops.
const GRACE: Duration = Duration::from_secs(10);

/// The routes of the server. `explorer` decides whether the explorer page is among them.
pub fn router(app: App, explorer: bool) -> Router {
    let identify = middleware::from_fn_with_state(app.trusted_proxies.clone(), client::identify);
    let rates = Rates::new(app.clone());
    let mut router = Router::new()
        .route("/graphql", post(graphql::handle).layer(DefaultBodyLimit::max(LARGEST_BODY)))
        .with_state(graphql::Endpoint::new(app.clone(), rates.clone()))
        .merge(files::router(app.clone(), rates))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready).with_state(app.db));
    if explorer {
        router = router.route("/", get(explorer::page));
    }
    router.layer(middleware::from_fn(finish::finish)).layer(identify).layer(middleware::from_fn(request_log::log))
}

/// Serves until `stop` resolves. Then no new connection is accepted, and running requests have ten seconds to finish.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (stopping, mut stopped) = watch::channel(false);
    let graceful = async move {
        stop.await;
        stopping.send_replace(true);
    };
    let too_late = async move {
        // `wait_for` fails only when the sender was dropped, which happens only after it has sent.
        let _ = stopped.wait_for(|stopped| *stopped).await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        served = axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).with_graceful_shutdown(graceful) => served,
        () = too_late => {
            tracing::warn!("some requests did not finish within the grace period and were aborted");
            Ok(())
        }
    }
}
