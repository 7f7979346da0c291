//! Downloads: statements, lists as CSV files (of which `daybook import` reads some again), reports as pictures, and the schema. And
//! uploads of files to be imported.

mod customers;
mod documents;
mod download;
mod entries;
mod history;
mod parameters;
mod report;
mod schema;
mod spool;
mod statement;
mod table;
mod transactions;
mod transfer;
mod upload;

use axum::{
    Router,
    routing::{get, post},
};

use self::{
    customers::Customers,
    documents::{InvoiceLines, Invoices, Notes, Receipts},
    download::{Downloads, download},
    entries::Entries,
    history::History,
    statement::Statement,
    transactions::Transactions,
    upload::{Uploads, upload},
};
use super::rate_limit::Rates;
use crate::{app::App, id::kind};

/// What can be downloaded and uploaded; the schema only if `with_schema`.
pub(super) fn router(app: App, rates: Rates, with_schema: bool) -> Router {
    let schema = Router::new().route("/schema.graphql", get(schema::send).with_state(rates.clone()));
    let router = if with_schema { schema } else { Router::new() };
    router
        .route("/customers/{id}/statement.csv", get(download::<Statement>))
        .route("/customers.csv", get(download::<Customers>))
        .route("/invoices.csv", get(download::<Invoices>))
        .route("/invoice-lines.csv", get(download::<InvoiceLines>))
        .route("/receipts.csv", get(download::<Receipts>))
        .route("/credit-notes.csv", get(download::<Notes<kind::CreditNote>>))
        .route("/debit-notes.csv", get(download::<Notes<kind::DebitNote>>))
        .route("/transactions.csv", get(download::<Transactions>))
        .route("/entries.csv", get(download::<Entries>))
        .route("/wallets/{id}/history.csv", get(download::<History>))
        .with_state(Downloads::new(app.clone(), rates.clone()))
        .route("/import/transactions", post(upload).with_state(Uploads::new(app.clone(), rates.clone())))
        .route("/reports/{file}", get(report::draw).with_state((app, rates)))
}
