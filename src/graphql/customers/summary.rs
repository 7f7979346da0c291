//! The summary of a customer's ledger over a range of dates.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, ID, Object, dataloader::Loader};

use super::customer::Customer;
use crate::{
    bookkeeping::customers::{
        customer,
        summary::{self, Range, Summary},
    },
    calendar::date::Date,
    error::{Code, Error, Refusal},
    graphql::{
        RequestLoader,
        error::{ApiError, ContextExt},
    },
    id::{Id, kind},
    money::{Currency, Money},
    price,
};

#[derive(Clone)]
pub(in crate::graphql) struct CustomerSummary(pub(super) Summary);

impl CustomerSummary {
    fn money(&self, minor: i64) -> Money {
        Money::from_minor(minor, self.0.currency)
    }
}

/// The totals of a customer's ledger in a period, in one currency. `CREDIT` is what the customer took on credit and
/// `DEBIT` what they paid, in the words of a shop; in bookkeeping the two words are used the other way round.
#[Object]
impl CustomerSummary {
    /// The customer whose ledger is summed up here.
    async fn customer(&self) -> Customer {
        Customer(self.0.customer.clone())
    }

    /// The currency of all amounts here.
    async fn currency(&self) -> Currency {
        self.0.currency
    }

    /// The other currencies in which the customer has entries. Those entries are not counted here.
    #[graphql(directive = price::List::apply(5))]
    async fn other_currencies(&self) -> &[Currency] {
        &self.0.others
    }

    /// The first day of the period. Null when it has no lower limit.
    async fn from(&self) -> Option<Date> {
        self.0.range.from
    }

    /// The last day of the period. Null when it has no upper limit.
    async fn to(&self) -> Option<Date> {
        self.0.range.to
    }

    /// The sum of all `CREDIT` entries of the period: what the customer took on credit.
    async fn total_credit(&self) -> Money {
        self.money(self.0.within.debits)
    }

    /// The sum of all `DEBIT` entries of the period: what the customer paid.
    async fn total_debit(&self) -> Money {
        self.money(self.0.within.credits)
    }

    /// `totalCredit` minus `totalDebit`: how much the customer's debt grew in the period. Negative when it shrank.
    async fn balance(&self) -> Money {
        self.money(self.0.within.debits - self.0.within.credits)
    }

    /// What the customer owed at the start of the first day. Negative when they had paid in advance. Zero when `from`
    /// is null.
    async fn opening_balance(&self) -> Money {
        self.money(self.0.opening())
    }

    /// What the customer owed at the end of the last day: `openingBalance` plus `balance`. Negative when they had paid
    /// in advance.
    async fn closing_balance(&self) -> Money {
        self.money(self.0.closing())
    }

    /// The number of entries in the period.
    async fn entry_count(&self) -> i64 {
        self.0.within.entries
    }

    /// The date of the last entry in the period. Null when it has no entries.
    async fn last_entry_date(&self) -> Option<Date> {
        self.0.last
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct CustomerSummaryQuery;

#[Object]
impl CustomerSummaryQuery {
    /// The totals of a customer's ledger in a period, in one currency.
    async fn customer_summary(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of a customer of the book, archived or not.")] customer_id: ID,
        #[graphql(desc = "The first day of the period. Default: no lower limit.")] from: Option<Date>,
        #[graphql(desc = "The last day of the period, not before `from`. Default: no upper limit.")] to: Option<Date>,
        #[graphql(desc = "The currency of all amounts. Default: the book's currency.")] currency: Option<Currency>,
    ) -> Result<CustomerSummary, ApiError> {
        let range = Range { from, to, currency };
        let found = summary::find(ctx.read()?, ctx.viewer()?, customer_id.parse().ok(), range).await?;
        Ok(CustomerSummary(found))
    }
}

/// The summary of an existing customer. Batched with the summaries of other customers.
pub(in crate::graphql) async fn load(
    ctx: &Context<'_>,
    customer: Id<kind::Customer>,
    range: Range,
) -> Result<CustomerSummary, ApiError> {
    Date::check_range(range.from, range.to, "to").map_err(Error::from)?;
    let summary = ctx.loader()?.load_one(SummaryKey { customer, range }).await?;
    let missing = || Error::from(Refusal::new(Code::NotFound, "customerId", "You have no such customer."));
    Ok(CustomerSummary(summary.ok_or_else(missing)?))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::graphql) struct SummaryKey {
    customer: Id<kind::Customer>,
    range: Range,
}

impl Loader<SummaryKey> for RequestLoader {
    type Value = Summary;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[SummaryKey]) -> Result<HashMap<SummaryKey, Summary>, Arc<Error>> {
        let conn = self.reader.conn();
        let mut alike: HashMap<_, Vec<_>> = HashMap::new();
        for key in keys {
            alike.entry(key.range).or_default().push(key.customer);
        }
        let mut loaded = HashMap::new();
        for (range, customers) in alike {
            let customers = customer::find_many(conn, &self.viewer, customers).await?;
            let summaries = summary::of_customers(conn, &self.viewer, customers, range).await?;
            let key = |summary: &Summary| SummaryKey { customer: summary.customer.id, range };
            loaded.extend(summaries.into_iter().map(|summary| (key(&summary), summary)));
        }
        Ok(loaded)
    }
}
