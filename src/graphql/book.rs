//! The viewer's book: the object, its query and its mutation.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, ID, Object, SimpleObject, dataloader::Loader};
use sea_orm::DbErr;

use super::{
    RequestLoader,
    activity::list::{Activities, activities_of},
    changes,
    customers::receivables::Receivables,
    error::{ApiError, ContextExt},
    nullability::SemanticNonNull,
    payload::{UserErrors, into_payload},
    scalar::DateTime,
};
use crate::{
    bookkeeping::{self, book::BookChange, customers::receivables},
    calendar::{date::Date, time_zone::TimeZone},
    entity::{self, activity::Action},
    error::Error,
    id::{Id, kind},
    money::Currency,
    page::PageArgs,
    price,
};

pub(super) struct Book(pub(super) entity::book::Model);

/// A set of accounts, such as those of one shop or one household. Every user has one book, and all other objects belong
/// to a book.
#[Object]
impl Book {
    /// The globally unique id, which never changes, such as `book_01h455vb4pex5vsknk084sn02q`.
    pub(super) async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// What the user calls the book, from `register` or `updateBook`. The name that is printed on statements is `shopName`.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The currency that is used where an input gives none. It is chosen at registration and does not change.
    async fn currency(&self) -> Currency {
        self.0.currency
    }

    /// The pattern that numbers invoices created without a number, such as `INV-{0000}`. `UpdateBookInput` explains the
    /// format.
    async fn invoice_number_pattern(&self) -> &str {
        &self.0.invoice_number_pattern
    }

    /// The pattern that numbers receipts created without a number, such as `RCT-{0000}`. `UpdateBookInput` explains the
    /// format.
    async fn receipt_number_pattern(&self) -> &str {
        &self.0.receipt_number_pattern
    }

    /// The pattern that numbers credit notes created without a number, such as `CRN-{0000}`. `UpdateBookInput` explains the
    /// format.
    async fn credit_note_number_pattern(&self) -> &str {
        &self.0.credit_note_number_pattern
    }

    /// The pattern that numbers debit notes created without a number, such as `DBN-{0000}`. `UpdateBookInput` explains the
    /// format.
    async fn debit_note_number_pattern(&self) -> &str {
        &self.0.debit_note_number_pattern
    }

    /// Whether the totals of new invoices are rounded to the whole unit of their currency. `Invoice.roundOff` is what a total
    /// was rounded by.
    async fn round_invoice_totals(&self) -> bool {
        self.0.round_invoice_totals
    }

    /// The time zone that decides which date is "today" in the book.
    async fn time_zone(&self) -> TimeZone {
        self.0.time_zone
    }

    /// The name of the shop as printed on statements. Null when not given.
    async fn shop_name(&self) -> Option<&str> {
        self.0.shop_name.as_deref()
    }

    /// The name of the shop's proprietor. Null when not given.
    async fn proprietor_name(&self) -> Option<&str> {
        self.0.proprietor_name.as_deref()
    }

    /// The shop's registration number for goods and services tax (GST). Null when not given.
    async fn gst_number(&self) -> Option<&str> {
        self.0.gst_number.as_deref()
    }

    /// The region whose phone numbers are written without a country code in this book: a country code of ISO 3166 in two
    /// letters, such as `YE`. It is the server's default unless `updateBook` set another one. Null when there is neither; then
    /// only the digits of such numbers are kept.
    #[expect(clippy::unused_async, reason = "async-graphql takes asynchronous functions only")]
    async fn phone_region(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        let region = bookkeeping::book::phone_region(&self.0, ctx.app()?.defaults);
        Ok(region.map(|region| region.as_ref().to_owned()))
    }

    /// The shop's phone number: in E.164 format (`+967711234567`) if its country is known, otherwise only its digits.
    /// Null when not given.
    async fn phone(&self) -> Option<&str> {
        self.0.phone.as_deref()
    }

    /// The shop's street address. Null when not given.
    async fn address(&self) -> Option<&str> {
        self.0.address.as_deref()
    }

    /// The city of the shop's address. Null when not given.
    async fn city(&self) -> Option<&str> {
        self.0.city.as_deref()
    }

    /// The state of the shop's address. Null when not given.
    async fn state(&self) -> Option<&str> {
        self.0.state.as_deref()
    }

    /// What all customers together owe, archived ones included: one item per currency.
    #[graphql(
        directive = price::List::apply(10),
        directive = price::Cost::apply(20),
        directive = SemanticNonNull::apply()
    )]
    async fn receivables(&self, ctx: &Context<'_>) -> Result<Vec<Receivables>, ApiError> {
        let receivables = receivables::of_book(ctx.read()?, ctx.viewer()?).await?;
        Ok(receivables.into_iter().map(Receivables).collect())
    }

    /// The position after the latest change of the book: another text after each change of what it holds. Pass it as `after` to `changes` or to a
    /// subscription for all changes that this request does not show.
    #[graphql(directive = price::Cost::apply(1), directive = SemanticNonNull::apply())]
    async fn cursor(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        changes::change::cursor_of_book(ctx).await
    }

    /// The time when the book was created.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// The activity log of the book's own settings, newest first: changes and refused attempts.
    #[graphql(directive = price::Page::apply(), directive = SemanticNonNull::apply())]
    async fn activities(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items to return from the start: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Return only the items after this cursor. The cursor must come from the same list.")]
        after: Option<String>,
        #[graphql(desc = "How many items to return from the end: 0 to 100. Not with `first`.")] last: Option<i32>,
        #[graphql(desc = "Return only the items before this cursor. The cursor must come from the same list.")] before: Option<String>,
    ) -> Result<Activities, ApiError> {
        activities_of(ctx, self.0.id, PageArgs { first, after, last, before }).await
    }
}

/// The viewer's book. All fields of a request that need it share one load.
pub(super) async fn own_book(ctx: &Context<'_>) -> Result<entity::book::Model, ApiError> {
    let book = ctx.loader()?.load_one(ctx.viewer()?.book).await?;
    Ok(book.ok_or_else(|| Error::Fault(DbErr::RecordNotFound("the book".to_owned())))?)
}

/// The currency of the viewer's book.
pub(super) async fn book_currency(ctx: &Context<'_>) -> Result<Currency, ApiError> {
    Ok(own_book(ctx).await?.currency)
}

/// The current date in the time zone of the viewer's book.
pub(super) async fn today(ctx: &Context<'_>) -> Result<Date, ApiError> {
    Ok(bookkeeping::book::today(&ctx.app()?.clock, &own_book(ctx).await?))
}

/// Loads the viewer's book.
impl Loader<Id<kind::Book>> for RequestLoader {
    type Value = entity::book::Model;
    type Error = Arc<Error>;

    async fn load(&self, _: &[Id<kind::Book>]) -> Result<HashMap<Id<kind::Book>, entity::book::Model>, Arc<Error>> {
        let book = bookkeeping::book::find(self.reader.conn(), &self.viewer).await?;
        Ok(HashMap::from([(book.id, book)]))
    }
}

/// The result of `updateBook`. Error codes: `INVALID`, `REQUIRED`.
#[derive(SimpleObject)]
struct UpdateBookPayload {
    /// The book after the change. Null when there are user errors.
    book: Option<Book>,
    #[graphql(flatten)]
    errors: UserErrors,
}

#[derive(Debug, Default)]
pub(super) struct BookMutation;

#[Object]
impl BookMutation {
    /// Changes settings of the book, such as its name, its time zone and the shop's address. Existing invoices, receipts
    /// and notes keep what they say of their `seller`.
    async fn update_book(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The fields to change.")] input: BookChange,
    ) -> Result<UpdateBookPayload, ApiError> {
        let updated = bookkeeping::book::update(ctx.app()?, ctx.viewer()?, &input).await;
        let (book, errors) = into_payload(ctx, Action::UpdateBook, updated).await?;
        Ok(UpdateBookPayload { book: book.map(Book), errors })
    }
}

#[derive(Debug, Default)]
pub(super) struct BookQuery;

#[Object]
impl BookQuery {
    /// The book of the logged-in user.
    async fn book(&self, ctx: &Context<'_>) -> Result<Book, ApiError> {
        Ok(Book(bookkeeping::book::find(ctx.read()?, ctx.viewer()?).await?))
    }
}

impl From<entity::book::Model> for Book {
    fn from(book: entity::book::Model) -> Self {
        Self(book)
    }
}
