//! Downloads of CSV files. A file is written while it is being read from the database, so its length does not affect memory
//! use.
//!
//! The whole file is read from one snapshot, so that its figures agree whatever is written meanwhile. A snapshot holds a
//! database connection. So only a few downloads run at once, and a download whose client stops reading is aborted; the
//! connection is broken off in the middle of the response, so that the client notices that the file is incomplete.

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
    calendar::date::Date,
    client::Client,
    db::Transaction,
    error::{Code, Error, Refusal, Refusals, Result},
    graphql::TIMEOUT,
    identity,
    server::{
        graphql::bearer,
        rate_limit::{self, Meter, RATE_LIMITED, Rates, TOO_MANY},
    },
    viewer::Viewer,
};

/// How many rows are read from the database at a time.
pub(super) const PORTION: u64 = 500;
/// How many downloads run at once. Others wait.
const AT_ONCE: usize = 4;
/// How long a download waits to start, and how long it then waits for a client that has stopped reading.
const PATIENCE: Duration = Duration::from_secs(10);

/// The state of the download endpoints.
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

/// The source of a file's rows: one snapshot, as seen by one viewer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source<'a> {
    pub(super) app: &'a App,
    pub(super) viewer: &'a Viewer,
    pub(super) snapshot: &'a Transaction,
}

/// A CSV file that can be downloaded.
pub(super) trait Table: Sized + Send + 'static {
    /// The parameters in the query string of the URL.
    type Parameters: DeserializeOwned + Send;
    /// The names of the columns, for the first row.
    const COLUMNS: &'static [&'static str];

    /// Makes every check that can fail, before the first byte is sent. `id` is the id in the URL's path, if the path has one.
    fn open(
        source: Source<'_>,
        id: Option<&str>,
        parameters: Self::Parameters,
    ) -> impl Future<Output = Result<Self>> + Send;

    /// The name of the file, without `.csv`.
    fn name(&self) -> String;

    /// Writes the next rows, without the header. Returns whether more rows follow.
    fn write(&mut self, source: Source<'_>, rows: &mut Rows) -> impl Future<Output = Result<bool>> + Send;
}

/// A buffer of CSV rows.
#[derive(Debug)]
pub(super) struct Rows(csv::Writer<Vec<u8>>);

impl Rows {
    /// Adds a row. Texts that users typed must have gone through [`crate::text::to_field`].
    pub(super) fn write<const N: usize>(&mut self, fields: [&str; N]) -> Result<()> {
        Ok(self.0.write_record(fields).map_err(|error| DbErr::Custom(error.to_string()))?)
    }
}

/// Handles a download request.
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

/// Writes a file in portions.
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
    /// The file as a stream of portions. A task of its own writes them and gives up when the client does not read for too long.
    fn stream(mut self) -> impl stream::Stream<Item = io::Result<Bytes>> {
        let (sender, receiver) = mpsc::channel(2);
        tokio::spawn(async move {
            loop {
                let portion = self.portion().await;
                let is_last = matches!(portion, Ok(None) | Err(_));
                // Sending fails when the client has disconnected.
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
                None => Some((Err(io::Error::other("the client stopped reading")), None)),
            }
        })
    }

    /// The next portion; `None` after the last one. On a database error the connection is broken off.
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
            tracing::error!(?error, "a download was aborted");
            io::Error::other("internal error")
        })?;
        self.is_over = !more;
        rows.0.into_inner().map(Some).map_err(csv::IntoInnerError::into_error)
    }
}

/// Why no file is sent.
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
            Self::Failed(Error::TimedOut) => {
                (StatusCode::SERVICE_UNAVAILABLE, error(TIMEOUT, "This took too long, so it was stopped."))
                    .into_response()
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

/// Authenticates the request and charges its cost. Unauthenticated requests are charged to the client address.
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

/// The value of a parameter. An empty one counts as absent.
pub(super) fn given(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

/// Parses the date in a parameter.
pub(super) fn date(text: Option<String>, path: &str, refusals: &mut Refusals) -> Option<Date> {
    let text = given(text)?;
    let message = format!("`{path}` must be a date, as in 2026-11-20.");
    refusals.check(Date::parse_text(&text).ok_or_else(|| Refusal::new(Code::Invalid, path, message)))
}

/// Parses a parameter that takes one of a few values. `what` describes them in the error message.
pub(super) fn word<T: FromStr>(text: Option<String>, path: &str, what: &str, refusals: &mut Refusals) -> Option<T> {
    let invalid = |_| Refusal::new(Code::Invalid, path, format!("`{path}` must be {what}."));
    refusals.check(given(text)?.parse().map_err(invalid))
}
