//! Receivables: what all customers of a book owe.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, Object, SimpleObject, dataloader::Loader};

use super::customer::Customer;
use crate::{
    bookkeeping::customers::receivables,
    error::Error,
    graphql::{
        RequestLoader,
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
    async fn customer_count(&self) -> i64 {
        self.0.customers
    }

    /// The sum that other customers have paid in advance, as a positive amount.
    async fn in_advance(&self) -> Money {
        Money::from_minor(self.0.in_advance, self.0.currency)
    }

    /// The ten customers with the largest debts, largest first.
    #[graphql(directive = price::List::apply(10), directive = SemanticNonNull::apply())]
    async fn largest(&self, ctx: &Context<'_>) -> Result<Vec<Debt>, ApiError> {
        let loader = ctx.loader()?;
        let debts = loader.load_one(LargestOf(self.0.currency)).await?.unwrap_or_default();
        let mut customers = loader.load_many(debts.iter().map(|(customer, _)| *customer)).await?;
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

/// The largest debts in a currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct LargestOf(Currency);

/// Loads the largest debts in all currencies that are asked for.
impl Loader<LargestOf> for RequestLoader {
    type Value = Vec<receivables::Debt>;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[LargestOf]) -> Result<HashMap<LargestOf, Self::Value>, Arc<Error>> {
        let currencies: Vec<_> = keys.iter().map(|LargestOf(currency)| *currency).collect();
        let debts = receivables::largest(self.reader.conn(), &self.viewer, &currencies).await?;
        Ok(debts.into_iter().map(|(currency, debts)| (LargestOf(currency), debts)).collect())
    }
}
