//! Downloads: statements, lists as CSV files that `daybook import` reads again, and reports as pictures.

mod download;
mod entries;
mod history;
mod report;
mod spool;
mod statement;
mod table;
mod transactions;
mod transfer;

use axum::{Router, routing::get};

use self::{
    download::{Downloads, download},
    entries::Entries,
    history::History,
    statement::Statement,
    transactions::Transactions,
};
use super::rate_limit::Rates;
use crate::app::App;

/// What can be downloaded.
pub(super) fn router(app: App, rates: Rates) -> Router {
    Router::new()
        .route("/customers/{id}/statement.csv", get(download::<Statement>))
        .route("/transactions.csv", get(download::<Transactions>))
        .route("/entries.csv", get(download::<Entries>))
        .route("/wallets/{id}/history.csv", get(download::<History>))
        .with_state(Downloads::new(app.clone(), rates.clone()))
        .route("/reports/{file}", get(report::draw).with_state((app, rates)))
}
