//! Allocations: what is set off against what, and the mutations that name and release it.

use async_graphql::{Context, Object, SimpleObject};

use super::entry::Entry;
use crate::{
    bookkeeping::{
        customers::{
            allocate::{self, Allocate, Release},
            open_items::Row,
        },
        document::Replayable,
    },
    entity::{activity::Action, ledger_entry::Model},
    error::Error,
    graphql::{
        error::{ApiError, ContextExt},
        invoicing::{invoice::Invoice, receipt::Receipt},
        nullability::SemanticNonNull,
        payload::{UserErrors, into_replayable_payload, payloads},
    },
    id::kind,
    money::Money,
};

pub(in crate::graphql) struct Allocation(Row);

impl From<Row> for Allocation {
    fn from(row: Row) -> Self {
        Self(row)
    }
}

/// An amount of a payment that is set off against a charge. Payments are the `DEBIT` entries of a customer's ledger, charges its
/// `CREDIT` entries.
#[Object]
impl Allocation {
    /// The entry that pays: of a receipt, of a credit note, or of another payment.
    #[graphql(directive = SemanticNonNull::apply())]
    async fn payment(&self, ctx: &Context<'_>) -> Result<Option<Entry>, ApiError> {
        Ok(ctx.loader()?.load_one(self.0.allocation.payment_id).await?)
    }

    /// The entry that is paid: of an invoice, of a debit note, or of another charge.
    #[graphql(directive = SemanticNonNull::apply())]
    async fn charge(&self, ctx: &Context<'_>) -> Result<Option<Entry>, ApiError> {
        Ok(ctx.loader()?.load_one(self.0.allocation.charge_id).await?)
    }

    /// The receipt that pays. Null when the payment is another entry.
    async fn receipt(&self, ctx: &Context<'_>) -> Result<Option<Receipt>, ApiError> {
        Ok(ctx.loader()?.load_one(self.0.allocation.payment_id.cast::<kind::Receipt>()).await?)
    }

    /// The invoice that is paid. Null when the charge is another entry.
    async fn invoice(&self, ctx: &Context<'_>) -> Result<Option<Invoice>, ApiError> {
        Ok(ctx.loader()?.load_one(self.0.allocation.charge_id.cast::<kind::Invoice>()).await?)
    }

    /// The amount that is set off.
    async fn amount(&self) -> Money {
        Money::from_minor(self.0.allocation.amount, self.0.currency)
    }

    /// The part of `amount` that a user named, with `allocate`, on the receipt or by a credit note on the invoice. It stays until it is released, or one of the two
    /// entries is deleted. The rest follows from the order of the entries: first in, first out.
    async fn named_amount(&self) -> Money {
        Money::from_minor(self.0.allocation.named, self.0.currency)
    }
}

/// The fields that the payloads of several mutations share. The payment is null when there are user errors.
#[derive(SimpleObject)]
struct AllocationResult {
    /// The entry of the payment as it is now. Null when there are user errors.
    payment: Option<Entry>,
    /// True when this is the result of an earlier request that this one repeats; this request changed nothing. The input
    /// says by what a repeated request is recognized.
    replayed: bool,
    #[graphql(flatten)]
    errors: UserErrors,
}

impl AllocationResult {
    async fn new(
        ctx: &Context<'_>,
        action: Action,
        result: Result<Replayable<Model>, Error>,
    ) -> Result<Self, ApiError> {
        let (payment, replayed, errors) = into_replayable_payload(ctx, action, result).await?;
        Ok(Self { payment: payment.map(Entry), replayed, errors })
    }
}

payloads! {
    /// The result of `allocate`. Error codes: `REQUIRED`, `INVALID`, `NOT_FOUND`, `NOT_ALLOWED` (the payment is a charge or
    /// deleted, or a charge is deleted or fully paid by payments that name it), `CURRENCY_MISMATCH`, `LIMIT_REACHED`,
    /// `IDEMPOTENCY_CONFLICT`.
    AllocatePayload(AllocationResult);

    /// The result of `release`. Error codes: `INVALID`, `NOT_FOUND`, `NOT_ALLOWED` (the payment is a charge or deleted),
    /// `IDEMPOTENCY_CONFLICT`.
    ReleasePayload(AllocationResult);
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct AllocationMutation;

#[Object]
impl AllocationMutation {
    /// Sets a payment off against charges of the same customer by name. What is named stays until it is released, or one of the
    /// entries is deleted. Moves no money: the customer's balance stays as it is.
    async fn allocate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The payment, and what it pays.")] input: Allocate,
    ) -> Result<AllocatePayload, ApiError> {
        let allocated = allocate::allocate(ctx.app()?, ctx.viewer()?, &input).await;
        Ok(AllocatePayload { result: AllocationResult::new(ctx, Action::Allocate, allocated).await? })
    }

    /// Releases what a payment is set off against, and holds it on account. What else the payment pays stays as it is. Moves no
    /// money: the customer's balance stays as it is.
    async fn release(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The payment, and what it no longer pays.")] input: Release,
    ) -> Result<ReleasePayload, ApiError> {
        let released = allocate::release(ctx.app()?, ctx.viewer()?, &input).await;
        Ok(ReleasePayload { result: AllocationResult::new(ctx, Action::Release, released).await? })
    }
}
