//! The queries for one transaction and for lists of transactions, with the totals of a list.

use async_graphql::{Context, ID, Object};

use super::transaction::Transaction;
use crate::{
    bookkeeping::spending::transaction::{
        list::{self, TransactionFilter, TransactionFilterInput, TransactionOrder, TransactionOrderField},
        totals::{self, Totals},
    },
    graphql::{
        book::book_currency,
        connection::{Edges, NodeEdge, PageInfo, cursors_of},
        error::{ApiError, ContextExt},
        node,
        nullability::SemanticNonNull,
    },
    id::kind,
    money::{Currency, Money},
    page::{PageArgs, Paged},
    price,
};

struct TransactionConnection {
    page: Edges<Transaction>,
    filter: TransactionFilter,
}

/// One page of a list.
#[Object]
impl TransactionConnection {
    /// The items of this page, each with its cursor.
    async fn edges(&self) -> &[NodeEdge<Transaction>] {
        self.page.rows()
    }

    /// The items of this page, without cursors.
    async fn nodes(&self) -> Vec<&Transaction> {
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
        Ok(list::count(ctx.read()?, ctx.viewer()?, &self.filter).await?)
    }

    /// The totals of all transactions in the list, in one currency. If the filter names a category, only the lines in
    /// that category are counted.
    #[graphql(directive = price::Cost::apply(200), directive = SemanticNonNull::apply())]
    async fn totals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The currency of the totals. Default: the filter's, else the book's.")] currency: Option<
            Currency,
        >,
    ) -> Result<TransactionTotals, ApiError> {
        let currency = match currency.or(self.filter.currency) {
            Some(currency) => currency,
            None => book_currency(ctx).await?,
        };
        let totals = totals::totals(ctx.read()?, ctx.viewer()?, &self.filter, currency).await?;
        Ok(TransactionTotals { totals, currency })
    }
}

struct TransactionTotals {
    totals: Totals,
    currency: Currency,
}

/// The totals of a list of transactions, in one currency.
#[Object]
impl TransactionTotals {
    /// The sum of all income, less what was given back.
    async fn income(&self) -> Money {
        Money::from_minor(self.totals.income, self.currency)
    }

    /// The sum of all expenses, less refunds. Negative when more was refunded than spent.
    async fn expense(&self) -> Money {
        Money::from_minor(self.totals.expense, self.currency)
    }

    /// `income` minus `expense`. Negative when more was spent than came in.
    async fn net(&self) -> Money {
        Money::from_minor(self.totals.income - self.totals.expense, self.currency)
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct TransactionQuery;

#[Object]
impl TransactionQuery {
    /// The transaction with this id, deleted or not. Null when the book has no such transaction.
    async fn transaction(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the transaction.")] id: ID,
    ) -> Result<Option<Transaction>, ApiError> {
        node::find_one::<kind::Transaction, _>(ctx, &id).await
    }

    /// The transactions of the book: income and expenses.
    #[expect(clippy::too_many_arguments, reason = "they are the arguments of the field")]
    #[graphql(directive = price::Page::apply())]
    async fn transactions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which transactions to list. Default: all that are not deleted.")] filter: Option<
            TransactionFilterInput,
        >,
        #[graphql(desc = "The order of the list. Default: by date, newest first.")] order_by: Option<TransactionOrder>,
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
    ) -> Result<TransactionConnection, ApiError> {
        let (conn, viewer) = (ctx.read()?, ctx.viewer()?);
        let order = order_by.unwrap_or_default();
        let page = PageArgs { first, after, last, before }
            .check(&cursors_of::<Transaction>(ctx)?, |text| order.parse_key(text))?;
        let of_book = book_currency(ctx).await?;
        let mut filter = filter.unwrap_or_default().check(conn, viewer, of_book).await?;
        if order.field == TransactionOrderField::Amount {
            filter.currency.get_or_insert(of_book);
        }
        let Paged { rows, has_previous, has_next } = list::page(conn, viewer, &filter, order, &page).await?;
        let rows = rows.into_iter().map(|row| (order.key_text(&row), Transaction(row))).collect();
        Ok(TransactionConnection { page: Edges::new(ctx, Paged { rows, has_previous, has_next })?, filter })
    }
}
