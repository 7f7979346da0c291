//! Connections of dated documents: of all in the book, and of one customer's.

use async_graphql::{Context, OutputType};

use super::{
    nodes::{Count, NodeEdge, Nodes, connect, cursors_of, edge},
    owned::{OwnedTotal, page},
};
use crate::{
    bookkeeping::customers::document_list::{self, Direction, Documents, Filter, Model},
    error::Error,
    graphql::error::{ApiError, ContextExt},
    id::{Id, kind},
    page::PageArgs,
};

/// The total count of the documents that match a filter.
pub(in crate::graphql) enum Total<F: Filter> {
    /// Those in the book.
    OfBook(F),
    /// Those of one customer.
    OfCustomer(OwnedTotal<Documents<F>>),
}

impl<F: Filter> Count for Total<F> {
    async fn count(&self, ctx: &Context<'_>) -> Result<i64, ApiError> {
        match self {
            Self::OfBook(filter) => Ok(document_list::count(ctx.read()?, ctx.viewer()?, filter).await?),
            Self::OfCustomer(total) => total.count(ctx).await,
        }
    }
}

/// Checks that the customer whom a filter names is in the viewer's book. `of` is the customer whose list it is.
async fn check_customer<F: Filter>(
    ctx: &Context<'_>,
    filter: &F,
    of: Option<Id<kind::Customer>>,
) -> Result<(), ApiError> {
    match filter.customer() {
        Some(customer) if Some(customer) != of && ctx.loader()?.load_one(customer).await?.is_none() => {
            Err(Error::from(document_list::unknown_customer()).into())
        }
        _ => Ok(()),
    }
}

/// A page of all documents in the viewer's book.
pub(in crate::graphql) async fn of_book<F: Filter, N: OutputType + From<Model<F>>>(
    ctx: &Context<'_>,
    filter: F,
    args: PageArgs,
) -> Result<Nodes<N, Total<F>>, ApiError> {
    let page = args.check(&cursors_of::<N>(ctx)?, document_list::parse_key)?;
    check_customer(ctx, &filter, None).await?;
    let paged = document_list::page(ctx.read()?, ctx.viewer()?, &filter, &page).await?;
    let paged = paged.map(|row| (document_list::key_text(F::key(&row)), N::from(row)));
    connect(ctx, paged, Total::OfBook(filter))
}

/// The edge of a document, which is the same in the list of the book and in that of the customer.
pub(in crate::graphql) fn edge_of<F: Filter, N: OutputType + From<Model<F>>>(
    ctx: &Context<'_>,
    row: Model<F>,
) -> Result<NodeEdge<N>, ApiError> {
    edge(ctx, &document_list::key_text(F::key(&row)), N::from(row))
}

/// A page of one customer's documents.
pub(in crate::graphql) async fn of_customer<F: Filter, N: OutputType + From<Model<F>>>(
    ctx: &Context<'_>,
    customer: Id<kind::Customer>,
    filter: F,
    direction: Direction,
    args: PageArgs,
) -> Result<Nodes<N, Total<F>>, ApiError> {
    check_customer(ctx, &filter, Some(customer)).await?;
    let list = Documents { filter, direction };
    let paged = page(ctx, &cursors_of::<N>(ctx)?, list.clone(), customer, args).await?;
    connect(ctx, paged, Total::OfCustomer(OwnedTotal { owner: customer, list }))
}
