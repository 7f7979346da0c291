//! Writes one log line for each request: client address, operation name, status, error code and duration. Variables and tokens
//! are never logged.

use std::time::Instant;

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue, Method, StatusCode},
    middleware::Next,
    response::Response,
};
use tracing::{Instrument, Span, field};
use uuid::Uuid;

/// The header with the id of a request.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request. It appears in the response headers, in the log, and in the error of a fault.
#[derive(Clone, Copy, Debug)]
pub(super) struct RequestId(pub(super) Uuid);

/// The part of the log line that only the GraphQL endpoint knows. The endpoint adds it to the response's extensions.
#[derive(Clone, Debug, Default)]
pub(super) struct Summary {
    /// The name of the operation.
    pub(super) operation: Option<String>,
    /// The code of the first error.
    pub(super) error: Option<String>,
}

/// The log line. It is written when this is dropped, so also for a request whose client disconnects before the response.
struct Line {
    span: Span,
    started: Instant,
    method: Method,
    path: String,
    /// The status and the summary. `None` when the client disconnected before the response.
    answered: Option<(StatusCode, Summary)>,
}

impl Drop for Line {
    fn drop(&mut self) {
        let Self { span, started, method, path, answered } = self;
        let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let _in_span = span.enter();
        let Some((status, Summary { operation, error })) = answered else {
            tracing::info!(%method, path, ms, "the client disconnected");
            return;
        };
        let (operation, error) = (operation.as_deref(), error.as_deref());
        tracing::info!(%method, path, operation, status = status.as_u16(), error, ms, "served");
    }
}

pub(super) async fn log(mut request: Request, next: Next) -> Response {
    let id = Uuid::now_v7();
    let span = tracing::info_span!("request", %id, address = field::Empty);
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let mut line = Line { span: span.clone(), started: Instant::now(), method, path, answered: None };
    request.extensions_mut().insert(RequestId(id));

    let mut response = next.run(request).instrument(span).await;

    if let Ok(id) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    let summary = response.extensions_mut().remove().unwrap_or_default();
    line.answered = Some((response.status(), summary));
    response
}
