//! Lets web pages of other origins call the server (CORS, <https://fetch.spec.whatwg.org/#http-cors-protocol>).
//!
//! Access tokens are sent by scripts in `Authorization` and never by the browser itself, so credentials in the sense of CORS
//! (cookies) are never allowed.

use std::time::Duration;

use axum::{
    http::{
        HeaderMap, HeaderName, Method,
        header::{
            ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
            ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, CONTENT_DISPOSITION, ETAG, HOST, ORIGIN,
            RETRY_AFTER, WWW_AUTHENTICATE,
        },
    },
    response::Response,
};
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

use super::{
    rate_limit::{LIMIT, POLICY},
    request_log::REQUEST_ID,
};
use crate::app::Origins;

/// How long a browser may remember the answer to a preflight. Chromium takes no more.
const MAX_AGE: Duration = Duration::from_hours(2);

/// The response headers that scripts may read, besides those that they always may.
const EXPOSED: [HeaderName; 7] = [CONTENT_DISPOSITION, ETAG, LIMIT, POLICY, REQUEST_ID, RETRY_AFTER, WWW_AUTHENTICATE];

/// The layer that answers preflights and adds the headers; `None` when only the server's own pages may call it.
pub(super) fn layer(origins: &Origins) -> Option<CorsLayer> {
    let allowed = match origins {
        Origins::Own => return None,
        Origins::Listed(origins) => AllowOrigin::list(origins.iter().cloned()),
        Origins::Any => AllowOrigin::any(),
    };
    let layer = CorsLayer::new()
        .allow_origin(allowed)
        .allow_methods([Method::GET, Method::POST])
        // Each client library sends headers of its own, and none of them gives a page more rights.
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers(EXPOSED)
        .max_age(MAX_AGE)
        // `headers` writes `Vary`.
        .vary([]);
    Some(layer)
}

/// Whether the page that a request comes from may open a WebSocket, to which browsers do not apply CORS: one of an allowed origin, or
/// of the server itself. Programs that are no browsers send no `Origin`.
pub(super) fn may_converse(origins: &Origins, headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(ORIGIN) else { return true };
    let is_own = || {
        let own = headers.get(HOST)?.to_str().ok()?;
        Some(origin.to_str().ok()?.split_once("://")?.1.eq_ignore_ascii_case(own))
    };
    match origins {
        Origins::Any => true,
        Origins::Listed(allowed) if allowed.contains(origin) => true,
        Origins::Listed(_) | Origins::Own => is_own().unwrap_or(false),
    }
}

/// Removes what the layer tells origins that are not allowed.
pub(super) async fn only_allowed(mut response: Response) -> Response {
    let headers = response.headers_mut();
    if !headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN) {
        for name in [
            ACCESS_CONTROL_ALLOW_HEADERS,
            ACCESS_CONTROL_ALLOW_METHODS,
            ACCESS_CONTROL_EXPOSE_HEADERS,
            ACCESS_CONTROL_MAX_AGE,
        ] {
            headers.remove(name);
        }
    }
    response
}
