//! The headers that every response has.
//!
//! A handler that needs another value of one of them sets it itself. `Strict-Transport-Security` is left to the proxy that ends
//! TLS.

use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue,
        header::{
            CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
        },
    },
    middleware::Next,
    response::Response,
};

use crate::app::Origins;

const DEFAULTS: [(HeaderName, &str); 6] = [
    (CACHE_CONTROL, "no-store"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    // For browsers that do not know `frame-ancestors`.
    (X_FRAME_OPTIONS, "DENY"),
    // No other site can use a response in an element such as `img` or `script`. It concerns requests without CORS only: a page
    // whose origin is allowed reads responses nevertheless.
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

pub(super) async fn complete(State(origins): State<Origins>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in DEFAULTS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    let of_origin = matches!(origins, Origins::Listed(_)).then_some("Origin");
    vary(headers, of_origin.into_iter().chain(["Accept-Encoding"]));
    response
}

/// Adds names to `Vary`, and puts all of it into one line that names nothing twice.
fn vary(headers: &mut HeaderMap, more: impl Iterator<Item = &'static str>) {
    let lines = headers.get_all(VARY).iter().filter_map(|line| line.to_str().ok());
    let mut names: Vec<_> = lines.flat_map(|line| line.split(',')).map(|name| name.trim().to_owned()).collect();
    for name in more {
        if !names.iter().any(|given| given.eq_ignore_ascii_case(name)) {
            names.push(name.to_owned());
        }
    }
    if let Ok(names) = HeaderValue::try_from(names.join(", ")) {
        headers.insert(VARY, names);
    }
}
