//! `GET /customers/{id}/statement.csv`: a customer's statement as a file, written while it is read, so that its length does
//! not matter to our memory.
//!
//! All of it is read from one snapshot, so that it adds up whatever is written in the meantime. A snapshot holds a connection:
//! only a few downloads run at once, and one whose client does not read is broken off, so that it shows as broken.

use std::{io, sync::Arc, time::Duration};

use axum::{
    Json,
    body::{Body, Bytes},
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS},
    },
    response::{IntoResponse, Response},
};
use futures_util::stream;
use sea_orm::{ActiveEnum, DatabaseTransaction};
use serde::Deserialize;
use serde_json::json;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
    time::timeout,
};

use super::graphql::bearer;
use crate::{
    app::App,
    bookkeeping::{
        aging::Aging,
        book,
        entry_list::EntryFilter,
        listing::{Filter, Key},
        statement,
        summary::{self, Range, Summary},
    },
    date::Date,
    entity::ledger_entry::{self, EntryType},
    error::{Code, Error, Refusal, Refusals, Result},
    identity::{self, Viewer},
    money::Decimal,
    page::Page,
    text,
};

/// How many lines are read at once.
const PORTION: u64 = 500;
/// How many downloads run at once; others wait for their turn.
const AT_ONCE: usize = 4;
/// How long a download waits for its turn, and how long for its client to read on.
const PATIENCE: Duration = Duration::from_secs(10);

/// What downloads need.
#[derive(Clone, Debug)]
pub(super) struct Downloads {
    app: App,
    turns: Arc<Semaphore>,
}

impl Downloads {
    pub(super) fn new(app: App) -> Self {
        Self { app, turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

/// What to put into the file; as the arguments of `customerStatement`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameters {
    from: Option<String>,
    to: Option<String>,
    currency: Option<String>,
}

pub(super) async fn download(
    State(downloads): State<Downloads>,
    Path(customer_id): Path<String>,
    parameters: Result<Query<Parameters>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    match begin(&downloads, &customer_id, parameters, &headers).await {
        Ok(writer) => {
            let name = format!("attachment; filename=\"statement-{}.csv\"", writer.summary.customer.id);
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
    }
}

impl IntoResponse for NotBegun {
    fn into_response(self) -> Response {
        match self {
            Self::Unauthenticated => {
                let challenge = [(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))];
                let message = "Send the access token: `Authorization: Bearer ...`.";
                (StatusCode::UNAUTHORIZED, challenge, error("UNAUTHENTICATED", message)).into_response()
            }
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

/// Why there is no file.
pub(super) enum NotBegun {
    Unauthenticated,
    Failed(Error),
}

impl From<Error> for NotBegun {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// Who asks for a file.
pub(super) async fn viewer(app: &App, headers: &HeaderMap) -> Result<Viewer, NotBegun> {
    let token = bearer(headers).ok().flatten().ok_or(NotBegun::Unauthenticated)?;
    identity::authenticate(app, token).await?.map_err(|_| NotBegun::Unauthenticated)
}

/// Checks all that can be wrong, before the first byte is sent.
async fn begin(
    Downloads { app, turns }: &Downloads,
    customer_id: &str,
    parameters: Result<Query<Parameters>, QueryRejection>,
    headers: &HeaderMap,
) -> Result<Writer, NotBegun> {
    let viewer = viewer(app, headers).await?;
    let unreadable =
        |rejection: QueryRejection| Error::from(Refusal::new(Code::Invalid, "", format!("{}.", rejection.body_text())));
    let range = range(&parameters.map_err(unreadable)?.0)?;
    let turn = timeout(PATIENCE, turns.clone().acquire_owned()).await.ok().and_then(Result::ok);
    let turn = turn.ok_or_else(Error::busy)?;
    let snapshot = app.db.snapshot().await?;
    let summary = summary::find(&snapshot, &viewer, customer_id.parse().ok(), range).await?;
    let today = book::today(&app.clock, &book::find(&snapshot, &viewer).await?).0;
    let aging = statement::aging(&snapshot, &summary, today).await?;
    let balance = summary.opening();
    Ok(Writer { snapshot, _turn: turn, viewer, summary, aging, balance, next: Next::Head })
}

/// Reads the parameters; an empty one is absent.
fn range(parameters: &Parameters) -> Result<Range> {
    let mut refusals = Refusals::default();
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let mut date = |text: &Option<String>, path: &str| {
        let text = given(text)?;
        let message = format!("`{path}` must be a date, as in 2026-11-20.");
        refusals.check(Date::parse_text(&text).ok_or_else(|| Refusal::new(Code::Invalid, path, message)))
    };
    let (from, to) = (date(&parameters.from, "from"), date(&parameters.to, "to"));
    let currency = given(&parameters.currency).and_then(|code| {
        let unknown = |_| Refusal::new(Code::Invalid, "currency", "`currency` must be a code such as USD.");
        refusals.check(code.parse().map_err(unknown))
    });
    refusals.none()?;
    Ok(Range { from, to, currency })
}

/// What is to be written next.
enum Next {
    Head,
    Lines { after: Option<Key> },
    End,
}

/// Writes a statement portion by portion.
struct Writer {
    snapshot: DatabaseTransaction,
    _turn: OwnedSemaphorePermit,
    viewer: Viewer,
    summary: Summary,
    aging: Aging,
    /// What is owed after the lines that are written.
    balance: i64,
    next: Next,
}

/// The columns; one that does not apply is empty.
const COLUMNS: [&str; 9] = ["date", "type", "source", "number", "note", "credit", "debit", "balance", "currency"];

impl Writer {
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
        let mut rows = csv::Writer::from_writer(Vec::new());
        match self.next {
            Next::Head => self.head(&mut rows)?,
            Next::Lines { after } => self.lines(&mut rows, after).await.map_err(|error| {
                tracing::error!(?error, "a statement could not be finished");
                io::Error::other("internal error")
            })??,
            Next::End => return Ok(None),
        }
        rows.into_inner().map(Some).map_err(csv::IntoInnerError::into_error)
    }

    fn head(&mut self, rows: &mut csv::Writer<Vec<u8>>) -> csv::Result<()> {
        self.next = Next::Lines { after: None };
        rows.write_record(COLUMNS)?;
        let from = self.summary.range.from.map(|from| from.0.to_string()).unwrap_or_default();
        self.sum(rows, &from, "OPENING", self.balance)
    }

    async fn lines(&mut self, rows: &mut csv::Writer<Vec<u8>>, after: Option<Key>) -> Result<csv::Result<()>> {
        let conn = &self.snapshot;
        let page = Page { limit: PORTION, from_end: false, after, before: None };
        let lines = statement::lines(conn, &self.viewer, &self.summary, &page).await?;
        let numbers = statement::numbers(conn, &lines.rows).await?;
        self.next = match lines.rows.last() {
            Some(last) if lines.has_next => Next::Lines { after: Some(EntryFilter::key(last)) },
            _ => Next::End,
        };
        for entry in &lines.rows {
            let number = numbers.get(&entry.id).map(String::as_str).unwrap_or_default();
            if let Err(error) = self.line(rows, entry, number) {
                return Ok(Err(error));
            }
        }
        Ok(if matches!(self.next, Next::End) { self.end(rows) } else { Ok(()) })
    }

    fn line(&mut self, rows: &mut csv::Writer<Vec<u8>>, entry: &ledger_entry::Model, number: &str) -> csv::Result<()> {
        let amount = Decimal::from_minor(entry.amount, entry.currency).to_string();
        let (kind, credit, debit) = match entry.kind {
            EntryType::Credit => ("CREDIT", amount, String::new()),
            EntryType::Debit => ("DEBIT", String::new(), amount),
        };
        self.balance += if entry.kind == EntryType::Credit { entry.amount } else { -entry.amount };
        let balance = Decimal::from_minor(self.balance, entry.currency).to_string();
        let (date, source) = (entry.date.to_string(), entry.source.to_value());
        let (number, note) = (text::to_field(number), text::to_field(entry.note.as_deref().unwrap_or_default()));
        let fields = [&date, kind, &source, &number, &note, &credit, &debit, &balance, entry.currency.code()];
        rows.write_record(fields)
    }

    fn end(&self, rows: &mut csv::Writer<Vec<u8>>) -> csv::Result<()> {
        let to = self.summary.range.to.map(|to| to.0.to_string()).unwrap_or_default();
        self.sum(rows, &to, "CLOSING", self.balance)?;
        let aging = &self.aging;
        for (name, minor) in [
            ("AGING_CURRENT", aging.current),
            ("AGING_1_TO_30_DAYS", aging.days_1_to_30),
            ("AGING_31_TO_60_DAYS", aging.days_31_to_60),
            ("AGING_61_TO_90_DAYS", aging.days_61_to_90),
            ("AGING_OVER_90_DAYS", aging.over_90_days),
            ("IN_ADVANCE", aging.in_advance),
        ] {
            self.sum(rows, &to, name, minor)?;
        }
        Ok(())
    }

    fn sum(&self, rows: &mut csv::Writer<Vec<u8>>, date: &str, name: &str, minor: i64) -> csv::Result<()> {
        let amount = Decimal::from_minor(minor, self.summary.currency).to_string();
        rows.write_record([date, name, "", "", "", "", "", &amount, self.summary.currency.code()])
    }
}
