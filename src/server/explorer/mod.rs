//! The explorer: `GraphiQL` with the examples of Daybook. It is part of the binary and loads nothing from other servers.
//!
//! Its source is in `explorer/`, and `npm run build` there writes the files in `assets/`.

use std::sync::LazyLock;

use axum::{
    extract::Path,
    http::{HeaderMap, HeaderValue, header::CONTENT_SECURITY_POLICY},
    response::Response,
};

use super::{failure, text::Text};

static PAGE: LazyLock<Text> =
    LazyLock::new(|| Text::of_brotli("text/html; charset=utf-8", include_bytes!("assets/index.html.br")));

/// The files of the page by name.
static FILES: LazyLock<[(&str, Text); 5]> = LazyLock::new(|| {
    let script = |file: &'static [u8]| Text::of_brotli("text/javascript; charset=utf-8", file);
    let style = Text::of_brotli("text/css; charset=utf-8", include_bytes!("assets/explorer.css.br"));
    [
        ("explorer.js", script(include_bytes!("assets/explorer.js.br"))),
        ("explorer.css", style),
        ("editor.worker.js", script(include_bytes!("assets/editor.worker.js.br"))),
        ("graphql.worker.js", script(include_bytes!("assets/graphql.worker.js.br"))),
        ("json.worker.js", script(include_bytes!("assets/json.worker.js.br"))),
    ]
});

/// Allows nothing from other servers, no script and no worker but the page's own files, and no form or frame that could send the
/// user's input elsewhere. The editor places its text by inline styles, and has its icons in the style sheet.
const POLICY: &str = "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self' 'unsafe-inline'; \
                      font-src data:; connect-src 'self'; img-src blob: data:; form-action 'none'; \
                      frame-ancestors 'none'; base-uri 'none'";

pub(super) async fn page(headers: HeaderMap) -> Response {
    guarded(PAGE.answer(&headers).await)
}

pub(super) async fn file(Path(name): Path<String>, headers: HeaderMap) -> Response {
    match FILES.iter().find(|(known, _)| *known == name) {
        // A worker obeys the policy that its own file comes with.
        Some((_, file)) => guarded(file.answer(&headers).await),
        None => failure::not_found().await,
    }
}

fn guarded(mut response: Response) -> Response {
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}
