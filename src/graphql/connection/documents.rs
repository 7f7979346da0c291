//! Connections of dated documents: of all in the book, and of one customer's.

use async_graphql::{Context, OutputType};

use super::{
    nodes::{Count, NodeEdge, Nodes, connect, edge},
    owned::{OwnedTotal, page},
};
use crate::{
    bookkeeping::customers::document_list::{self, Direction, Documents, Filter, Model},
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

/// A page of all documents in the viewer's book.
pub(in crate::graphql) async fn of_book<F: Filter, N: OutputType + From<Model<F>>>(
    ctx: &Context<'_>,
    filter: F,
    args: PageArgs,
) -> Result<Nodes<N, Total<F>>, ApiError> {
    let page = args.check(document_list::parse_key)?;
    let paged = document_list::page(ctx.read()?, ctx.viewer()?, &filter, &page).await?;
    let paged = paged.map(|row| (document_list::key_text(F::key(&row)), N::from(row)));
    Ok(connect(paged, Total::OfBook(filter)))
}

/// The edge of a document, which is the same in the list of the book and in that of the customer.
pub(in crate::graphql) fn edge_of<F: Filter, N: From<Model<F>>>(row: Model<F>) -> NodeEdge<N> {
    edge(&document_list::key_text(F::key(&row)), N::from(row))
}

/// A page of one customer's documents.
pub(in crate::graphql) async fn of_customer<F: Filter, N: OutputType + From<Model<F>>>(
    ctx: &Context<'_>,
    customer: Id<kind::Customer>,
    filter: F,
    direction: Direction,
    args: PageArgs,
) -> Result<Nodes<N, Total<F>>, ApiError> {
    let list = Documents { filter, direction };
    let paged = page(ctx, list.clone(), customer, args).await?;
    Ok(connect(paged, Total::OfCustomer(OwnedTotal { owner: customer, list })))
}
