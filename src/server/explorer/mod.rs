//! The explorer: a page to try operations in. It is part of the binary and asks nobody else for anything.

use axum::{
    http::header::{CONTENT_SECURITY_POLICY, X_CONTENT_TYPE_OPTIONS},
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
/// Nothing from elsewhere, and no form or frame that could send what is typed elsewhere.
const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; \
                      img-src blob:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

pub(super) async fn page() -> impl IntoResponse {
    ([(CONTENT_SECURITY_POLICY, POLICY), (X_CONTENT_TYPE_OPTIONS, "nosniff")], Html(PAGE))
}
