//! The types of a connection: the connection, its edges and its total count.

use std::borrow::Cow;

use async_graphql::{Context, Object, OutputType, TypeName};

use super::page_info::PageInfo;
use crate::{
    credentials::Cursors,
    graphql::{
        error::{ApiError, ContextExt},
        nullability::SemanticNonNull,
    },
    page::Paged,
    price,
};

/// Computes the total count of a list.
pub(in crate::graphql) trait Count: Send + Sync {
    /// Counts the rows of the whole list. Called only when `totalCount` is selected.
    fn count(&self, ctx: &Context<'_>) -> impl Future<Output = Result<i64, ApiError>> + Send;
}

/// A count that is known already.
impl Count for i64 {
    async fn count(&self, _: &Context<'_>) -> Result<Self, ApiError> {
        Ok(*self)
    }
}

/// A connection: one page of a list, and a way to count the whole list.
pub(in crate::graphql) struct Nodes<N, T> {
    page: Edges<N>,
    total: T,
}

/// The edges of a page.
pub(in crate::graphql) struct Edges<N>(Paged<NodeEdge<N>>);

/// An edge: a row of a page with its cursor.
pub(in crate::graphql) struct NodeEdge<N> {
    cursor: String,
    node: N,
}

/// The cursors of the lists of these nodes. Those of a list and of a part of it, such as the entries of one customer, are the same.
pub(in crate::graphql) fn cursors_of<'a, N: OutputType>(ctx: &'a Context<'_>) -> Result<Cursors<'a>, ApiError> {
    ctx.cursors(&N::type_name())
}

/// The edge of a row with this sort key, as it is in the list.
pub(in crate::graphql) fn edge<N: OutputType>(ctx: &Context<'_>, key: &str, node: N) -> Result<NodeEdge<N>, ApiError> {
    Ok(NodeEdge { cursor: cursors_of::<N>(ctx)?.seal(key)?, node })
}

/// Makes a connection of a page. Each row comes with the sort key that its cursor carries.
pub(in crate::graphql) fn connect<N: OutputType, T>(
    ctx: &Context<'_>,
    paged: Paged<(String, N)>,
    total: T,
) -> Result<Nodes<N, T>, ApiError> {
    Ok(Nodes { page: Edges::new(ctx, paged)?, total })
}

impl<N, T> Nodes<N, T> {
    /// The same page, counted by what `of` makes of its count: where one list of these nodes is counted in several ways, they
    /// are variants of one type, because a connection has one type for each kind of node.
    pub(in crate::graphql) fn counted<U>(self, of: impl FnOnce(T) -> U) -> Nodes<N, U> {
        Nodes { page: self.page, total: of(self.total) }
    }
}

impl<N: OutputType> Edges<N> {
    /// The edges of a page. Each row comes with the sort key that its cursor carries.
    pub(in crate::graphql) fn new(ctx: &Context<'_>, paged: Paged<(String, N)>) -> Result<Self, ApiError> {
        let Paged { rows, has_previous, has_next } = paged;
        let rows = rows.into_iter().map(|(key, node)| edge(ctx, &key, node)).collect::<Result<_, ApiError>>()?;
        Ok(Self(Paged { rows, has_previous, has_next }))
    }

    /// The edges.
    pub(in crate::graphql) fn rows(&self) -> &[NodeEdge<N>] {
        &self.0.rows
    }

    /// The nodes of the edges.
    pub(in crate::graphql) fn nodes(&self) -> Vec<&N> {
        self.0.rows.iter().map(|edge| &edge.node).collect()
    }

    /// The page info of the connection.
    pub(in crate::graphql) fn info(&self) -> PageInfo {
        let cursor = |edge: Option<&NodeEdge<N>>| edge.map(|edge| edge.cursor.clone());
        PageInfo {
            has_previous_page: self.0.has_previous,
            has_next_page: self.0.has_next,
            start_cursor: cursor(self.0.rows.first()),
            end_cursor: cursor(self.0.rows.last()),
        }
    }
}

impl<N: OutputType, T: Count> TypeName for Nodes<N, T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", N::type_name()).into()
    }
}

/// One page of a list.
#[Object(name_type)]
impl<N: OutputType, T: Count> Nodes<N, T> {
    /// The items of this page, each with its cursor.
    async fn edges(&self) -> &[NodeEdge<N>] {
        self.page.rows()
    }

    /// The items of this page, without cursors.
    async fn nodes(&self) -> Vec<&N> {
        self.page.nodes()
    }

    /// Whether there are items before and after this page, and the cursors to get them with.
    #[graphql(directive = price::Cost::apply(0))]
    async fn page_info(&self) -> PageInfo {
        self.page.info()
    }

    /// The number of items in the whole list that match the filter. Selecting it costs an extra database query.
    #[graphql(directive = price::Cost::apply(20), directive = SemanticNonNull::apply())]
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i64, ApiError> {
        self.total.count(ctx).await
    }
}

impl<N: OutputType> TypeName for NodeEdge<N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", N::type_name()).into()
    }
}

/// An item of a page, with its cursor.
#[Object(name_type, directive = price::Cost::apply(0))]
impl<N: OutputType> NodeEdge<N> {
    /// An opaque text that marks the position of this item in the list. Pass it as `after` or `before`.
    async fn cursor(&self) -> &str {
        &self.cursor
    }

    /// The item at this position.
    async fn node(&self) -> &N {
        &self.node
    }
}
