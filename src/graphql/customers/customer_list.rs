//! The queries for one customer and for lists of customers.

use async_graphql::{Context, ID, Object};

use super::customer::Customer;
use crate::{
    bookkeeping::customers::customer_list::{self, CustomerFilter, CustomerFilterInput, CustomerOrder},
    graphql::{
        connection::{self, Count, Nodes},
        error::{ApiError, ContextExt},
        node,
    },
    id::kind,
    page::{PageArgs, Paged},
    price,
};

/// The total count of a list with this filter.
pub(in crate::graphql) struct CustomerTotal(CustomerFilter);

impl Count for CustomerTotal {
    async fn count(&self, ctx: &Context<'_>) -> Result<i64, ApiError> {
        Ok(customer_list::count(ctx.read()?, ctx.viewer()?, &self.0).await?)
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct CustomerQuery;

#[Object]
impl CustomerQuery {
    /// The customer with this id, archived or not. Null when the book has no such customer.
    async fn customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the customer.")] id: ID,
    ) -> Result<Option<Customer>, ApiError> {
        node::find_one::<kind::Customer, _>(ctx, &id).await
    }

    /// The people and firms that buy on credit, by name unless `orderBy` says otherwise. Archived ones are left out unless the
    /// filter asks for them.
    #[expect(clippy::too_many_arguments, reason = "they are the arguments of the field")]
    #[graphql(directive = price::Page::apply())]
    async fn customers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which customers to list. Default: all that are not archived.")] filter: Option<
            CustomerFilterInput,
        >,
        #[graphql(desc = "The order of the list. Default: by name, A to Z.")] order_by: Option<CustomerOrder>,
        #[graphql(desc = "How many items to return from the start: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(
            desc = "Return only the items after this cursor. The cursor must come from this list with the same `orderBy`."
        )]
        after: Option<String>,
        #[graphql(desc = "How many items to return from the end: 0 to 100. Not with `first`.")] last: Option<i32>,
        #[graphql(
            desc = "Return only the items before this cursor. The cursor must come from this list with the same `orderBy`."
        )]
        before: Option<String>,
    ) -> Result<Nodes<Customer, CustomerTotal>, ApiError> {
        let (conn, viewer) = (ctx.read()?, ctx.viewer()?);
        let order = order_by.unwrap_or_default();
        let page = PageArgs { first, after, last, before }
            .check(&connection::cursors_of::<Customer>(ctx)?, |text| order.parse_key(text))?;
        let filter = filter.unwrap_or_default().check()?;
        let Paged { rows, has_previous, has_next } = customer_list::page(conn, viewer, &filter, order, &page).await?;
        let rows = rows.into_iter().map(|row| (order.key_text(&row), Customer(row.customer))).collect();
        connection::connect(ctx, Paged { rows, has_previous, has_next }, CustomerTotal(filter))
    }
}
