//! Compresses responses as the client accepts: gzip, brotli or zstd.
//!
//! | body | when it is compressed |
//! |---|---|
//! | in memory | all of it before it is sent. The encoder is gone by then, so a client that reads slowly holds less memory than without compression |
//! | a stream: a file that is downloaded | while it is sent. There are few of them (`DownloadLimits`) |
//! | a text that never changes | once, see `text` |
//!
//! Compression tells the length of a secret to somebody who can put text of their own beside it in many responses and see their
//! sizes (BREACH). For this they have to make the victim's browser send requests with the victim's rights. Here they cannot: the
//! token is in `Authorization`, which only the client's own script sends, and never in a cookie.

use std::{convert::Infallible, future::ready};

use axum::{
    body::{Body, Bytes, HttpBody, to_bytes},
    extract::Request,
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{ACCEPT_ENCODING, CONTENT_ENCODING},
    },
    middleware::Next,
    response::Response,
};
use http_body_util::BodyExt;
use tokio::{sync::Semaphore, task::yield_now};
use tower::{ServiceExt, service_fn};
use tower_http::{
    CompressionLevel,
    compression::{
        Compression, DefaultPredicate, Predicate,
        predicate::{NotForContentType, SizeAbove},
    },
};

use super::in_flight::Held;

/// The level of all encodings. The schema by introspection, 318 KiB, becomes 40 KiB (gzip), 35 KiB (br) or 35 KiB (zstd) in 2.7,
/// 1.8 and 0.5 ms. Level 6 saves 5 to 18 percent of that and takes twice as long or longer.
const LEVEL: CompressionLevel = CompressionLevel::Precise(3);

/// The smallest body that is compressed, in bytes. A smaller one fits into one packet anyway.
const SMALLEST: u16 = 1024;

/// How many encoders work on bodies in memory at once. One of brotli takes up to 10 MiB.
static ENCODERS: Semaphore = Semaphore::const_new(4);

/// The layer that compresses what is not compressed yet.
pub(super) async fn compress(request: Request, next: Next) -> Response {
    let accepted = accepted(request.headers());
    let is_encoded = is_encoded(request.headers());
    let response = next.run(request).await;
    let mut response = encode(&accepted, response).await;
    if is_encoded && response.status() == StatusCode::UNSUPPORTED_MEDIA_TYPE {
        // RFC 9110, section 15.5.16: the encodings that would have been accepted.
        response.headers_mut().insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    }
    response
}

/// Compresses an answer in memory, and counts it until it is sent.
pub(super) async fn hold(request: &HeaderMap, response: Response, held: Held) -> Response {
    let (parts, body) = encode(request, response).await.into_parts();
    // The whole answer is in memory, so nothing is waited for and nothing can fail.
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    Response::from_parts(parts, held.answer(bytes))
}

/// Whether the body of a request is compressed.
pub(super) fn is_encoded(request: &HeaderMap) -> bool {
    request.get_all(CONTENT_ENCODING).iter().any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

/// The encoding for a client of a body with this length; `None` when it gets the body as it is.
pub(super) async fn encoding(request: &HeaderMap, length: usize) -> Option<HeaderValue> {
    let sample = Response::new(Body::from(vec![0; length.min(SMALLEST.into())]));
    begin(request, sample, true).await.headers_mut().remove(CONTENT_ENCODING)
}

/// Compresses a response, if the client accepts that and it is worth it.
pub(super) async fn encode(request: &HeaderMap, response: Response) -> Response {
    let size = response.body().size_hint().exact();
    if !request.contains_key(ACCEPT_ENCODING) || size.is_some_and(|size| size < SMALLEST.into()) {
        return response;
    }
    let Some(_) = size else { return begin(request, response, false).await };
    let _permit = ENCODERS.acquire().await;
    let (parts, body) = begin(request, response, true).await.into_parts();
    let is_encoded_now = body.size_hint().exact().is_none();
    Response::from_parts(parts, if is_encoded_now { Body::from(collect(body).await) } else { body })
}

/// A response whose body is compressed while it is read. The encoder of a stream lives as long as the client reads, so it is
/// always gzip's, which takes a third of a mebibyte.
async fn begin(request: &HeaderMap, response: Response, is_in_memory: bool) -> Response {
    let is_worth_it = DefaultPredicate::new()
        .and(SizeAbove::new(SMALLEST))
        // Parts are sent one by one, each as soon as it is there.
        .and(NotForContentType::const_new("multipart/"));
    let mut response = Some(response);
    let given = service_fn(|_| ready(Ok::<_, Infallible>(response.take().unwrap_or_default())));
    let encoder = Compression::new(given).quality(LEVEL).br(is_in_memory).zstd(is_in_memory);
    let mut accepting = Request::new(());
    *accepting.headers_mut() = accepted(request);
    let Ok(response) = encoder.compress_when(is_worth_it).oneshot(accepting).await;
    // Boxed, since an encoder has kilobytes.
    response.map(Body::new)
}

fn accepted(request: &HeaderMap) -> HeaderMap {
    request.get_all(ACCEPT_ENCODING).iter().map(|encodings| (ACCEPT_ENCODING, encodings.clone())).collect()
}

/// Reads a body in memory to its end, and lets others go on meanwhile.
async fn collect(mut body: Body) -> Bytes {
    let mut bytes = Vec::new();
    while let Some(Ok(frame)) = body.frame().await {
        bytes.extend_from_slice(frame.data_ref().map_or(&[][..], Bytes::as_ref));
        yield_now().await;
    }
    bytes.into()
}
