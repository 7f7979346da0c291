//! Connections of dated documents (entries, invoices, receipts), and loaders that batch the lists of several customers.

use std::{borrow::Cow, collections::HashMap, sync::Arc};

use async_graphql::{Context, Object, OutputType, TypeName, connection::PageInfo, dataloader::Loader};

use super::{
    RequestLoader,
    error::{ApiError, ContextExt},
};
use crate::{
    bookkeeping::customers::document_list::{self, Direction, Filter, Key, Model},
    calendar::date::Date,
    error::Error,
    id::{Id, kind},
    page::{self, Page, PageArgs, Paged},
    price,
};

/// Computes the total count of a list.
pub(super) trait Count: Send + Sync {
    /// Counts the rows of the whole list. Called only when `totalCount` is selected.
    fn count(&self, ctx: &Context<'_>) -> impl Future<Output = Result<i64, ApiError>> + Send;
}

/// A connection: one page of a list, and a way to count the whole list.
pub(super) struct Nodes<N, T> {
    page: Edges<N>,
    total: T,
}

/// The edges of a page.
pub(super) struct Edges<N>(Paged<NodeEdge<N>>);

/// An edge: a row of a page with its cursor.
pub(super) struct NodeEdge<N> {
    cursor: String,
    node: N,
}

/// Makes a connection of a page. Each row comes with the sort key that its cursor carries.
pub(super) fn connect<N, T>(paged: Paged<(String, N)>, total: T) -> Nodes<N, T> {
    Nodes { page: paged.into(), total }
}

impl<N> From<Paged<(String, N)>> for Edges<N> {
    fn from(Paged { rows, has_previous, has_next }: Paged<(String, N)>) -> Self {
        let edge = |(key, node): (String, N)| NodeEdge { cursor: page::encode(&key), node };
        Self(Paged { rows: rows.into_iter().map(edge).collect(), has_previous, has_next })
    }
}

impl<N> Edges<N> {
    /// The edges.
    pub(super) fn rows(&self) -> &[NodeEdge<N>] {
        &self.0.rows
    }

    /// The nodes of the edges.
    pub(super) fn nodes(&self) -> Vec<&N> {
        self.0.rows.iter().map(|edge| &edge.node).collect()
    }

    /// The page info of the connection.
    pub(super) fn info(&self) -> PageInfo {
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
    #[graphql(directive = price::Cost::apply(200))]
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

/// The total count of the documents in a book or, if `customer` is set, of one customer.
pub(super) struct Total<F: Filter> {
    customer: Option<Id<kind::Customer>>,
    filter: F,
}

impl<F: Filter> Count for Total<F> {
    async fn count(&self, ctx: &Context<'_>) -> Result<i64, ApiError> {
        let Some(customer) = self.customer else {
            return Ok(document_list::count(ctx.read()?, ctx.viewer()?, &self.filter).await?);
        };
        let key = CountKey { customer, filter: self.filter.clone() };
        Ok(ctx.loader()?.load_one(key).await?.unwrap_or_default())
    }
}

/// Checks the arguments of a connection field, and parses the date and id in its cursors.
pub(super) fn check(args: PageArgs) -> Result<Page<Key>, ApiError> {
    let key = |text: &str| {
        let (date, id) = text.split_once(' ')?;
        Some((Date::parse_text(date)?.0, id.parse().ok()?))
    };
    Ok(args.check(key)?)
}

fn rows<F: Filter, N: From<Model<F>>>(paged: Paged<Model<F>>) -> Paged<(String, N)> {
    let Paged { rows, has_previous, has_next } = paged;
    let row = |model: Model<F>| {
        let (date, id) = F::key(&model);
        (format!("{} {}", date.format("%Y-%m-%d"), id.simple()), N::from(model))
    };
    Paged { rows: rows.into_iter().map(row).collect(), has_previous, has_next }
}

/// A page of all documents in the viewer's book.
pub(super) async fn of_book<F: Filter, N: OutputType + From<Model<F>>>(
    ctx: &Context<'_>,
    filter: F,
    args: PageArgs,
) -> Result<Nodes<N, Total<F>>, ApiError> {
    let paged = document_list::page(ctx.read()?, ctx.viewer()?, &filter, &check(args)?).await?;
    Ok(connect(rows::<F, N>(paged), Total { customer: None, filter }))
}

/// A page of one customer's documents. Batched with the pages of other customers.
pub(super) async fn of_customer<F: Filter, N: OutputType + From<Model<F>>>(
    ctx: &Context<'_>,
    customer: Id<kind::Customer>,
    filter: F,
    direction: Direction,
    args: PageArgs,
) -> Result<Nodes<N, Total<F>>, ApiError> {
    let page = check(args)?;
    let key = PageKey { customer, filter: filter.clone(), direction, page: page.clone() };
    let paged = ctx.loader()?.load_one(key).await?.unwrap_or_else(|| page.cut(Vec::new()));
    Ok(connect(rows::<F, N>(paged), Total { customer: Some(customer), filter }))
}

/// The loader key for a page of one customer's documents.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct PageKey<F> {
    customer: Id<kind::Customer>,
    filter: F,
    direction: Direction,
    page: Page<Key>,
}

impl<F: Filter> Loader<PageKey<F>> for RequestLoader {
    type Value = Paged<Model<F>>;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[PageKey<F>]) -> Result<HashMap<PageKey<F>, Self::Value>, Arc<Error>> {
        let mut alike: HashMap<_, Vec<_>> = HashMap::new();
        for PageKey { customer, filter, direction, page } in keys.iter().cloned() {
            alike.entry((filter, direction, page)).or_default().push(customer);
        }
        let mut loaded = HashMap::new();
        for ((filter, direction, page), customers) in alike {
            let conn = self.reader.conn();
            let pages = document_list::pages(conn, &self.viewer, &customers, &filter, direction, &page).await?;
            loaded.extend(pages.into_iter().map(|(customer, paged)| {
                let key = PageKey { customer, filter: filter.clone(), direction, page: page.clone() };
                (key, paged)
            }));
        }
        Ok(loaded)
    }
}

/// The loader key for the count of one customer's documents.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct CountKey<F> {
    customer: Id<kind::Customer>,
    filter: F,
}

impl<F: Filter> Loader<CountKey<F>> for RequestLoader {
    type Value = i64;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[CountKey<F>]) -> Result<HashMap<CountKey<F>, i64>, Arc<Error>> {
        let mut alike: HashMap<_, Vec<_>> = HashMap::new();
        for CountKey { customer, filter } in keys.iter().cloned() {
            alike.entry(filter).or_default().push(customer);
        }
        let mut loaded = HashMap::new();
        for (filter, customers) in alike {
            let counts = filter.counts(self.reader.conn(), &self.viewer, &customers).await?;
            let key = |customer| CountKey { customer, filter: filter.clone() };
            loaded.extend(counts.into_iter().map(|(customer, count)| (key(customer), count)));
        }
        Ok(loaded)
    }
}
