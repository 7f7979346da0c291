//! The explorer: a page for trying out operations. It is part of the binary and loads nothing from other servers.

use std::sync::LazyLock;

use axum::{
    http::{HeaderMap, HeaderValue, header::CONTENT_SECURITY_POLICY},
    response::Response,
};

use super::text::Text;

static PAGE: LazyLock<Text> = LazyLock::new(|| Text::new("text/html; charset=utf-8", include_str!("page.html")));
static SCRIPT: LazyLock<Text> = LazyLock::new(|| {
    let script = concat!(include_str!("operations.js"), include_str!("examples.js"), include_str!("explorer.js"));
    Text::new("text/javascript; charset=utf-8", script)
});

/// Allows nothing from other servers, no script but the page's own file, and no form or frame that could send the user's input
/// elsewhere.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; \
                      img-src blob:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

pub(super) async fn page(headers: HeaderMap) -> Response {
    let mut response = PAGE.answer(&headers).await;
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

pub(super) async fn script(headers: HeaderMap) -> Response {
    SCRIPT.answer(&headers).await
}
