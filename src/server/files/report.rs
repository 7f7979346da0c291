//! `GET /reports/{month}.svg`: the monthly report as a picture.

use axum::{
    Extension,
    extract::{Path, RawQuery, State},
    http::{
        HeaderMap, HeaderValue,
        header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};

use super::{
    download::{NotBegun, admit},
    parameters::Parameters,
};
use crate::{
    app::App,
    bookkeeping::{
        book,
        spending::report::{self, Report},
    },
    calendar::month::YearMonth,
    client::Client,
    entity::category::CategoryKind,
    error::{Code, Error, Refusal, Refusals, Result},
    picture::{self, Bar, Figure, Picture, Spending},
    server::{
        bearer::challenge,
        rate_limit::{self, Meter, Rates},
    },
};

const POLICY: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

/// The parameters in the query string, with the same meaning as the arguments of `monthlyReport`.
const PARAMETERS: [&str; 1] = ["currency"];

pub(super) async fn draw(
    State((app, rates)): State<(App, Rates)>,
    Path(file): Path<String>,
    RawQuery(query): RawQuery,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
) -> Response {
    let mut meter = rates.meter(&client);
    let mut response = match render(&app, &file, query.as_deref(), &mut meter, (&client, &headers)).await {
        Ok((month, svg)) => {
            let name = format!("inline; filename=\"report-{month}.svg\"");
            let name = HeaderValue::from_str(&name).unwrap_or(HeaderValue::from_static("inline"));
            let headers = [
                (CONTENT_TYPE, HeaderValue::from_static("image/svg+xml")),
                (CONTENT_DISPOSITION, name),
                // The picture loads nothing and runs no scripts. This forbids both, in case a user's text could ever smuggle in
                // such content.
                (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
            ];
            (headers, svg).into_response()
        }
        Err(not_begun) => not_begun.into_response(),
    };
    challenge(&headers, &mut response);
    meter.tell(&mut response);
    response
}

async fn render(
    app: &App,
    file: &str,
    query: Option<&str>,
    meter: &mut Meter<'_>,
    request: (&Client, &HeaderMap),
) -> Result<(YearMonth, String), NotBegun> {
    let viewer = admit(app, meter, request, rate_limit::PICTURE).await?;
    let mut parameters = Parameters::read(query, &PARAMETERS).map_err(Error::from)?;
    let month = file.strip_suffix(".svg").and_then(YearMonth::parse_text);
    let month = month.ok_or_else(|| {
        let message = "A picture is named by its month, as in 2026-11.svg, in the years 1900 to 2199.";
        Error::from(Refusal::new(Code::Invalid, "month", message))
    })?;
    let mut refusals = Refusals::default();
    let currency = parameters.word("currency", "a code such as USD", &mut refusals);
    refusals.none()?;
    let snapshot = app.db.snapshot().await?;
    let book = book::find(&snapshot, &viewer).await?;
    let report = report::month(&snapshot, &viewer, month, currency).await?;
    Ok((month, picture::draw(&picture(book.name, report))))
}

/// Selects the figures of a report for the picture.
fn picture(book: String, report: Report) -> Picture {
    let spending = report.categories.into_iter().filter(|total| total.category.kind == CategoryKind::Expense);
    Picture {
        month: report.month,
        book,
        currency: report.currency,
        others: report.others,
        summary: vec![
            figure("Income", report.income),
            figure("Spending", report.expense),
            figure("Net savings", report.income - report.expense),
        ],
        bars: report
            .budgets
            .into_iter()
            .map(|budget| Bar {
                label: budget.category.name,
                limit: budget.limit,
                spent: budget.spent,
                status: budget.state,
            })
            .collect(),
        unbudgeted: report.unbudgeted,
        ring: spending
            .map(|total| Spending { label: total.category.name, amount: total.total, share: total.share })
            .collect(),
    }
}

fn figure(label: &str, amount: impl Into<i128>) -> Figure {
    Figure { label: label.to_owned(), amount: amount.into() }
}
