//! The mutations for refunds, write-offs and opening balances.

use async_graphql::{Context, Object};

use super::entry_mutation::EntryResult;
use crate::{
    bookkeeping::customers::{
        adjust,
        adjustment::{NewOpening, NewRefund, NewWriteOff},
    },
    entity::activity::Action,
    graphql::{
        error::{ApiError, ContextExt},
        payload::payloads,
    },
};

payloads! {
    /// The result of `refundCustomer`. Error codes: `INVALID`, `NOT_FOUND`, `NOT_ALLOWED` (the customer is archived, or has less on
    /// account), `CURRENCY_MISMATCH`, `INSUFFICIENT_FUNDS` and `WALLET_NOT_ACTIVE` (the wallet), `LIMIT_REACHED`,
    /// `IDEMPOTENCY_CONFLICT`.
    RefundCustomerPayload(EntryResult);

    /// The result of `writeOff`. Error codes: `INVALID`, `NOT_FOUND`, `NOT_ALLOWED` (the customer is archived or owes less, or a
    /// charge is deleted or fully paid), `CURRENCY_MISMATCH`, `LIMIT_REACHED`, `IDEMPOTENCY_CONFLICT`.
    WriteOffPayload(EntryResult);

    /// The result of `setOpeningBalance`. Error codes: `INVALID`, `NOT_FOUND`, `NOT_ALLOWED` (the customer is archived), `TAKEN`
    /// (there is one already), `LIMIT_REACHED`, `IDEMPOTENCY_CONFLICT`.
    SetOpeningBalancePayload(EntryResult);
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct AdjustmentMutation;

#[Object]
impl AdjustmentMutation {
    /// Gives money back to a customer, at most what they gave and that is set off against nothing. Adds a `CREDIT` entry to their
    /// ledger. To undo it, delete the entry.
    async fn refund_customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The money to give back.")] input: NewRefund,
    ) -> Result<RefundCustomerPayload, ApiError> {
        let refunded = adjust::refund(ctx.app()?, ctx.viewer()?, &input).await;
        Ok(RefundCustomerPayload { result: EntryResult::attempted(ctx, Action::RefundCustomer, refunded).await? })
    }

    /// Lets a customer off a debt that is not going to be paid. Adds a `DEBIT` entry to their ledger. To undo it, delete the entry.
    async fn write_off(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The debt to write off, and why.")] input: NewWriteOff,
    ) -> Result<WriteOffPayload, ApiError> {
        let written_off = adjust::write_off(ctx.app()?, ctx.viewer()?, &input).await;
        Ok(WriteOffPayload { result: EntryResult::attempted(ctx, Action::WriteOff, written_off).await? })
    }

    /// Records what a customer owed, or had paid in advance, when the book was begun: one balance for each currency. It is neither
    /// a sale nor money received. To correct it, delete its entry and set another one.
    async fn set_opening_balance(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The balance.")] input: NewOpening,
    ) -> Result<SetOpeningBalancePayload, ApiError> {
        let set = adjust::set_opening(ctx.app()?, ctx.viewer()?, &input).await;
        Ok(SetOpeningBalancePayload { result: EntryResult::attempted(ctx, Action::SetOpeningBalance, set).await? })
    }
}
