//! Downloads of CSV files. A file is written in portions while it is being read from the database, so its length does not affect
//! memory use.
//!
//! The whole file is read from one snapshot, so that its figures agree whatever is written meanwhile. Each user has a few
//! downloads at once; further ones wait in order. `transfer` reads the snapshot as fast as the database allows and sends the file
//! as fast as the client reads. A file that cannot be sent to its end is broken off in the middle of the response, so that the
//! client notices that it is incomplete.

use std::{sync::Arc, time::Duration};

use axum::{
    Extension,
    body::Body,
    extract::{Path, RawQuery, State},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};
use futures_util::StreamExt;
use tokio::time::{Instant, sleep, timeout_at};

use super::{
    parameters::Parameters,
    table::{Source, Table},
    transfer::Transfer,
};
use crate::{
    app::{App, DownloadLimits},
    client::Client,
    error::{Code, Error, Refusals, Result},
    graphql::TIMEOUT,
    id::{Id, kind},
    identity,
    server::{
        bearer::{bearer, challenge},
        connections::ConnectionWatch,
        failure::failure,
        rate_limit::{self, Meter, RATE_LIMITED, Rates, TOO_MANY},
    },
    turns::{Places, TooManyWait, Turn, Turns},
    viewer::Viewer,
};

/// How many downloads read the database at once, each of another user.
const READING: usize = 4;
/// How many downloads of one user may wait.
const WAITING: usize = 100;
/// How long a download that waits for the log of the database to shrink looks away.
const PAUSE: Duration = Duration::from_millis(200);

/// The parameter that all files have: whether the file begins with a byte order mark, by which Excel knows UTF-8.
const BOM: &str = "bom";

/// The state of the download endpoints.
#[derive(Clone, Debug)]
pub(super) struct Downloads {
    app: App,
    rates: Rates,
    reading: Turns<Id<kind::User>>,
    sending: Turns<Id<kind::User>>,
}

impl Downloads {
    pub(super) fn new(app: App, rates: Rates) -> Self {
        let DownloadLimits { at_once, at_once_per_user, .. } = app.limits.downloads;
        let reading = Turns::new(Places { in_all: READING, per_key: 1, waiting_per_key: WAITING });
        let sending = Turns::new(Places { in_all: at_once, per_key: at_once_per_user, waiting_per_key: WAITING });
        Self { app, rates, reading, sending }
    }

    /// Waits for a turn to send and one to read, in this order, so that a user with too many downloads waits without a turn to
    /// read. Then waits until the log of the database is small enough for another snapshot.
    async fn turns(&self, user: Id<kind::User>) -> Result<[Turn<Id<kind::User>>; 2]> {
        let turns = async {
            let sending = self.sending.take(user).await?;
            let reading = self.reading.take(user).await?;
            while self.app.db.is_log_too_large() {
                sleep(PAUSE).await;
            }
            Ok([reading, sending])
        };
        let turns = timeout_at(Instant::now() + self.app.limits.downloads.wait, turns).await;
        turns.map_err(|_| Error::busy())?.map_err(|TooManyWait| Error::busy())
    }
}

/// Handles a download request.
pub(super) async fn download<T: Table>(
    State(downloads): State<Downloads>,
    id: Option<Path<String>>,
    RawQuery(query): RawQuery,
    Extension(client): Extension<Client>,
    connection: Option<Extension<Arc<ConnectionWatch>>>,
    headers: HeaderMap,
) -> Response {
    let mut meter = downloads.rates.meter(&client);
    let id = id.as_ref().map(|id| id.0.as_str());
    let mut response = match begin::<T>(&downloads, id, query.as_deref(), &mut meter, (&client, &headers)).await {
        Ok(transfer) => {
            if let Some(Extension(connection)) = connection {
                connection.note_login();
            }
            let name = format!("attachment; filename=\"{}.csv\"", transfer.table.name());
            let name = HeaderValue::from_str(&name).unwrap_or(HeaderValue::from_static("attachment"));
            let content_type = HeaderValue::from_static("text/csv; charset=utf-8; header=present");
            let headers = [(CONTENT_TYPE, content_type), (CONTENT_DISPOSITION, name)];
            // Compression asks a stream for more after its end.
            (headers, Body::from_stream(transfer.start().fuse())).into_response()
        }
        Err(not_begun) => not_begun.into_response(),
    };
    challenge(&headers, &mut response);
    meter.tell(&mut response);
    response
}

async fn begin<T: Table>(
    downloads: &Downloads,
    id: Option<&str>,
    query: Option<&str>,
    meter: &mut Meter<'_>,
    request: (&Client, &HeaderMap),
) -> Result<Transfer<T>, NotBegun> {
    let app = &downloads.app;
    let viewer = admit(app, meter, request, rate_limit::DOWNLOAD).await?;
    let names = [T::PARAMETERS, &[BOM]].concat();
    let mut parameters = Parameters::read(query, &names).map_err(Error::from)?;
    let mut refusals = Refusals::default();
    let with_bom = parameters.word(BOM, "true or false", &mut refusals).unwrap_or_default();
    refusals.none()?;
    let [reading, sending] = downloads.turns(viewer.user).await?;
    let snapshot = app.db.snapshot().await?;
    let table = T::open(Source { app, viewer: &viewer, snapshot: &snapshot }, id, parameters).await?;
    Ok(Transfer { app: app.clone(), viewer, snapshot, table, with_bom, reading, sending })
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
                let message = "Send the access token: `Authorization: Bearer ...`.";
                failure(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", message)
            }
            Self::RateLimited => failure(StatusCode::TOO_MANY_REQUESTS, RATE_LIMITED, TOO_MANY),
            Self::Failed(Error::Refused(refusals)) => {
                let is = |code| refusals.iter().any(|refusal| refusal.code == code);
                let (status, code) = match () {
                    () if is(Code::TryAgain) => (StatusCode::SERVICE_UNAVAILABLE, "TRY_AGAIN"),
                    () if is(Code::NotFound) => (StatusCode::NOT_FOUND, "NOT_FOUND"),
                    () => (StatusCode::BAD_REQUEST, "INVALID"),
                };
                let message = refusals.iter().map(|refusal| refusal.message.as_str()).collect::<Vec<_>>().join(" ");
                failure(status, code, &message)
            }
            Self::Failed(Error::TimedOut) => {
                failure(StatusCode::SERVICE_UNAVAILABLE, TIMEOUT, "This took too long, so it was stopped.")
            }
            Self::Failed(Error::Fault(cause)) => {
                tracing::error!(%cause, "fault");
                failure(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_SERVER_ERROR", "internal error")
            }
        }
    }
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
