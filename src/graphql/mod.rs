//! The schema. One file per noun: its objects, inputs, payloads and resolvers.
//!
//! A resolver asks for the viewer, calls one operation of the floor below and wraps what it gives; it holds no rule and no
//! SQL. An entity is never published as it is: an object wraps it and shows fields on purpose.

mod activity;
mod batches;
mod book;
mod connection;
mod customers;
mod error;
mod identity;
mod import;
mod invoicing;
mod node;
mod reader;
mod scalar;
mod spending;
mod user_error;
mod wallets;

use std::time::Duration;

use async_graphql::{
    EmptySubscription, MergedObject, Request, SDLExportOptions, SchemaBuilder, dataloader::DataLoader,
};

pub use self::batches::Batches;
pub use self::error::{ApiError, INTERNAL_SERVER_ERROR, UNAUTHENTICATED};
pub use self::reader::Reader;
use crate::viewer::Viewer;

/// The deepest that a query may go: what the standard introspection query needs.
const MOST_DEPTH: usize = 15;

/// The most keys that are loaded together. For some, each is a term of one condition, and SQLite takes no more than 1,000.
const LARGEST_BATCH: usize = 250;

/// What can be asked. All of it is about the book of the user who is logged in.
#[derive(Debug, Default, MergedObject)]
pub struct Query(
    node::NodeQuery,
    identity::user::UserQuery,
    book::BookQuery,
    wallets::wallet::WalletQuery,
    wallets::history::WalletHistoryQuery,
    customers::customer_list::CustomerQuery,
    customers::summary::CustomerSummaryQuery,
    customers::statement::StatementQuery,
    customers::entry::EntryQuery,
    invoicing::invoice::InvoiceQuery,
    invoicing::receipt::ReceiptQuery,
    spending::category::CategoryQuery,
    spending::transaction_list::TransactionQuery,
    spending::budget::BudgetQuery,
    spending::report::ReportQuery,
    activity::list::ActivityQuery,
);

/// What can be done. Each field is done whole or not at all, and the fields of a request one after the other.
#[derive(Debug, Default, MergedObject)]
pub struct Mutation(
    identity::session::SessionMutation,
    identity::user::UserMutation,
    book::BookMutation,
    wallets::wallet::WalletMutation,
    wallets::transaction::WalletTransactionMutation,
    customers::customer::CustomerMutation,
    customers::entry::EntryMutation,
    invoicing::invoice::InvoiceMutation,
    invoicing::receipt::ReceiptMutation,
    spending::category::CategoryMutation,
    spending::transaction::TransactionMutation,
    spending::budget::BudgetMutation,
    import::ImportMutation,
);

/// Daybook's schema.
pub type Schema = async_graphql::Schema<Query, Mutation, EmptySubscription>;

/// The schema, still without the app that its resolvers work on.
#[must_use]
pub fn schema_builder() -> SchemaBuilder<Query, Mutation, EmptySubscription> {
    Schema::build(Query::default(), Mutation::default(), EmptySubscription).limit_depth(MOST_DEPTH)
}

/// The schema in the schema definition language, as `schema.graphql` has it.
#[must_use]
pub fn sdl() -> String {
    schema_builder().finish().sdl_with_options(
        SDLExportOptions::new()
            .sorted_fields()
            .sorted_arguments()
            .sorted_enum_items()
            .prefer_single_line_descriptions()
            .include_specified_by()
            .use_space_ident(),
    )
}

/// Loads what the resolvers of one request ask for, in batches. Each noun says in its own file how it is loaded. There is one
/// for each request, so that what is loaded for one user cannot reach another.
struct RequestLoader {
    reader: Reader,
    viewer: Viewer,
}

/// Puts the user who asks into a request, which is then to be run with its batches.
#[must_use]
pub fn with_viewer(request: Request, reader: Reader, viewer: Viewer) -> (Request, Batches) {
    let batches = Batches::default();
    let loader = RequestLoader { reader, viewer };
    let kept = batches.clone();
    let loader = DataLoader::new(loader, move |batch| kept.add(batch));
    (request.data(viewer).data(loader.delay(Duration::ZERO).max_batch_size(LARGEST_BATCH)), batches)
}
