//! Summaries of customers' ledgers over a range of dates in one currency.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;

use super::customer;
use crate::{
    bookkeeping::{
        book,
        journal::{self, Turnover},
    },
    calendar::date::Date,
    entity::{
        account::{self, AccountKind},
        customer as customer_entity,
    },
    error::{Refusals, Result},
    id::{Id, kind},
    money::Currency,
    viewer::Viewer,
};

/// A range of dates, open at an end that is `None`, and a currency, the book's when `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Range {
    /// The first day.
    pub from: Option<Date>,
    /// The last day.
    pub to: Option<Date>,
    /// The currency.
    pub currency: Option<Currency>,
}

/// The summary of one customer's ledger.
#[derive(Clone, Debug)]
pub struct Summary {
    /// The customer.
    pub customer: customer_entity::Model,
    /// The range of dates.
    pub range: Range,
    /// The currency of the sums.
    pub currency: Currency,
    /// The other currencies in which the customer has or had entries.
    pub others: Vec<Currency>,
    /// The total turnover before the range.
    pub before: Turnover,
    /// The turnover within the range.
    pub within: Turnover,
    /// The last day in the range with an entry.
    pub last: Option<Date>,
}

impl Summary {
    /// The balance before the range, in minor units; positive when the customer owed.
    #[must_use]
    pub fn opening(&self) -> i64 {
        self.before.debits - self.before.credits
    }

    /// The balance at the end of the range, in minor units; positive when the customer owes.
    #[must_use]
    pub fn closing(&self) -> i64 {
        self.opening() + self.within.debits - self.within.credits
    }
}

/// The summary of one customer of the viewer's book.
///
/// # Errors
/// `NOT_FOUND` for the customer; `INVALID` for a range whose end is before its start.
pub async fn find(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    customer_id: Option<Id<kind::Customer>>,
    range: Range,
) -> Result<Summary> {
    let mut refusals = Refusals::default();
    let customer = refusals.take(customer::require(conn, viewer, customer_id, "customerId").await)?;
    refusals.check(Date::check_range(range.from, range.to, "to"));
    let Some(customer) = customer else { return Err(refusals.into()) };
    refusals.none()?;
    let mut found = of_customers(conn, viewer, vec![customer], range).await?;
    Ok(found.remove(0))
}

/// The summaries of these customers of the viewer's book, in input order. The number of SQL statements does not depend
/// on the number of customers.
///
/// # Errors
/// When the database fails.
pub async fn of_customers(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    customers: Vec<customer_entity::Model>,
    range: Range,
) -> Result<Vec<Summary>> {
    let currency = match range.currency {
        Some(currency) => currency,
        None => book::find(conn, viewer).await?.currency,
    };
    let ids = customers.iter().map(|customer| customer.id).collect();
    let accounts = accounts(conn, viewer, ids).await?;
    let of_currency = |customer: &customer_entity::Model| {
        accounts.get(&customer.id)?.iter().find(|account| account.currency == currency).map(|account| account.id)
    };
    let until = range.to.map_or(Date::MAX, |to| to.0);
    // The day before the range. The first day of the calendar has none.
    let before = range.from.and_then(|from| from.0.pred_opt());
    let mut questions = Vec::new();
    for customer in &customers {
        if let Some(account) = of_currency(customer) {
            questions.push((account, until));
            questions.extend(before.map(|before| (account, before)));
        }
    }
    let mut turnovers = journal::turnovers(conn, &questions).await?.into_iter();
    let accounts_asked: Vec<_> = customers.iter().filter_map(of_currency).collect();
    let last_days = journal::last_days(conn, &accounts_asked, range.from.map(|from| from.0), until).await?;
    Ok(customers
        .into_iter()
        .map(|customer| {
            let account = of_currency(&customer);
            let mut next = || account.and_then(|_| turnovers.next()).unwrap_or_default();
            let through = next();
            let before = if before.is_some() { next() } else { Turnover::default() };
            let others = accounts.get(&customer.id).into_iter().flatten().map(|account| account.currency);
            Summary {
                others: others.filter(|other| *other != currency).collect(),
                last: account.and_then(|account| last_days.get(&account)).copied().map(Date),
                customer,
                range,
                currency,
                before,
                within: through.since(before),
            }
        })
        .collect())
}

/// The receivable accounts of these customers of the viewer's book, ordered by currency.
///
/// # Errors
/// When the database fails.
pub async fn accounts(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    customers: Vec<Id<kind::Customer>>,
) -> Result<HashMap<Id<kind::Customer>, Vec<account::Model>>> {
    let holders: Vec<_> = customers.into_iter().map(Id::cast).collect();
    let mut accounts = journal::of_holders(conn, AccountKind::Receivable, holders).await?;
    accounts.retain(|account| account.book_id == viewer.book);
    accounts.sort_unstable_by_key(|account| account.currency.code());
    let mut of_customers: HashMap<_, Vec<_>> = HashMap::new();
    for account in accounts {
        of_customers.entry(account.holder_id.cast()).or_default().push(account);
    }
    Ok(of_customers)
}
