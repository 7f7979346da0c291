//! The explorer: a page for trying out operations. It is part of the binary and loads nothing from other servers.

use axum::{
    http::header::CONTENT_SECURITY_POLICY,
    response::{Html, IntoResponse},
};

const PAGE: &str = concat!(
    include_str!("page.html"),
    "<script>\n",
    include_str!("operations.js"),
    include_str!("examples.js"),
    include_str!("explorer.js"),
    "</script>\n</body>\n</html>\n",
);
/// Allows nothing from other servers, and no form or frame that could send the user's input elsewhere.
const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; \
                      img-src blob:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

pub(super) async fn page() -> impl IntoResponse {
    ([(CONTENT_SECURITY_POLICY, POLICY)], Html(PAGE))
}
