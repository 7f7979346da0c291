//! The viewer's book: the object, its query and its mutation.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, ID, Object, SimpleObject, dataloader::Loader};
use sea_orm::DbErr;

use super::{
    RequestLoader,
    activity::event::{Activity, history},
    customers::receivables::Receivables,
    error::{ApiError, ContextExt},
    scalar::DateTime,
    user_error::{UserError, settle},
};
use crate::{
    bookkeeping::{self, book::BookChange, customers::receivables},
    calendar::{date::Date, time_zone::TimeZone},
    entity::{self, activity::Action},
    error::Error,
    id::{Id, kind},
    money::Currency,
};

pub(super) struct Book(pub(super) entity::book::Model);

/// One set of accounts: a shop's or a household's.
#[Object]
impl Book {
    /// Id.
    pub(super) async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// What it is called.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The currency of amounts that name none.
    async fn currency(&self) -> Currency {
        self.0.currency
    }

    /// How the numbers of invoices are made that are given none: `INV-{0000}`.
    async fn invoice_number_pattern(&self) -> &str {
        &self.0.invoice_number_pattern
    }

    /// How the numbers of receipts are made that are given none: `RCT-{0000}`.
    async fn receipt_number_pattern(&self) -> &str {
        &self.0.receipt_number_pattern
    }

    /// The time zone that says which day "today" is.
    async fn time_zone(&self) -> TimeZone {
        self.0.time_zone
    }

    /// What the shop is called, as it is printed on statements.
    async fn shop_name(&self) -> Option<&str> {
        self.0.shop_name.as_deref()
    }

    /// Whose shop it is.
    async fn proprietor_name(&self) -> Option<&str> {
        self.0.proprietor_name.as_deref()
    }

    /// The shop's number for goods and services tax.
    async fn gst_number(&self) -> Option<&str> {
        self.0.gst_number.as_deref()
    }

    /// The shop's phone number: E.164 when it is one of a known country, else its digits.
    async fn phone(&self) -> Option<&str> {
        self.0.phone.as_deref()
    }

    /// Where the shop is.
    async fn address(&self) -> Option<&str> {
        self.0.address.as_deref()
    }

    /// In which city.
    async fn city(&self) -> Option<&str> {
        self.0.city.as_deref()
    }

    /// In which state.
    async fn state(&self) -> Option<&str> {
        self.0.state.as_deref()
    }

    /// What all customers owe, by currency; those that are archived too.
    async fn receivables(&self, ctx: &Context<'_>) -> Result<Vec<Receivables>, ApiError> {
        let receivables = receivables::of_book(ctx.read()?, ctx.viewer()?).await?;
        Ok(receivables.into_iter().map(Receivables).collect())
    }

    /// When it was opened.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// What was done with it and what was refused, the latest first; when and by whom.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from the latest; at most 100.", default = 20)] first: i32,
    ) -> Result<Vec<Activity>, ApiError> {
        history(ctx, self.0.id, first).await
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

/// What came of changing the book.
#[derive(SimpleObject)]
struct UpdateBookPayload {
    /// The book as it is now; null when there are user errors.
    book: Option<Book>,
    /// What is wrong with the input.
    user_errors: Vec<UserError>,
}

#[derive(Debug, Default)]
pub(super) struct BookMutation;

#[Object]
impl BookMutation {
    /// Changes the book that the user is in.
    async fn update_book(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: BookChange,
    ) -> Result<UpdateBookPayload, ApiError> {
        let updated = bookkeeping::book::update(ctx.app()?, ctx.viewer()?, &input).await;
        let (book, user_errors) = settle(ctx, Action::UpdateBook, updated).await?;
        Ok(UpdateBookPayload { book: book.map(Book), user_errors })
    }
}

#[derive(Debug, Default)]
pub(super) struct BookQuery;

#[Object]
impl BookQuery {
    /// The book that the user is in.
    async fn book(&self, ctx: &Context<'_>) -> Result<Book, ApiError> {
        Ok(Book(bookkeeping::book::find(ctx.read()?, ctx.viewer()?).await?))
    }
}
