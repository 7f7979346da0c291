//! The subscriptions.
//!
//! The server finds the changes of a subscription ([`open`]), and executes its document for each of them like a query of a schema
//! of its own ([`EventSchema`]), whose root finds the change in the request ([`with_change`]). So what holds for the execution of
//! queries holds for events too: limits, batches and the order of fields. In the schema that clients see, [`Live`] stands for that
//! root.

use std::{borrow::Cow, pin::Pin};

use async_graphql::{
    Context, EmptyMutation, EmptySubscription, ID, Object, OutputType, Request, Response, SchemaBuilder,
    SubscriptionType, registry::Registry,
};
use futures_util::stream::Stream;
use sea_orm::DbErr;

use super::change::Change;
use crate::{
    app::App,
    bookkeeping::{customers, wallets},
    changes::{self, Of, Place},
    error::{Error, Result},
    graphql::{
        error::ApiError,
        nullability::{Root, SemanticNonNull},
    },
    page::PageArgs,
    viewer::Viewer,
};

/// The schema that the document of a subscription is executed by, for each change.
pub type EventSchema = async_graphql::Schema<Root<Subscription>, EmptyMutation, EmptySubscription>;

/// The schema for events without the [`App`] that its resolvers need.
#[must_use]
pub fn event_schema_builder() -> SchemaBuilder<Root<Subscription>, EmptyMutation, EmptySubscription> {
    EventSchema::build(Root::default(), EmptyMutation, EmptySubscription)
}

/// Adds the change that a document is executed for.
#[must_use]
pub fn with_change(request: Request, change: changes::Change) -> Request {
    request.data(Change(change))
}

/// The events of a book, as they happen. Each event is executed by itself. A subscription ends when its session ends.
#[derive(Debug, Default)]
pub struct Subscription;

/// The subscriptions: what is changed in the book, as it happens. Each one delivers its changes in order and each of them once,
/// after they are stored. With `after` it begins with what was missed. It ends when the session ends or the access token expires.
#[Object]
impl Subscription {
    /// Each change of the book.
    #[expect(clippy::unused_async, unused_variables, reason = "the server has read the arguments")]
    #[graphql(directive = SemanticNonNull::apply())]
    async fn book_changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Begin with the changes after this cursor, or after the `cursor` of the book. Default: with the next change."
        )]
        after: Option<String>,
    ) -> Result<Change, ApiError> {
        event(ctx)
    }

    /// What happens with a wallet of the book: its transactions, failed ones included, and changes of the wallet itself. The error
    /// `NOT_FOUND` says that there is no such wallet.
    #[expect(clippy::unused_async, unused_variables, reason = "the server has read the arguments")]
    #[graphql(directive = SemanticNonNull::apply())]
    async fn wallet_activity(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of a wallet of the book.")] wallet_id: ID,
        #[graphql(
            desc = "Begin with the changes after this cursor, or after the `cursor` of the book. Default: with the next change."
        )]
        after: Option<String>,
    ) -> Result<Change, ApiError> {
        event(ctx)
    }

    /// What happens with a customer: entries, invoices, receipts, notes, what payments are set off against, and changes of the
    /// customer. The error `NOT_FOUND` says that there is no such customer.
    #[expect(clippy::unused_async, unused_variables, reason = "the server has read the arguments")]
    #[graphql(directive = SemanticNonNull::apply())]
    async fn customer_activity(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of a customer of the book.")] customer_id: ID,
        #[graphql(
            desc = "Begin with the changes after this cursor, or after the `cursor` of the book. Default: with the next change."
        )]
        after: Option<String>,
    ) -> Result<Change, ApiError> {
        event(ctx)
    }
}

fn event(ctx: &Context<'_>) -> Result<Change, ApiError> {
    let change = ctx.data_opt::<Change>().cloned();
    change.ok_or_else(|| Error::Fault(DbErr::Custom("an event has no change".to_owned())).into())
}

/// What a subscription asks for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The name of the field.
    pub field: &'a str,
    /// The id of the wallet or the customer.
    pub id: Option<&'a str>,
    /// The cursor to begin behind.
    pub after: Option<&'a str>,
}

/// Where a subscription begins.
#[derive(Clone, Copy, Debug)]
pub struct Opened {
    of: Of,
    /// Its next change is the first one behind this.
    place: Place,
}

/// Opens a subscription of the viewer.
///
/// # Errors
/// `NOT_FOUND` when the book has no such wallet or customer, `INVALID` and `CURSOR_TOO_OLD` for the cursor.
pub async fn open(app: &App, viewer: &Viewer, wanted: Wanted<'_>) -> Result<Opened, ApiError> {
    let conn = app.db.read();
    let id = wanted.id.unwrap_or_default();
    let of = match wanted.field {
        "walletActivity" => {
            let wallet = wallets::wallet::require(conn, viewer, id.parse().ok(), "walletId").await?;
            Of::Holder(wallet.wallet.id.uuid())
        }
        "customerActivity" => {
            let customer = customers::customer::require(conn, viewer, id.parse().ok(), "customerId").await?;
            Of::Holder(customer.id.uuid())
        }
        _ => Of::Book,
    };
    let cursors = app.token_keys.cursors(format!("{} {}", viewer.book, <Change as OutputType>::type_name()));
    let args = PageArgs { after: wanted.after.map(str::to_owned), ..PageArgs::default() };
    let place = match args.check(&cursors, Place::parse)?.after {
        Some(after) => {
            changes::require_known(conn, viewer, after).await?;
            after
        }
        None => changes::latest(conn, viewer).await?,
    };
    Ok(Opened { of, place })
}

impl Opened {
    /// The next changes, `most` of them, and goes on behind them.
    ///
    /// # Errors
    /// `CURSOR_TOO_OLD` when changes were deleted before they were read; when the database fails.
    pub async fn next(&mut self, app: &App, viewer: &Viewer, most: u64) -> Result<Vec<changes::Change>> {
        let conn = app.db.read();
        // Of what was there before a page without any change, nothing is looked at again.
        let latest = match self.of {
            Of::Book => None,
            Of::Holder(_) => Some(changes::latest(conn, viewer).await?),
        };
        let changes = changes::page(conn, viewer, self.of, Some(self.place), most).await?;
        let is_old = |change: &changes::Change| app.clock.now() - change.created_at > app.changes_kept / 2;
        if changes.first().is_some_and(is_old) {
            changes::require_known(conn, viewer, self.place).await?;
        }
        self.place = changes.last().map(|last| last.place).or(latest).unwrap_or(self.place);
        Ok(changes)
    }
}

/// The root of subscriptions in the schema that clients see. Nothing is executed by it.
#[derive(Debug, Default)]
pub struct Live;

impl SubscriptionType for Live {
    fn type_name() -> Cow<'static, str> {
        <Root<Subscription> as OutputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <Root<Subscription> as OutputType>::create_type_info(registry)
    }

    fn create_field_stream<'a>(
        &'a self,
        _: &'a Context<'_>,
    ) -> Option<Pin<Box<dyn Stream<Item = Response> + Send + 'a>>> {
        None
    }
}
