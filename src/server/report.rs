//! `GET /reports/{month}.svg`: a month as a picture.

use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{
        HeaderMap, HeaderName, HeaderValue,
        header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS},
    },
    response::{IntoResponse, Response},
};
use sea_orm::DbErr;
use serde::Deserialize;

use super::download::{NotBegun, viewer};
use crate::{
    app::App,
    bookkeeping::{
        book,
        report::{self, Report},
    },
    entity::category::CategoryKind,
    error::{Code, Error, Refusal, Result},
    month::YearMonth,
    picture::{self, Bar, Figure, Picture},
};

/// What to draw; as the arguments of `monthlyReport`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameters {
    currency: Option<String>,
}

pub(super) async fn draw(
    State(app): State<App>,
    Path(file): Path<String>,
    parameters: Result<Query<Parameters>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    match drawn(&app, &file, parameters, &headers).await {
        Ok((month, svg)) => {
            let name = format!("inline; filename=\"report-{month}.svg\"");
            let name = HeaderValue::from_str(&name).unwrap_or(HeaderValue::from_static("inline"));
            let headers: [(HeaderName, HeaderValue); 5] = [
                (CONTENT_TYPE, HeaderValue::from_static("image/svg+xml")),
                (CONTENT_DISPOSITION, name),
                (CACHE_CONTROL, HeaderValue::from_static("no-store")),
                (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
                // It needs nothing, so nothing that came into it could do anything.
                (CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
            ];
            (headers, svg).into_response()
        }
        Err(not_begun) => not_begun.into_response(),
    }
}

async fn drawn(
    app: &App,
    file: &str,
    parameters: Result<Query<Parameters>, QueryRejection>,
    headers: &HeaderMap,
) -> Result<(YearMonth, String), NotBegun> {
    let viewer = viewer(app, headers).await?;
    let invalid = |path: &str, message: String| Error::from(Refusal::new(Code::Invalid, path, message));
    let unreadable = |rejection: QueryRejection| invalid("", format!("{}.", rejection.body_text()));
    let parameters = parameters.map_err(unreadable)?.0;
    let month = file.strip_suffix(".svg").and_then(YearMonth::parse_text);
    let month = month.ok_or_else(|| {
        invalid("month", "A picture is named by its month, as in 2026-11.svg, in the years 1900 to 2199.".to_owned())
    })?;
    let currency = parameters
        .currency
        .filter(|code| !code.is_empty())
        .map(|code| code.parse().map_err(|_| invalid("currency", "`currency` must be a code such as USD.".to_owned())));
    let snapshot = app.db.snapshot().await?;
    let book = book::find(&snapshot, &viewer).await?;
    let report = report::month(&snapshot, &viewer, month, currency.transpose()?).await?;
    let svg = picture::draw(&picture(&book.name, &report));
    Ok((month, svg.map_err(|too_much| Error::from(DbErr::Custom(too_much.to_string())))?))
}

/// What the picture of a report shows.
fn picture(book: &str, report: &Report) -> Picture {
    let figure = |label: &str, amount: i128| Figure {
        label: label.to_owned(),
        amount: i64::try_from(amount).unwrap_or(i64::MAX),
    };
    let spending = report.categories.iter().filter(|total| total.category.kind == CategoryKind::Expense);
    Picture {
        title: format!("{book}: {}", report.month.first_day().format("%B %Y")),
        currency: report.currency,
        summary: vec![
            figure("Income", report.income),
            figure("Spending", report.expense),
            figure("Net savings", report.income - report.expense),
        ],
        bars: report
            .budgets
            .iter()
            .map(|budget| Bar {
                label: budget.category.name.clone(),
                limit: budget.limit,
                spent: budget.spent,
                status: budget.state,
            })
            .collect(),
        ring: spending.map(|total| figure(&total.category.name, total.total.into())).collect(),
    }
}
