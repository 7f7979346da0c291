//! Receivables: what all customers of a book owe.

use async_graphql::{Context, Object, SimpleObject};

use super::customer::Customer;
use crate::{
    bookkeeping::customers::receivables,
    graphql::{
        error::{ApiError, ContextExt},
        nullability::SemanticNonNull,
    },
    money::{Currency, Money},
    price,
};

pub(in crate::graphql) struct Receivables(pub(in crate::graphql) receivables::Receivables);

/// What all customers of the book owe in one currency.
#[Object]
impl Receivables {
    /// The currency of all amounts here.
    async fn currency(&self) -> Currency {
        self.0.currency
    }

    /// The sum of the balances of all customers who owe money.
    async fn total(&self) -> Money {
        Money::from_minor(self.0.total, self.0.currency)
    }

    /// The number of customers who owe money.
    async fn customers(&self) -> i64 {
        self.0.customers
    }

    /// The sum that other customers have paid in advance, as a positive amount.
    async fn in_advance(&self) -> Money {
        Money::from_minor(self.0.in_advance, self.0.currency)
    }

    /// The ten customers with the largest debts, largest first.
    #[graphql(directive = price::List::apply(10), directive = SemanticNonNull::apply())]
    async fn largest(&self, ctx: &Context<'_>) -> Result<Vec<Debt>, ApiError> {
        let debts = receivables::largest(ctx.read()?, ctx.viewer()?, self.0.currency).await?;
        let ids = debts.iter().map(|(customer, _)| *customer);
        let mut customers = ctx.loader()?.load_many(ids).await?;
        let debt = |(customer, minor)| {
            Some(Debt { customer: customers.remove(&customer)?, balance: Money::from_minor(minor, self.0.currency) })
        };
        Ok(debts.into_iter().filter_map(debt).collect())
    }
}

/// The debt of one customer.
#[derive(SimpleObject)]
struct Debt {
    /// The customer who owes.
    customer: Customer,
    /// The amount that the customer owes.
    balance: Money,
}
