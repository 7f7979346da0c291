//! Writes the answer to an upload: the fields of the payload of `importTransactions`, as JSON.
//!
//! What is small stays in memory; the rest goes to a temporary file, since a long file has as many results as lines.

use std::io::{self, Read, Seek, Write};

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use futures_util::{Stream, stream};
use serde_json::{Value, json};
use tempfile::SpooledTempFile;
use tokio::task::spawn_blocking;

use crate::{
    bookkeeping::import::{Line, Status, Summary},
    error::{Code, Refusal},
    id::{Id, kind},
    server::failure::failure,
};

/// The size up to which an answer stays in memory, in bytes.
const IN_MEMORY: usize = 256 * 1024;
/// How many bytes are read at once.
const CHUNK: u64 = 64 * 1024;

/// An answer that is being written.
#[derive(Debug)]
pub(super) struct Report {
    file: SpooledTempFile,
    is_begun: bool,
    /// The first error of writing it. The import goes on after it.
    failed: Option<io::Error>,
}

impl Default for Report {
    fn default() -> Self {
        Self { file: SpooledTempFile::new(IN_MEMORY), is_begun: false, failed: None }
    }
}

impl Report {
    /// Adds the results of lines.
    pub(super) fn add(&mut self, lines: &[Line]) {
        let mut text = String::new();
        for line in lines {
            text.push_str(if self.is_begun { "," } else { "{\"lines\":[" });
            self.is_begun = true;
            text.push_str(&of_line(line).to_string());
        }
        self.write(&text);
    }

    /// The answer.
    pub(super) fn answer(mut self, summary: Summary, refusals: &[Refusal]) -> Response {
        let Summary { added, duplicates, refused, good, skipped, import } = summary;
        let import = import.map_or(Value::Null, |id| json!({ "id": id.to_string() }));
        let start = if self.is_begun { "" } else { "{\"lines\":[" };
        let errors = Value::from(refusals.iter().map(of_refusal).collect::<Vec<_>>());
        self.write(&format!(
            "{start}],\"added\":{added},\"good\":{good},\"duplicates\":{duplicates},\"refused\":{refused},\"skipped\":{skipped},\"import\":{import},\"userErrors\":{errors}}}"
        ));
        if self.failed.is_none() {
            self.failed = self.file.rewind().err();
        }
        if let Some(error) = self.failed {
            tracing::error!(%error, "the answer to an upload cannot be written");
            let message = "The file was imported, but its report cannot be written. Send it again: its lines are duplicates then.";
            return failure(StatusCode::SERVICE_UNAVAILABLE, "OUTCOME_UNKNOWN", message);
        }
        let is = |code| refusals.iter().any(|refusal| refusal.code == code);
        let status = match () {
            () if refusals.is_empty() => StatusCode::OK,
            () if is(Code::TryAgain) || is(Code::OutcomeUnknown) => StatusCode::SERVICE_UNAVAILABLE,
            () => StatusCode::BAD_REQUEST,
        };
        let content_type = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        (status, content_type, Body::from_stream(chunks(self.file))).into_response()
    }

    fn write(&mut self, text: &str) {
        if self.failed.is_none() {
            self.failed = self.file.write_all(text.as_bytes()).err();
        }
    }
}

fn of_line(line: &Line) -> Value {
    let status = match line.status {
        Status::Added => "ADDED",
        Status::Duplicate => "DUPLICATE",
        Status::Refused => "REFUSED",
        Status::Good => "GOOD",
    };
    let transaction = line.id.map(|id: Id<kind::Document>| json!({ "id": id.cast::<kind::Transaction>().to_string() }));
    let note = line.remarks.as_ref().and_then(|remarks| remarks.note.clone());
    let errors: Vec<_> = line.refusals().iter().map(of_refusal).collect();
    json!({ "line": line.line, "status": status, "transaction": transaction, "note": note, "userErrors": errors })
}

fn of_refusal(refusal: &Refusal) -> Value {
    let path: Vec<_> = refusal.path.split('.').filter(|part| !part.is_empty()).collect();
    json!({ "code": refusal.code, "message": refusal.message, "path": path })
}

/// The file in chunks, each read on a thread where it may wait for the disk. Ends with an error when it cannot be read to its end.
fn chunks(file: SpooledTempFile) -> impl Stream<Item = io::Result<Bytes>> {
    stream::unfold(Some(file), async |file: Option<SpooledTempFile>| {
        let mut file = file?;
        let read = move || {
            let mut chunk = Vec::new();
            Read::by_ref(&mut file).take(CHUNK).read_to_end(&mut chunk)?;
            Ok((chunk, file))
        };
        match spawn_blocking(read).await.map_err(io::Error::other).flatten() {
            Ok((chunk, _)) if chunk.is_empty() => None,
            Ok((chunk, file)) => Some((Ok(Bytes::from(chunk)), Some(file))),
            Err(error) => Some((Err(error), None)),
        }
    })
}
