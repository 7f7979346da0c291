//! The schema. One file per noun: its objects, inputs, payloads and resolvers.
//!
//! A resolver asks for the viewer, calls one operation of the floor below and wraps what it gives; it holds no rule and no
//! SQL. An entity is never published as it is: an object wraps it and shows fields on purpose.

mod activity;
mod activity_list;
mod allocation;
mod batches;
mod book;
mod budget;
mod category;
mod customer;
mod customer_list;
mod customer_summary;
mod entry;
mod entry_version;
mod error;
mod import;
mod invoice;
mod list;
mod node;
mod reader;
mod receipt;
mod receivables;
mod report;
mod scalar;
mod session;
mod statement;
mod transaction;
mod transaction_list;
mod transaction_version;
mod user;
mod user_error;
mod wallet;
mod wallet_history;
mod wallet_party;
mod wallet_transaction;

use std::time::Duration;

use async_graphql::{
    EmptySubscription, MergedObject, Request, SDLExportOptions, SchemaBuilder, dataloader::DataLoader,
};

pub use self::batches::Batches;
pub use self::error::{ApiError, INTERNAL_SERVER_ERROR, UNAUTHENTICATED};
pub use self::reader::Reader;
use crate::identity::Viewer;

/// The deepest that a query may go: what the standard introspection query needs.
const MOST_DEPTH: usize = 15;

/// The most keys that are loaded together. For some, each is a term of one condition, and SQLite takes no more than 1,000.
const LARGEST_BATCH: usize = 250;

/// The read operations. They all concern the book of the logged-in user.
#[derive(Debug, Default, MergedObject)]
pub struct Query(
    node::NodeQuery,
    user::UserQuery,
    book::BookQuery,
    wallet::WalletQuery,
    wallet_history::WalletHistoryQuery,
    customer_list::CustomerQuery,
    customer_summary::CustomerSummaryQuery,
    statement::StatementQuery,
    entry::EntryQuery,
    invoice::InvoiceQuery,
    receipt::ReceiptQuery,
    category::CategoryQuery,
    transaction_list::TransactionQuery,
    budget::BudgetQuery,
    report::ReportQuery,
    activity_list::ActivityQuery,
);

/// The write operations. Each field succeeds or fails as a whole, and the fields of a request are executed one after
/// the other. Problems with the input are returned in `userErrors`, with the codes that the payload type lists;
/// `TRY_AGAIN` and `OUTCOME_UNKNOWN` are possible everywhere.
#[derive(Debug, Default, MergedObject)]
pub struct Mutation(
    session::SessionMutation,
    user::UserMutation,
    book::BookMutation,
    wallet::WalletMutation,
    wallet_transaction::WalletTransactionMutation,
    customer::CustomerMutation,
    entry::EntryMutation,
    invoice::InvoiceMutation,
    receipt::ReceiptMutation,
    category::CategoryMutation,
    transaction::TransactionMutation,
    budget::BudgetMutation,
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
