//! The object `BookChange`: one change of the book.

use async_graphql::{Context, ID, Object};

use crate::{
    changes,
    entity::change::ChangeKind,
    graphql::{
        connection::cursors_of,
        error::{ApiError, ContextExt},
        node::{self, Node},
        nullability::SemanticNonNull,
        scalar::DateTime,
    },
};

#[derive(Clone)]
pub(in crate::graphql) struct Change(pub(in crate::graphql) changes::Change);

/// A change of the book: something was created, changed or deleted. Figures that are computed have no changes of their own. Balances of
/// wallets change with wallet transactions, those of customers with their documents, and reports with income, expenses and
/// budgets.
#[Object(name = "BookChange")]
impl Change {
    /// The position of this change. Pass it as `after` to `changes` or to a subscription to go on behind it.
    #[expect(clippy::unused_async, reason = "resolvers are asynchronous")]
    #[graphql(directive = SemanticNonNull::apply())]
    async fn cursor(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        Ok(cursors_of::<Self>(ctx)?.seal(&self.0.place.text())?)
    }

    /// What was done: `CREATED`, `UPDATED` or `DELETED`. Treat an object that is created and known already as changed.
    async fn kind(&self) -> ChangeKind {
        self.0.kind
    }

    /// The id of the object that was changed.
    async fn thing_id(&self) -> ID {
        ID(self.0.thing.clone())
    }

    /// The object, in its present state: later changes of it are included. Null when it no longer exists.
    async fn thing(&self, ctx: &Context<'_>) -> Result<Option<Node>, ApiError> {
        node::find(ctx, &ID(self.0.thing.clone())).await
    }

    /// The time of the change.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }
}

/// The cursor of the latest change of the viewer's book.
pub(in crate::graphql) async fn cursor_of_book(ctx: &Context<'_>) -> Result<String, ApiError> {
    let latest = changes::latest(ctx.read()?, ctx.viewer()?).await?;
    Ok(cursors_of::<Change>(ctx)?.seal(&latest.text())?)
}
