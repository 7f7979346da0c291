//! The GraphQL schema. There is one file per noun, with its objects, inputs, payloads and resolvers.
//!
//! A resolver gets the viewer, calls one operation of a lower layer and wraps the result. It contains no business rule and no
//! SQL. An entity is never exposed directly: an object wraps it and exposes selected fields.
//!
//! | module | owns |
//! |---|---|
//! | `error`, `user_error` | converting errors for the response |
//! | `payload` | what all results of mutations share |
//! | `node` | finding any object by its id |
//! | `connection` | connections |
//! | `nullability` | which fields are nullable |
//! | `batches`, `reader` | when loaders run, and which data a request reads |
//! | all others | one noun each |

mod activity;
mod batches;
mod book;
mod changes;
mod connection;
mod customers;
mod error;
mod identity;
mod import;
mod import_customers;
mod import_result;
mod imports;
mod invoicing;
mod node;
mod nullability;
mod payload;
mod reader;
mod scalar;
mod spending;
mod user_error;
mod wallets;

use std::time::Duration;

use async_graphql::{MergedObject, Request, SDLExportOptions, SchemaBuilder, dataloader::DataLoader};

pub use self::batches::Batches;
pub use self::changes::subscription::{
    EventSchema, Live, Opened, Subscription, Wanted, event_schema_builder, open as open_subscription, with_change,
};
pub use self::error::{ApiError, INTERNAL_SERVER_ERROR, TIMEOUT, UNAUTHENTICATED};
pub use self::nullability::Root;
pub use self::reader::Reader;
pub use self::scalar::{CUSTOM_SCALARS, CustomScalar};
use crate::{nouns::nouns, viewer::Viewer};

/// The maximum number of keys in one batch. Some loaders make one term of an SQL condition from each key, and SQLite allows at
/// most 1,000 terms; that of histories makes up to two queries of a `UNION`, of which SQLite allows 500.
const LARGEST_BATCH: usize = 250;

/// Declares the roots of the schema.
macro_rules! roots {
    ($(
        $(#[$doc:meta])* $kind:ident $prefix:literal {
            $(node $($object:ident)::+;)?
            $(query $($query:ident)::+;)*
            $(mutation $($mutation:ident)::+;)*
        }
    )*) => {
        /// The read operations. They all concern the book of the logged-in user.
        #[derive(Debug, Default, MergedObject)]
        pub struct Query(node::NodeQuery, $($($($query)::+,)*)*);

        /// The write operations. Each field succeeds or fails as a whole, and the fields of a request are executed one after
        /// the other. Problems with the input are returned in `userErrors`, with the codes that the payload type lists;
        /// `TRY_AGAIN` and `OUTCOME_UNKNOWN` are possible everywhere.
        #[derive(Debug, Default, MergedObject)]
        pub struct Mutation($($($($mutation)::+,)*)*);
    };
}

nouns!(roots);

/// The type of Daybook's schema.
pub type Schema = async_graphql::Schema<Root<Query>, Root<Mutation>, Live>;

/// The schema without the [`crate::app::App`] that its resolvers need.
#[must_use]
pub fn schema_builder() -> SchemaBuilder<Root<Query>, Root<Mutation>, Live> {
    Schema::build(Root::default(), Root::default(), Live).register_output_type::<payload::Payload>()
}

/// The schema in the schema definition language, as committed in `schema.graphql`.
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

/// Loads what the resolvers of one request need, in batches. Each noun implements `Loader` in its own file. Each request has
/// its own loader, so that data loaded for one user can never reach another.
struct RequestLoader {
    reader: Reader,
    viewer: Viewer,
}

/// Adds the viewer and a loader to a request. The request must be run with the returned [`Batches`], or its loaders never load.
#[must_use]
pub fn with_viewer(request: Request, reader: Reader, viewer: Viewer) -> (Request, Batches) {
    let batches = Batches::default();
    let loader = RequestLoader { reader, viewer };
    let kept = batches.clone();
    let loader = DataLoader::new(loader, move |batch| kept.add(batch));
    (request.data(viewer).data(loader.delay(Duration::ZERO).max_batch_size(LARGEST_BATCH)), batches)
}
