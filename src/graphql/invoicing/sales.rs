//! The sales report: what the shop sold and received, by month and by customer.

use async_graphql::{Context, Object};

use crate::{
    bookkeeping::invoicing::sales::{
        Figures,
        customers::{self, Period},
        months,
    },
    calendar::month::YearMonth,
    graphql::{
        connection::{self, Count, Nodes},
        customers::customer::Customer,
        error::{ApiError, ContextExt},
        nullability::SemanticNonNull,
    },
    money::{Currency, Money},
    page::{PageArgs, Paged},
    price,
};

struct SalesReport(months::Report);

impl SalesReport {
    fn figures(&self, figures: Figures) -> SalesFigures {
        SalesFigures { figures, currency: self.0.currency }
    }

    fn period(&self) -> Period {
        Period { from: self.0.from, to: self.0.to, currency: self.0.currency }
    }
}

/// What the shop sold and what customers paid in a period, in one currency. Sold is what is on invoices that are not void, less
/// credit notes, and on `CREDIT` entries written by hand, which have no taxes. Received is what is on receipts that are not void
/// and on `DEBIT` entries written by hand, less refunds. Opening balances and write-offs are neither. Each document counts in
/// the month of its date.
#[Object]
impl SalesReport {
    /// The first month of the period.
    async fn from(&self) -> YearMonth {
        self.0.from
    }

    /// The last month of the period.
    async fn to(&self) -> YearMonth {
        self.0.to
    }

    /// The currency of all amounts here.
    async fn currency(&self) -> Currency {
        self.0.currency
    }

    /// The other currencies in which something was sold or received in the period. Those amounts are not counted here.
    #[graphql(directive = price::List::apply(5))]
    async fn other_currencies(&self) -> &[Currency] {
        &self.0.others
    }

    /// The figures of the whole period. They are the sums of those of `months`, and of those of all `customers`.
    async fn total(&self) -> SalesFigures {
        self.figures(self.0.total())
    }

    /// The figures of each month of the period, earliest first, also of months in which nothing was sold.
    async fn months(&self) -> Vec<MonthlySales> {
        let month =
            |(month, figures): &(YearMonth, Figures)| MonthlySales { month: *month, figures: self.figures(*figures) };
        self.0.months.iter().map(month).collect()
    }

    /// The figures of each customer who bought or paid something in the period, archived or not: the largest `totalAmount` first.
    /// Among equal ones, the customer who was created last comes first. The cursor of a customer changes with the amount.
    #[graphql(
        directive = price::Page::apply(),
        directive = price::Cost::apply(100),
        directive = SemanticNonNull::apply()
    )]
    async fn customers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items to return from the start: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Return only the items after this cursor. The cursor must come from the same list.")]
        after: Option<String>,
        #[graphql(desc = "How many items to return from the end: 0 to 100. Not with `first`.")] last: Option<i32>,
        #[graphql(desc = "Return only the items before this cursor. The cursor must come from the same list.")] before: Option<String>,
    ) -> Result<Nodes<CustomerSales, CustomerSalesTotal>, ApiError> {
        let page = PageArgs { first, after, last, before }
            .check(&connection::cursors_of::<CustomerSales>(ctx)?, customers::parse_key)?;
        let Paged { rows, has_previous, has_next } =
            customers::page(ctx.read()?, ctx.viewer()?, self.period(), &page).await?;
        let mut found = ctx.loader()?.load_many(rows.iter().map(|row| row.customer)).await?;
        let sales = |row: &customers::Row| {
            let customer = found.remove(&row.customer)?;
            Some((customers::key_text(row), CustomerSales { customer, figures: self.figures(row.figures) }))
        };
        let rows = rows.iter().filter_map(sales).collect();
        connection::connect(ctx, Paged { rows, has_previous, has_next }, CustomerSalesTotal(self.period()))
    }
}

/// The sales of one month.
struct MonthlySales {
    month: YearMonth,
    figures: SalesFigures,
}

/// What the shop sold and what customers paid in one month.
#[Object]
impl MonthlySales {
    /// The calendar month of the documents that are summed up here, by their dates.
    async fn month(&self) -> YearMonth {
        self.month
    }

    /// The sums of the month.
    async fn figures(&self) -> &SalesFigures {
        &self.figures
    }
}

/// The sales to one customer.
struct CustomerSales {
    customer: Customer,
    figures: SalesFigures,
}

/// What one customer bought and paid in a period.
#[Object]
impl CustomerSales {
    /// The customer who bought or paid.
    async fn customer(&self) -> &Customer {
        &self.customer
    }

    /// The sums of the customer's documents in the period.
    async fn figures(&self) -> &SalesFigures {
        &self.figures
    }
}

/// The number of customers in the report of a period.
struct CustomerSalesTotal(Period);

impl Count for CustomerSalesTotal {
    async fn count(&self, ctx: &Context<'_>) -> Result<i64, ApiError> {
        Ok(customers::count(ctx.read()?, ctx.viewer()?, self.0).await?)
    }
}

struct SalesFigures {
    figures: Figures,
    currency: Currency,
}

impl SalesFigures {
    fn money(&self, minor: i128) -> Money {
        Money::from_minor(minor, self.currency)
    }
}

/// Sums of what was sold and received. An amount is negative when credit notes or refunds exceed it.
#[Object(directive = price::Cost::apply(0))]
impl SalesFigures {
    /// The number of invoices that are not void.
    async fn invoice_count(&self) -> i64 {
        self.figures.invoices
    }

    /// The price of what was sold, less all discounts, without taxes and other charges.
    async fn gross_amount(&self) -> Money {
        self.money(self.figures.gross)
    }

    /// The sum of Central Goods and Services Tax (CGST).
    async fn cgst(&self) -> Money {
        self.money(self.figures.cgst)
    }

    /// The sum of State Goods and Services Tax (SGST).
    async fn sgst(&self) -> Money {
        self.money(self.figures.sgst)
    }

    /// The sum of Integrated Goods and Services Tax (IGST).
    async fn igst(&self) -> Money {
        self.money(self.figures.igst)
    }

    /// Charges besides the goods, such as freight and packing, without taxes.
    async fn other_charges(&self) -> Money {
        self.money(self.figures.other_charges)
    }

    /// What the totals of invoices were rounded up by, less what they were rounded down by.
    async fn round_off(&self) -> Money {
        self.money(self.figures.round_off)
    }

    /// What was sold in all: `grossAmount`, all taxes, `otherCharges` and `roundOff`.
    async fn total_amount(&self) -> Money {
        self.money(self.figures.total())
    }

    /// The money that customers paid, into wallets or in cash, less what was refunded to them. It may pay for what was sold in
    /// another period.
    async fn received(&self) -> Money {
        self.money(self.figures.received)
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct SalesQuery;

#[Object]
impl SalesQuery {
    /// What the shop sold and what customers paid, by month and by customer, in a period of at most 36 months.
    #[graphql(directive = price::ListsBy::apply(&["from", "to"], &["months"]), directive = price::Cost::apply(100))]
    async fn sales_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first month of the period.")] from: YearMonth,
        #[graphql(desc = "The last month of the period, not before `from`.")] to: YearMonth,
        #[graphql(desc = "The currency of all amounts. Default: the book's currency.")] currency: Option<Currency>,
    ) -> Result<SalesReport, ApiError> {
        Ok(SalesReport(months::report(ctx.read()?, ctx.viewer()?, (from, to), currency).await?))
    }
}
