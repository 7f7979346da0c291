//! HTTP: the router, the connections that it is served over, and the limits that keep one client from stopping others.
//!
//! | path | module |
//! |---|---|
//! | `/graphql` | `graphql` |
//! | `*.csv`, `/import/transactions`, `/reports/*.svg`, `/schema.graphql` | `files` |
//! | `/health/*` | `health` |
//! | `/`, `/explorer/*` | `explorer` |
//! | all others | `failure` |
//!
//! Every request passes these layers, the first one first:
//!
//! | layer | what it does |
//! |---|---|
//! | `request_log` | gives the request its id, and logs it |
//! | `headers` | adds the headers that every response has |
//! | `cors` | answers preflights, and lets pages of other origins read responses |
//! | `client` | finds the address of the client |
//! | `finish` | runs the rest as a task of its own |
//! | `compression` | compresses responses |
//!
//! `rate_limit` charges those that cost something, and `in_flight` limits what is held in memory for them. No bookkeeping rule
//! belongs here.

mod bearer;
mod client;
mod compression;
mod connections;
mod cors;
mod explorer;
mod failure;
mod files;
mod finish;
mod graphql;
mod headers;
mod health;
mod in_flight;
mod principal;
mod rate_limit;
mod request_log;
mod text;

use std::sync::Arc;

use axum::{
    Router, middleware,
    routing::{any, get},
};
use tower::ServiceBuilder;

use self::rate_limit::Rates;
pub use self::{
    connections::{serve, within_open_files},
    graphql::check_trusted_documents,
};
use crate::app::App;

/// The pages that a server may leave out.
#[derive(Clone, Copy, Debug)]
pub struct Pages {
    /// The explorer, at `/`.
    pub explorer: bool,
    /// The schema as text, at `/schema.graphql`.
    pub schema: bool,
}

/// The routes of the server.
pub fn router(app: App, pages: Pages) -> Router {
    let identify = middleware::from_fn_with_state(app.trusted_proxies.clone(), client::identify);
    let complete = middleware::from_fn_with_state(app.origins.clone(), headers::complete);
    let cors = cors::layer(&app.origins);
    let rates = Rates::new(app.clone());
    let mut router = Router::new()
        .route("/graphql", any(graphql::handle))
        .with_state(Arc::new(graphql::Endpoint::new(app.clone(), rates.clone())))
        .merge(files::router(app.clone(), rates, pages.schema))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready).with_state(app.db));
    if pages.explorer {
        router = router.route("/", get(explorer::page)).route("/explorer/{file}", get(explorer::file));
    }
    router = router.fallback(failure::not_found).method_not_allowed_fallback(failure::method_not_allowed).layer(
        ServiceBuilder::new()
            .layer(identify)
            .layer(middleware::from_fn(finish::finish))
            .layer(middleware::from_fn(compression::compress)),
    );
    if let Some(cors) = cors {
        router = router.layer(cors).layer(middleware::map_response(cors::only_allowed));
    }
    router.layer(ServiceBuilder::new().layer(middleware::from_fn(request_log::log)).layer(complete))
}
