//! Texts that are the same for everybody as long as the program runs: the explorer and the schema.

use std::{
    collections::HashMap,
    fmt::Write,
    sync::{Mutex, MutexGuard, PoisonError},
};

use axum::{
    body::{Body, Bytes, to_bytes},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG},
    },
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

use super::{
    compression::{encode, encoding},
    graphql::is_known,
};

/// A text in memory, with what clients need to keep it in a cache. It is compressed once for each encoding, and all
/// responses share the result.
#[derive(Debug)]
pub(super) struct Text {
    content_type: &'static str,
    body: Bytes,
    etag: String,
    compressed: Mutex<HashMap<HeaderValue, Bytes>>,
}

impl Text {
    /// A file that is in the binary as Brotli has compressed it. A file that is damaged is empty.
    pub(super) fn of_brotli(content_type: &'static str, file: &'static [u8]) -> Self {
        let mut body = Vec::new();
        let mut rest = file;
        if brotli_decompressor::BrotliDecompress(&mut rest, &mut body).is_err() {
            body.clear();
        }
        let text = Self::new(content_type, body);
        text.compressed().insert(HeaderValue::from_static("br"), Bytes::from_static(file));
        text
    }

    pub(super) fn new(content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let body = body.into();
        // Weak, since it is the same for all encodings.
        let mut etag = "W/\"".to_owned();
        for byte in &Sha256::digest(&body)[..16] {
            let _ = write!(etag, "{byte:02x}");
        }
        etag.push('"');
        Self { content_type, body, etag, compressed: Mutex::default() }
    }

    /// The response to a request with these headers: the text, or 304 when the client has it already.
    pub(super) async fn answer(&self, request: &HeaderMap) -> Response {
        let caching = [(CACHE_CONTROL, "no-cache"), (ETAG, self.etag.as_str())];
        if is_known(request, &self.etag) {
            return (StatusCode::NOT_MODIFIED, caching).into_response();
        }
        let mut response = (caching, [(CONTENT_TYPE, self.content_type)], self.body.clone()).into_response();
        if let Some(encoding) = encoding(request, self.body.len()).await {
            *response.body_mut() = Body::from(self.compress(&encoding, request).await);
            response.headers_mut().insert(CONTENT_ENCODING, encoding);
        }
        response
    }

    async fn compress(&self, encoding: &HeaderValue, request: &HeaderMap) -> Bytes {
        if let Some(compressed) = self.compressed().get(encoding) {
            return compressed.clone();
        }
        let body = encode(request, Response::new(Body::from(self.body.clone()))).await.into_body();
        // In memory, so nothing can fail.
        let compressed = to_bytes(body, usize::MAX).await.unwrap_or_default();
        self.compressed().insert(encoding.clone(), compressed.clone());
        compressed
    }

    fn compressed(&self) -> MutexGuard<'_, HashMap<HeaderValue, Bytes>> {
        self.compressed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
