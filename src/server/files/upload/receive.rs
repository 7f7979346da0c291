//! Receives the body of an upload in a temporary file, which the system removes when it is closed.

use std::{
    fs::File,
    io::{self, Seek, Write},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use http_body_util::BodyExt;
use tokio::{
    task::spawn_blocking,
    time::{Instant, timeout, timeout_at},
};

use crate::{app::UploadLimits, server::failure::failure};

/// How many bytes are written at once.
const PORTION: usize = 256 * 1024;
/// How long, and how much, is read of a body that is not needed. Many clients look at the answer only after they have sent all of the
/// body, and lose it when the server stops reading before.
const DISCARD: Duration = Duration::from_secs(2);
const DISCARDED: usize = 16 * 1024 * 1024;

const MEBIBYTE: u64 = 1024 * 1024;

/// A file that has arrived, at its beginning.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) file: File,
    size: u64,
}

impl Received {
    /// The size in mebibytes, rounded up.
    pub(super) fn mebibytes(&self) -> u32 {
        u32::try_from(self.size.div_ceil(MEBIBYTE)).unwrap_or(u32::MAX)
    }
}

/// Why a file was not received.
#[derive(Debug)]
pub(super) enum Unreceived {
    TooLarge { most: u64 },
    TooSlow,
    Broken,
    NotWritten(io::Error),
}

impl IntoResponse for Unreceived {
    fn into_response(self) -> Response {
        match self {
            Self::TooLarge { most } => {
                let message = format!("The file is larger than {most} bytes.");
                failure(StatusCode::PAYLOAD_TOO_LARGE, "BAD_REQUEST", &message)
            }
            Self::TooSlow => failure(StatusCode::REQUEST_TIMEOUT, "BAD_REQUEST", "The file did not arrive in time."),
            Self::Broken => failure(StatusCode::BAD_REQUEST, "BAD_REQUEST", "The file cannot be read."),
            Self::NotWritten(error) => {
                tracing::error!(%error, "an upload cannot be written");
                let message = "The server cannot keep the file. Nothing was done; try again.";
                failure(StatusCode::SERVICE_UNAVAILABLE, "TRY_AGAIN", message)
            }
        }
    }
}

/// Receives a file.
pub(super) async fn receive(body: &mut Body, limits: UploadLimits) -> Result<Received, Unreceived> {
    let too_large = || Unreceived::TooLarge { most: limits.largest };
    if body.size_hint().lower() > limits.largest {
        return Err(too_large());
    }
    let end = Instant::now() + limits.time;
    let mut file =
        spawn_blocking(tempfile::tempfile).await.map_err(io::Error::other).flatten().map_err(Unreceived::NotWritten)?;
    let (mut size, mut portion) = (0, Vec::new());
    loop {
        let latest = end.min(Instant::now() + limits.stalled);
        let frame = timeout_at(latest, body.frame()).await.map_err(|_| Unreceived::TooSlow)?;
        let Some(frame) = frame else { break };
        let Ok(data) = frame.map_err(|_| Unreceived::Broken)?.into_data() else { continue };
        size += data.len() as u64;
        if size > limits.largest {
            return Err(too_large());
        }
        portion.extend_from_slice(&data);
        if portion.len() >= PORTION {
            file = write(file, std::mem::take(&mut portion)).await?;
        }
    }
    let mut file = write(file, portion).await?;
    file.rewind().map_err(Unreceived::NotWritten)?;
    Ok(Received { file, size })
}

/// Writes on a thread where it may wait for the disk.
async fn write(mut file: File, bytes: Vec<u8>) -> Result<File, Unreceived> {
    let work = move || file.write_all(&bytes).map(|()| file);
    spawn_blocking(work).await.map_err(io::Error::other).flatten().map_err(Unreceived::NotWritten)
}

/// Reads the rest of a body that is not needed, within limits.
pub(super) async fn discard(mut body: Body) {
    let rest = async {
        let mut left = DISCARDED;
        while let Some(Ok(frame)) = body.frame().await {
            let Some(still) = left.checked_sub(frame.data_ref().map_or(0, Bytes::len)) else { return };
            left = still;
        }
    };
    drop(timeout(DISCARD, rest).await);
}
