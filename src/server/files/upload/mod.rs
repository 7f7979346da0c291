//! `POST /import/transactions`: imports the file that is the body of the request. For files that are too long for a mutation.
//!
//! | step | what it does |
//! |---|---|
//! | admit | checks the token and charges the cost, as for downloads |
//! | read the parameters | `options` makes the options of the import of the query string |
//! | wait for a turn | few files are received at once, and one of each user |
//! | receive | `receive` writes the body into a temporary file, up to the limit |
//! | import | the same as the mutation `importTransactions`, but for the number of lines |
//! | answer | `report` writes the fields of the mutation's payload as JSON, into a temporary file while lines are imported |
//!
//! The token is in `Authorization`, which no page of another site can send unless CORS lets it. Memory does not grow with the file.

mod options;
mod receive;
mod report;

use std::sync::Arc;

use axum::{
    Extension,
    body::Body,
    extract::{RawQuery, Request, State},
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use tokio::time::{Instant, timeout_at};

use self::{receive::Unreceived, report::Report};
use super::download::{NotBegun, admit};
use crate::{
    activity::{self, ActivityEvent},
    app::App,
    bookkeeping::import::{self, Line},
    client::Client,
    entity::activity::Action,
    error::{Error, Result},
    id::{Id, kind},
    server::{
        bearer::challenge,
        compression::is_encoded,
        connections::ConnectionWatch,
        failure::failure,
        rate_limit::{self, Meter, Rates},
    },
    turns::{Places, TooManyWait, Turn, Turns},
};

/// How many uploads of one user may wait.
const WAITING: usize = 10;

/// The state of the upload endpoint.
#[derive(Clone, Debug)]
pub(super) struct Uploads {
    app: App,
    rates: Rates,
    turns: Turns<Id<kind::User>>,
}

impl Uploads {
    pub(super) fn new(app: App, rates: Rates) -> Self {
        let in_all = app.limits.uploads.at_once;
        Self { app, rates, turns: Turns::new(Places { in_all, per_key: 1, waiting_per_key: WAITING }) }
    }

    async fn turn(&self, user: Id<kind::User>) -> Result<Turn<Id<kind::User>>> {
        let turn = timeout_at(Instant::now() + self.app.limits.uploads.wait, self.turns.take(user)).await;
        turn.map_err(|_| Error::busy())?.map_err(|TooManyWait| Error::busy())
    }
}

/// Handles an upload.
pub(super) async fn upload(
    State(uploads): State<Uploads>,
    RawQuery(query): RawQuery,
    Extension(client): Extension<Client>,
    connection: Option<Extension<Arc<ConnectionWatch>>>,
    request: Request,
) -> Response {
    let (parts, mut body) = request.into_parts();
    let mut meter = uploads.rates.meter(&client);
    let connection = connection.map(|Extension(connection)| connection);
    let incoming = Incoming { client: &client, headers: &parts.headers, query: query.as_deref(), body: &mut body };
    let mut response = match answer(&uploads, incoming, &mut meter, connection.as_ref()).await {
        Ok(response) => response,
        Err(refused) => {
            receive::discard(body).await;
            refused.into_response()
        }
    };
    challenge(&parts.headers, &mut response);
    meter.tell(&mut response);
    response
}

/// A request whose body is not read yet.
struct Incoming<'a> {
    client: &'a Client,
    headers: &'a HeaderMap,
    query: Option<&'a str>,
    body: &'a mut Body,
}

/// Why nothing was imported.
enum Refused {
    NotBegun(NotBegun),
    Unreceived(Unreceived),
    MediaType(&'static str),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::NotBegun(error.into())
    }
}

impl From<NotBegun> for Refused {
    fn from(not_begun: NotBegun) -> Self {
        Self::NotBegun(not_begun)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::NotBegun(not_begun) => not_begun.into_response(),
            Self::Unreceived(unreceived) => unreceived.into_response(),
            Self::MediaType(message) => failure(StatusCode::UNSUPPORTED_MEDIA_TYPE, "BAD_REQUEST", message),
        }
    }
}

async fn answer(
    uploads: &Uploads,
    Incoming { client, headers, query, body }: Incoming<'_>,
    meter: &mut Meter<'_>,
    connection: Option<&Arc<ConnectionWatch>>,
) -> Result<Response, Refused> {
    let app = &uploads.app;
    let viewer = admit(app, meter, (client, headers), rate_limit::UPLOAD).await?;
    if let Some(connection) = connection {
        connection.note_login();
    }
    check_form(headers)?;
    let options = options::read(query)?;
    let _turn = uploads.turn(viewer.user).await?;
    let waits = connection.map(ConnectionWatch::wait);
    let received = receive::receive(body, app.limits.uploads).await;
    drop(waits);
    let received = received.map_err(|unreceived| {
        if matches!(unreceived, Unreceived::TooSlow) {
            // Nobody waits for the rest of it.
            *body = Body::empty();
        }
        Refused::Unreceived(unreceived)
    })?;
    let cost = received.mebibytes().saturating_mul(rate_limit::UPLOAD);
    meter.charge(Some(&viewer), cost).await?.map_err(|_| NotBegun::RateLimited)?;
    let mut report = Report::default();
    let mut add = |lines: &[Line]| report.add(lines);
    let imported = import::transactions(app, &viewer, received.file, &options, &mut add).await;
    if let Err(Error::Refused(refusals)) = &imported {
        activity::refuse(app, ActivityEvent::by(&viewer, Action::ImportTransactions), refusals).await?;
    }
    let refused = match imported {
        Ok(summary) => return Ok(report.answer(summary, &[])),
        Err(Error::Refused(refused)) => refused,
        Err(fault) => return Err(fault.into()),
    };
    Ok(report.answer(import::Summary::default(), &refused))
}

/// Refuses what browsers send for forms, in which the file would be among other things, and compressed bodies.
fn check_form(headers: &HeaderMap) -> Result<(), Refused> {
    if is_encoded(headers) {
        return Err(Refused::MediaType("Send the file without `Content-Encoding`."));
    }
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let content_type = content_type.trim_start().to_ascii_lowercase();
    if ["multipart/", "application/x-www-form-urlencoded"].iter().any(|form| content_type.starts_with(form)) {
        return Err(Refused::MediaType(
            "Send the file itself as the body, not a form, with a content type such as `application/octet-stream`.",
        ));
    }
    Ok(())
}
