//! One line in the log for each request: what it was called, how it went, how long it took. No variables, no tokens.

use std::time::Instant;

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use tracing::Instrument;
use uuid::Uuid;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The name of a request: in its response, in the log, and in the error that a fault shows.
#[derive(Clone, Copy, Debug)]
pub(super) struct RequestId(pub(super) Uuid);

/// What the log tells of a GraphQL request. Put into the response's extensions.
#[derive(Clone, Debug, Default)]
pub(super) struct Summary {
    /// The operation's name.
    pub(super) operation: Option<String>,
    /// The code of the first error.
    pub(super) error: Option<String>,
}

pub(super) async fn log(mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = Uuid::now_v7();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    request.extensions_mut().insert(RequestId(id));
    let span = tracing::info_span!("request", %id);

    let mut response = next.run(request).instrument(span.clone()).await;

    if let Ok(id) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    let summary = response.extensions_mut().remove::<Summary>().unwrap_or_default();
    let (operation, error) = (summary.operation.as_deref(), summary.error.as_deref());
    let status = response.status().as_u16();
    let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| tracing::info!(%method, path, operation, status, error, ms, "served"));
    response
}
