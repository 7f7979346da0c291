//! The book that the user is in.

use async_graphql::{Context, ID, Object};

use super::{
    error::{ApiError, ContextExt},
    scalar::DateTime,
};
use crate::{bookkeeping, entity, money::Currency};

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

    /// When it was opened.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
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
