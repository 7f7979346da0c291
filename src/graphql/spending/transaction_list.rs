//! The queries for one transaction and for lists of transactions, with the totals of a list.

use async_graphql::{Context, ID, Object, connection::PageInfo};

use super::transaction::Transaction;
use crate::{
    bookkeeping::spending::transaction::{
        list::{self, TransactionFilter, TransactionFilterInput, TransactionOrder, TransactionOrderField},
        totals::{self, Totals},
    },
    graphql::{
        book::book_currency,
        connection::{Edges, NodeEdge},
        error::{ApiError, ContextExt},
    },
    id::{Id, kind},
    money::{Currency, Money},
    page::{PageArgs, Paged},
};

struct TransactionConnection {
    page: Edges<Transaction>,
    filter: TransactionFilter,
}

/// A page of a list.
#[Object]
impl TransactionConnection {
    /// The rows of the page, each with its cursor.
    async fn edges(&self) -> &[NodeEdge<Transaction>] {
        self.page.rows()
    }

    /// The rows of the page.
    async fn nodes(&self) -> Vec<&Transaction> {
        self.page.nodes()
    }

    /// Where the page stands in the list.
    async fn page_info(&self) -> PageInfo {
        self.page.info()
    }

    /// How many rows the whole list has. It costs a count.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i64, ApiError> {
        Ok(list::count(ctx.read()?, ctx.viewer()?, &self.filter).await?)
    }

    /// What the whole list sums to in one currency. When the filter names a category, only what is in it counts of the
    /// transactions that are split.
    async fn totals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The currency; that of the filter, or the book's, when absent.")] currency: Option<Currency>,
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

/// What transactions sum to in one currency.
#[Object]
impl TransactionTotals {
    /// What came in.
    async fn income(&self) -> Money {
        Money::from_minor(self.totals.income, self.currency)
    }

    /// What was spent.
    async fn expense(&self) -> Money {
        Money::from_minor(self.totals.expense, self.currency)
    }

    /// What came in less what was spent.
    async fn net(&self) -> Money {
        Money::from_minor(self.totals.income - self.totals.expense, self.currency)
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct TransactionQuery;

#[Object]
impl TransactionQuery {
    /// A transaction of the book, deleted or not; null when there is none of this id.
    async fn transaction(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which transaction.")] id: ID,
    ) -> Result<Option<Transaction>, ApiError> {
        ctx.viewer()?;
        let Ok(id) = id.parse::<Id<kind::Transaction>>() else { return Ok(None) };
        Ok(ctx.loader()?.load_one(id).await?)
    }

    /// The transactions of the book: income and spending.
    #[expect(clippy::too_many_arguments, reason = "they are the arguments of the field")]
    async fn transactions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which transactions; all that stand when absent.")] filter: Option<TransactionFilterInput>,
        #[graphql(desc = "In which order; the newest first by date when absent.")] order_by: Option<TransactionOrder>,
        #[graphql(desc = "At most so many, from the start of the list; 20 when absent, at most 100.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only those that come after this cursor, which must be one of the same order.")] after: Option<
            String,
        >,
        #[graphql(desc = "At most so many, from the end; at most 100. Not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "Only those that come before this cursor, which must be one of the same order.")]
        before: Option<String>,
    ) -> Result<TransactionConnection, ApiError> {
        let (conn, viewer) = (ctx.read()?, ctx.viewer()?);
        let order = order_by.unwrap_or_default();
        let page = PageArgs { first, after, last, before }.check(|text| order.parse_key(text))?;
        let of_book = book_currency(ctx).await?;
        let mut filter = filter.unwrap_or_default().check(conn, viewer, of_book).await?;
        if order.field == TransactionOrderField::Amount {
            filter.currency.get_or_insert(of_book);
        }
        let Paged { rows, has_previous, has_next } = list::page(conn, viewer, &filter, order, &page).await?;
        let rows = rows.into_iter().map(|row| (order.key_text(&row), Transaction(row))).collect();
        Ok(TransactionConnection { page: Paged { rows, has_previous, has_next }.into(), filter })
    }
}
