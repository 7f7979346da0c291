//! CSV files that are written while they are read, so that their length does not matter to our memory.
//!
//! All of a file is read from one snapshot, so that it adds up whatever is written in the meantime. A snapshot holds a connection:
//! only a few downloads run at once, and one whose client does not read is broken off, so that it shows as broken.

use std::{io, str::FromStr, sync::Arc, time::Duration};

use axum::{
    Extension, Json,
    body::{Body, Bytes},
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS},
    },
    response::{IntoResponse, Response},
};
use futures_util::stream;
use sea_orm::DbErr;
use serde::de::DeserializeOwned;
use serde_json::json;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
    time::timeout,
};

use crate::{
    app::App,
    client::Client,
    date::Date,
    db::Transaction,
    error::{Code, Error, Refusal, Refusals, Result},
    identity,
    server::{
        graphql::bearer,
        rate_limit::{self, Meter, RATE_LIMITED, Rates, TOO_MANY},
    },
    viewer::Viewer,
};

/// How many lines are read at once.
pub(super) const PORTION: u64 = 500;
/// How many downloads run at once; others wait for their turn.
const AT_ONCE: usize = 4;
/// How long a download waits for its turn, and how long for its client to read on.
const PATIENCE: Duration = Duration::from_secs(10);

/// What downloads need.
#[derive(Clone, Debug)]
pub(super) struct Downloads {
    app: App,
    rates: Rates,
    turns: Arc<Semaphore>,
}

impl Downloads {
    pub(super) fn new(app: App, rates: Rates) -> Self {
        Self { app, rates, turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

/// Where a file is read from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source<'a> {
    pub(super) app: &'a App,
    pub(super) viewer: &'a Viewer,
    pub(super) snapshot: &'a Transaction,
}

/// A file that can be downloaded.
pub(super) trait Table: Sized + Send + 'static {
    /// What the query of its URL may say.
    type Parameters: DeserializeOwned + Send;
    /// The columns, which the first row names.
    const COLUMNS: &'static [&'static str];

    /// Checks all that can be wrong, before the first byte is sent. `id` is that of the path, when it has one.
    fn open(
        source: Source<'_>,
        id: Option<&str>,
        parameters: Self::Parameters,
    ) -> impl Future<Output = Result<Self>> + Send;

    /// What it is called, without `.csv`.
    fn name(&self) -> String;

    /// Writes the next rows after that of the columns; tells whether there are more.
    fn write(&mut self, source: Source<'_>, rows: &mut Rows) -> impl Future<Output = Result<bool>> + Send;
}

/// Rows of a file.
#[derive(Debug)]
pub(super) struct Rows(csv::Writer<Vec<u8>>);

impl Rows {
    /// Adds a row. Texts of users must have gone through [`crate::text::to_field`].
    pub(super) fn write<const N: usize>(&mut self, fields: [&str; N]) -> Result<()> {
        Ok(self.0.write_record(fields).map_err(|error| DbErr::Custom(error.to_string()))?)
    }
}

/// Answers with a file.
pub(super) async fn download<T: Table>(
    State(downloads): State<Downloads>,
    id: Option<Path<String>>,
    parameters: Result<Query<T::Parameters>, QueryRejection>,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
) -> Response {
    let mut meter = downloads.rates.meter(&client);
    let id = id.as_ref().map(|id| id.0.as_str());
    let mut response = match begin::<T>(&downloads, id, parameters, &mut meter, (&client, &headers)).await {
        Ok(writer) => {
            let name = format!("attachment; filename=\"{}.csv\"", writer.table.name());
            let name = HeaderValue::from_str(&name).unwrap_or(HeaderValue::from_static("attachment"));
            let headers: [(HeaderName, HeaderValue); 4] = [
                (CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present")),
                (CONTENT_DISPOSITION, name),
                (CACHE_CONTROL, HeaderValue::from_static("no-store")),
                (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            ];
            (headers, Body::from_stream(writer.stream())).into_response()
        }
        Err(not_begun) => not_begun.into_response(),
    };
    meter.tell(&mut response);
    response
}

async fn begin<T: Table>(
    Downloads { app, turns, .. }: &Downloads,
    id: Option<&str>,
    parameters: Result<Query<T::Parameters>, QueryRejection>,
    meter: &mut Meter<'_>,
    request: (&Client, &HeaderMap),
) -> Result<Writer<T>, NotBegun> {
    let viewer = admit(app, meter, request, rate_limit::DOWNLOAD).await?;
    let unreadable =
        |rejection: QueryRejection| Error::from(Refusal::new(Code::Invalid, "", format!("{}.", rejection.body_text())));
    let parameters = parameters.map_err(unreadable)?.0;
    let turn = timeout(PATIENCE, turns.clone().acquire_owned()).await.ok().and_then(Result::ok);
    let turn = turn.ok_or_else(Error::busy)?;
    let snapshot = app.db.snapshot().await?;
    let table = T::open(Source { app, viewer: &viewer, snapshot: &snapshot }, id, parameters).await?;
    Ok(Writer { app: app.clone(), viewer, snapshot, _turn: turn, table, is_begun: false, is_over: false })
}

/// Writes a file portion by portion.
struct Writer<T> {
    app: App,
    viewer: Viewer,
    snapshot: Transaction,
    _turn: OwnedSemaphorePermit,
    table: T,
    is_begun: bool,
    is_over: bool,
}

impl<T: Table> Writer<T> {
    /// The file, portion by portion. It is written by a task of its own, which does not wait for ever for its reader.
    fn stream(mut self) -> impl stream::Stream<Item = io::Result<Bytes>> {
        let (sender, receiver) = mpsc::channel(2);
        tokio::spawn(async move {
            loop {
                let portion = self.portion().await;
                let is_last = matches!(portion, Ok(None) | Err(_));
                // An error of sending means that the reader is gone.
                if !matches!(timeout(PATIENCE, sender.send(portion)).await, Ok(Ok(()))) || is_last {
                    return;
                }
            }
        });
        stream::unfold(Some(receiver), async |receiver| {
            let mut receiver = receiver?;
            match receiver.recv().await {
                Some(Ok(Some(portion))) => Some((Ok(Bytes::from(portion)), Some(receiver))),
                Some(Ok(None)) => None,
                Some(Err(error)) => Some((Err(error), None)),
                None => Some((Err(io::Error::other("the client did not read on")), None)),
            }
        })
    }

    /// The next portion; none after the last. When the database fails in the middle, the connection is broken off.
    async fn portion(&mut self) -> io::Result<Option<Vec<u8>>> {
        if self.is_over {
            return Ok(None);
        }
        let mut rows = Rows(csv::Writer::from_writer(Vec::new()));
        if !self.is_begun {
            self.is_begun = true;
            rows.0.write_record(T::COLUMNS)?;
        }
        let source = Source { app: &self.app, viewer: &self.viewer, snapshot: &self.snapshot };
        let more = self.table.write(source, &mut rows).await.map_err(|error| {
            tracing::error!(?error, "a download could not be finished");
            io::Error::other("internal error")
        })?;
        self.is_over = !more;
        rows.0.into_inner().map(Some).map_err(csv::IntoInnerError::into_error)
    }
}

/// Why there is no file.
pub(super) enum NotBegun {
    Unauthenticated,
    RateLimited,
    Failed(Error),
}

impl From<Error> for NotBegun {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl IntoResponse for NotBegun {
    fn into_response(self) -> Response {
        match self {
            Self::Unauthenticated | Self::Failed(Error::Gone) => {
                let challenge = [(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))];
                let message = "Send the access token: `Authorization: Bearer ...`.";
                (StatusCode::UNAUTHORIZED, challenge, error("UNAUTHENTICATED", message)).into_response()
            }
            Self::RateLimited => (StatusCode::TOO_MANY_REQUESTS, error(RATE_LIMITED, TOO_MANY)).into_response(),
            Self::Failed(Error::Refused(refusals)) => {
                let is = |code| refusals.iter().any(|refusal| refusal.code == code);
                let (status, code) = match () {
                    () if is(Code::TryAgain) => (StatusCode::SERVICE_UNAVAILABLE, "TRY_AGAIN"),
                    () if is(Code::NotFound) => (StatusCode::NOT_FOUND, "NOT_FOUND"),
                    () => (StatusCode::BAD_REQUEST, "INVALID"),
                };
                let message = refusals.iter().map(|refusal| refusal.message.as_str()).collect::<Vec<_>>().join(" ");
                (status, error(code, &message)).into_response()
            }
            Self::Failed(Error::Fault(cause)) => {
                tracing::error!(%cause, "fault");
                (StatusCode::INTERNAL_SERVER_ERROR, error("INTERNAL_SERVER_ERROR", "internal error")).into_response()
            }
        }
    }
}

fn error(code: &str, message: &str) -> Json<serde_json::Value> {
    Json(json!({ "errors": [{ "message": message, "extensions": { "code": code } }] }))
}

/// Who asks for a file, when they can pay for it. Who is nobody pays for having asked.
pub(super) async fn admit(
    app: &App,
    meter: &mut Meter<'_>,
    request: (&Client, &HeaderMap),
    cost: u32,
) -> Result<Viewer, NotBegun> {
    let viewer = viewer(app, request).await;
    let charged = match &viewer {
        Ok(viewer) => meter.charge(Some(viewer), cost).await?,
        Err(_) => meter.charge(None, rate_limit::REQUEST).await?,
    };
    charged.map_err(|_| NotBegun::RateLimited)?;
    viewer
}

async fn viewer(app: &App, (client, headers): (&Client, &HeaderMap)) -> Result<Viewer, NotBegun> {
    let token = bearer(headers).ok().flatten().ok_or(NotBegun::Unauthenticated)?;
    identity::authenticate(app, client, token).await?.map_err(|_| NotBegun::Unauthenticated)
}

/// A parameter; an empty one is absent.
pub(super) fn given(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

/// Reads a date.
pub(super) fn date(text: Option<String>, path: &str, refusals: &mut Refusals) -> Option<Date> {
    let text = given(text)?;
    let message = format!("`{path}` must be a date, as in 2026-11-20.");
    refusals.check(Date::parse_text(&text).ok_or_else(|| Refusal::new(Code::Invalid, path, message)))
}

/// Reads a word of a list of words.
pub(super) fn word<T: FromStr>(text: Option<String>, path: &str, what: &str, refusals: &mut Refusals) -> Option<T> {
    let invalid = |_| Refusal::new(Code::Invalid, path, format!("`{path}` must be {what}."));
    refusals.check(given(text)?.parse().map_err(invalid))
}
