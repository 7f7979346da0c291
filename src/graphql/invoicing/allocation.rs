//! Allocations: which part of a receipt pays which invoice.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, Object, dataloader::Loader};

use super::{invoice::Invoice, receipt::Receipt};
use crate::{
    bookkeeping::invoicing::receipt_list,
    entity::allocation::Model,
    error::Error,
    graphql::{
        RequestLoader,
        error::{ApiError, ContextExt},
    },
    id::{Id, kind},
    money::{Currency, Money},
};

#[derive(Clone)]
pub(in crate::graphql) struct Allocation {
    allocation: Model,
    currency: Currency,
}

/// An amount of a receipt that is used to pay an invoice.
#[Object]
impl Allocation {
    /// The receipt that pays.
    async fn receipt(&self, ctx: &Context<'_>) -> Result<Option<Receipt>, ApiError> {
        Ok(ctx.loader()?.load_one(self.allocation.receipt_id).await?)
    }

    /// The invoice that is paid.
    async fn invoice(&self, ctx: &Context<'_>) -> Result<Option<Invoice>, ApiError> {
        Ok(ctx.loader()?.load_one(self.allocation.invoice_id).await?)
    }

    /// The amount of the receipt that pays the invoice.
    async fn amount(&self) -> Money {
        Money::from_minor(self.allocation.amount, self.currency)
    }
}

/// The loader key for a list of allocations: the invoice or the receipt that they belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::graphql) enum PaymentsOf {
    Invoice(Id<kind::Invoice>),
    Receipt(Id<kind::Receipt>),
}

impl Loader<PaymentsOf> for RequestLoader {
    type Value = Vec<Allocation>;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[PaymentsOf]) -> Result<HashMap<PaymentsOf, Vec<Allocation>>, Arc<Error>> {
        let (mut invoices, mut receipts) = (Vec::new(), Vec::new());
        for key in keys {
            match key {
                PaymentsOf::Invoice(id) => invoices.push(*id),
                PaymentsOf::Receipt(id) => receipts.push(*id),
            }
        }
        let conn = self.reader.conn();
        let mut loaded: HashMap<_, Vec<_>> = HashMap::new();
        if !invoices.is_empty() {
            for (allocation, currency) in receipt_list::payments_of_invoices(conn, &self.viewer, invoices).await? {
                let key = PaymentsOf::Invoice(allocation.invoice_id);
                loaded.entry(key).or_default().push(Allocation { allocation, currency });
            }
        }
        if !receipts.is_empty() {
            for (allocation, currency) in receipt_list::payments_of_receipts(conn, &self.viewer, receipts).await? {
                let key = PaymentsOf::Receipt(allocation.receipt_id);
                loaded.entry(key).or_default().push(Allocation { allocation, currency });
            }
        }
        Ok(loaded)
    }
}
