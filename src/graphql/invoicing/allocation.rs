//! Allocations: which part of a receipt pays which invoice.

use async_graphql::{Context, Object};

use super::{invoice::Invoice, receipt::Receipt};
use crate::{
    bookkeeping::invoicing::allocation_list::Row,
    graphql::{
        error::{ApiError, ContextExt},
        nullability::SemanticNonNull,
    },
    money::Money,
};

pub(in crate::graphql) struct Allocation(Row);

impl From<Row> for Allocation {
    fn from(row: Row) -> Self {
        Self(row)
    }
}

/// An amount of a receipt that is used to pay an invoice.
#[Object]
impl Allocation {
    /// The receipt that pays.
    #[graphql(directive = SemanticNonNull::apply())]
    async fn receipt(&self, ctx: &Context<'_>) -> Result<Option<Receipt>, ApiError> {
        Ok(ctx.loader()?.load_one(self.0.allocation.receipt_id).await?)
    }

    /// The invoice that is paid.
    #[graphql(directive = SemanticNonNull::apply())]
    async fn invoice(&self, ctx: &Context<'_>) -> Result<Option<Invoice>, ApiError> {
        Ok(ctx.loader()?.load_one(self.0.allocation.invoice_id).await?)
    }

    /// The amount of the receipt that pays the invoice.
    async fn amount(&self) -> Money {
        Money::from_minor(self.0.allocation.amount, self.0.currency)
    }
}
