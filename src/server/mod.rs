//! HTTP: the router, and serving until told to stop.

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

/// The largest body of a request, in bytes.
const LARGEST_BODY: usize = 1024 * 1024;
/// How long requests that are under way may take when the server stops.
const GRACE: Duration = Duration::from_secs(10);

/// All that is served.
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

/// Serves until `stop` is done; then no new connection is taken, and requests under way have ten seconds to finish.
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
        // An error means that the sender is gone, which it is only after it has sent.
        let _ = stopped.wait_for(|stopped| *stopped).await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        served = axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).with_graceful_shutdown(graceful) => served,
        () = too_late => {
            tracing::warn!("some requests did not finish in time and were cut off");
            Ok(())
        }
    }
}
