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
        nullability::SemanticNonNull,
    },
    money::{Currency, Money},
    page::PageArgs,
    price,
};

pub(in crate::graphql) struct CustomerStatement(Summary);

/// The statement of a customer's account for a period, in one currency: the opening balance, all entries, and the
/// closing balance. As a CSV file: `GET /customers/{id}/statement.csv?from=&to=&currency=`, with the access token.
#[Object]
impl CustomerStatement {
    /// The book whose name and address are printed at the head of the statement.
    #[graphql(directive = SemanticNonNull::apply())]
    async fn book(&self, ctx: &Context<'_>) -> Result<Book, ApiError> {
        Ok(Book(own_book(ctx).await?))
    }

    /// The customer whose ledger the lines are from.
    async fn customer(&self) -> Customer {
        Customer(self.0.customer.clone())
    }

    /// The currency of all amounts here.
    async fn currency(&self) -> Currency {
        self.0.currency
    }

    /// The first day of the period. Null when it has no lower limit.
    async fn from(&self) -> Option<Date> {
        self.0.range.from
    }

    /// The last day of the period. Null when it has no upper limit.
    async fn to(&self) -> Option<Date> {
        self.0.range.to
    }

    /// What the customer owed at the start of the first day. Negative when they had paid in advance. Zero when `from`
    /// is null.
    async fn opening_balance(&self) -> Money {
        Money::from_minor(self.0.opening(), self.0.currency)
    }

    /// What the customer owed at the end of the last day. Negative when they had paid in advance.
    async fn closing_balance(&self) -> Money {
        Money::from_minor(self.0.closing(), self.0.currency)
    }

    /// The totals of the period.
    async fn summary(&self) -> CustomerSummary {
        CustomerSummary(self.0.clone())
    }

    /// The entries of the period, oldest first. `Entry.balanceAfter` is the running balance.
    #[graphql(directive = price::Page::apply(), directive = SemanticNonNull::apply())]
    async fn lines(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items to return from the start: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Return only the items after this cursor. The cursor must come from the same list.")]
        after: Option<String>,
        #[graphql(desc = "How many items to return from the end: 0 to 100. Not with `first`.")] last: Option<i32>,
        #[graphql(desc = "Return only the items before this cursor. The cursor must come from the same list.")] before: Option<String>,
    ) -> Result<Nodes<Entry, Total<EntryFilter>>, ApiError> {
        let args = PageArgs { first, after, last, before };
        connection::of_customer(ctx, self.0.customer.id, statement::lines_of(&self.0), Direction::OldestFirst, args)
            .await
    }

    /// What the customer owes at the end of the period, by how long it has been due. Ages are counted on the last day
    /// of the period, or today in the book's time zone when `to` is null.
    #[graphql(directive = price::Cost::apply(500), directive = SemanticNonNull::apply())]
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

/// What a customer owes, by how long it has been due. The age of an invoice counts from its due date, that of a
/// `CREDIT` entry without an invoice from its date. Receipts pay invoices as their `allocations` say; the rest of them,
/// and `DEBIT` entries without a receipt, pay what has been due longest. The sum of `current`, `days1To30`,
/// `days31To60`, `days61To90` and `over90Days`, minus `inAdvance`, is the closing balance.
#[Object]
impl Aging {
    /// The amount that is not overdue: due on the day on which ages are counted, or later.
    async fn current(&self) -> Money {
        self.money(self.aging.current)
    }

    /// The amount that is overdue by 1 to 30 days.
    #[graphql(name = "days1To30")]
    async fn days_1_to_30(&self) -> Money {
        self.money(self.aging.days_1_to_30)
    }

    /// The amount that is overdue by 31 to 60 days.
    #[graphql(name = "days31To60")]
    async fn days_31_to_60(&self) -> Money {
        self.money(self.aging.days_31_to_60)
    }

    /// The amount that is overdue by 61 to 90 days.
    #[graphql(name = "days61To90")]
    async fn days_61_to_90(&self) -> Money {
        self.money(self.aging.days_61_to_90)
    }

    /// The amount that is overdue by more than 90 days.
    #[graphql(name = "over90Days")]
    async fn over_90_days(&self) -> Money {
        self.money(self.aging.over_90_days)
    }

    /// The amount that is overdue by one day or more.
    async fn overdue(&self) -> Money {
        self.money(self.aging.overdue())
    }

    /// The amount that the customer has paid in advance, as a positive amount. Zero when the customer owes anything.
    async fn in_advance(&self) -> Money {
        self.money(self.aging.in_advance)
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct StatementQuery;

#[Object]
impl StatementQuery {
    /// The statement of a customer's account for a period.
    async fn customer_statement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of a customer of the book, archived or not.")] customer_id: ID,
        #[graphql(desc = "The first day of the period. Default: no lower limit.")] from: Option<Date>,
        #[graphql(desc = "The last day of the period, not before `from`. Default: no upper limit.")] to: Option<Date>,
        #[graphql(desc = "The currency of all amounts. Default: the book's currency.")] currency: Option<Currency>,
    ) -> Result<CustomerStatement, ApiError> {
        let range = Range { from, to, currency };
        let summary = summary::find(ctx.read()?, ctx.viewer()?, customer_id.parse().ok(), range).await?;
        Ok(CustomerStatement(summary))
    }
}
