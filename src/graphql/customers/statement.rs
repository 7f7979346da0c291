//! The statement of a customer, with its aging.

use async_graphql::{Context, ID, Object};

use super::{customer::Customer, entry::Entry, summary::CustomerSummary};
use crate::{
    bookkeeping::customers::{
        aging,
        document_list::Direction,
        entry_list::EntryFilter,
        statement,
        summary::{self, Range, Summary},
    },
    calendar::date::Date,
    graphql::{
        book::{Book, own_book, today},
        connection::{self, Nodes, Total},
        error::{ApiError, ContextExt},
    },
    money::{Currency, Money},
    page::PageArgs,
};

pub(in crate::graphql) struct CustomerStatement(Summary);

/// What a customer owed before some days, what happened in them, and what they owe after them, in one currency. The same as
/// CSV is at `/customers/{id}/statement.csv?from=&to=&currency=`, with the access token.
#[Object]
impl CustomerStatement {
    /// Whose statement it is: what stands at its head.
    async fn book(&self, ctx: &Context<'_>) -> Result<Book, ApiError> {
        Ok(Book(own_book(ctx).await?))
    }

    /// The customer.
    async fn customer(&self) -> Customer {
        Customer(self.0.customer.clone())
    }

    /// The currency of all amounts.
    async fn currency(&self) -> Currency {
        self.0.currency
    }

    /// The first day; null when it begins with the first entry.
    async fn from(&self) -> Option<Date> {
        self.0.range.from
    }

    /// The last day; null when it ends with the last entry.
    async fn to(&self) -> Option<Date> {
        self.0.range.to
    }

    /// What the customer owed before the first day.
    async fn opening_balance(&self) -> Money {
        Money::from_minor(self.0.opening(), self.0.currency)
    }

    /// What the customer owed at the end of the last day.
    async fn closing_balance(&self) -> Money {
        Money::from_minor(self.0.closing(), self.0.currency)
    }

    /// The sums of the statement.
    async fn summary(&self) -> CustomerSummary {
        CustomerSummary(self.0.clone())
    }

    /// Every line, the oldest first; `balanceAfter` of each is the running balance.
    async fn lines(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from the oldest; 20 when absent, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only those that come after this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the newest; at most 100. Not together with `first`.")] last: Option<
            i32,
        >,
        #[graphql(desc = "Only those that come before this cursor.")] before: Option<String>,
    ) -> Result<Nodes<Entry, Total<EntryFilter>>, ApiError> {
        let args = PageArgs { first, after, last, before };
        connection::of_customer(ctx, self.0.customer.id, statement::lines_of(&self.0), Direction::OldestFirst, args)
            .await
    }

    /// How old what is owed at the end is: on the last day, or today (where the book is) when there is none.
    async fn aging(&self, ctx: &Context<'_>) -> Result<Aging, ApiError> {
        let today = today(ctx).await?.0;
        Ok(Aging { aging: statement::aging(ctx.read()?, &self.0, today).await?, currency: self.0.currency })
    }
}

struct Aging {
    aging: aging::Aging,
    currency: Currency,
}

impl Aging {
    fn money(&self, minor: i64) -> Money {
        Money::from_minor(minor, self.currency)
    }
}

/// What is owed by how long it has been due. Receipts pay invoices as their `allocations` say; what is left of them, and
/// `DEBIT` entries without a receipt, pay what has been due longest: what is open of invoices by their due dates, and
/// `CREDIT` entries without an invoice by their dates. The parts, less `inAdvance`, add up to the closing balance.
#[Object]
impl Aging {
    /// Not due yet, or due on this day.
    async fn current(&self) -> Money {
        self.money(self.aging.current)
    }

    /// Due for 1 to 30 days.
    #[graphql(name = "days1To30")]
    async fn days_1_to_30(&self) -> Money {
        self.money(self.aging.days_1_to_30)
    }

    /// Due for 31 to 60 days.
    #[graphql(name = "days31To60")]
    async fn days_31_to_60(&self) -> Money {
        self.money(self.aging.days_31_to_60)
    }

    /// Due for 61 to 90 days.
    #[graphql(name = "days61To90")]
    async fn days_61_to_90(&self) -> Money {
        self.money(self.aging.days_61_to_90)
    }

    /// Due for more than 90 days.
    #[graphql(name = "over90Days")]
    async fn over_90_days(&self) -> Money {
        self.money(self.aging.over_90_days)
    }

    /// All that has been due for a day or longer.
    async fn overdue(&self) -> Money {
        self.money(self.aging.overdue())
    }

    /// What is paid in advance, when nothing is owed.
    async fn in_advance(&self) -> Money {
        self.money(self.aging.in_advance)
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct StatementQuery;

#[Object]
impl StatementQuery {
    /// The statement of a customer.
    async fn customer_statement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which customer.")] customer_id: ID,
        #[graphql(desc = "The first day; from the first entry when absent.")] from: Option<Date>,
        #[graphql(desc = "The last day; to the last entry when absent.")] to: Option<Date>,
        #[graphql(desc = "The currency; the book's when absent.")] currency: Option<Currency>,
    ) -> Result<CustomerStatement, ApiError> {
        let range = Range { from, to, currency };
        let summary = summary::find(ctx.read()?, ctx.viewer()?, customer_id.parse().ok(), range).await?;
        Ok(CustomerStatement(summary))
    }
}
