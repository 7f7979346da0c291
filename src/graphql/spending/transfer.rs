//! Transfers between wallets of the book: pairs that look like one, and what a user decides about them.

use async_graphql::{ComplexObject, Context, Object, SimpleObject};

use super::{PAIRING, affected, report::BudgetStatus, transaction::Transaction};
use crate::{
    bookkeeping::{
        document::Replayable,
        spending::transfer::{
            confirm::{self, TransferConfirmation},
            decline::{self, TransferRefusal},
            halves::Halves,
            proposed,
            undo::{self, TransferUndoing},
        },
    },
    entity::activity::Action,
    error::Error,
    graphql::{
        connection::{self, Nodes, cursors_of},
        error::{ApiError, ContextExt},
        nullability::SemanticNonNull,
        payload::{UserErrors, into_replayable_payload, payloads},
    },
    page::PageArgs,
    price,
};

/// Two transactions that look like one transfer between two wallets of the book. They count as what they are until
/// `confirmTransfer` makes them a transfer.
#[derive(SimpleObject)]
struct ProposedTransfer {
    /// The one whose money left a wallet: an expense, or an income that was given back.
    outgoing: Transaction,
    /// The one whose money came into another wallet: an income, or the refund of an expense. The amount is the same.
    incoming: Transaction,
    /// How many days lie between the dates of the two. Zero when they have the same date.
    days_apart: i64,
}

impl From<Halves> for ProposedTransfer {
    fn from(Halves { outgoing, incoming }: Halves) -> Self {
        let days_apart = (incoming.date - outgoing.date).num_days().abs();
        Self { outgoing: Transaction(outgoing), incoming: Transaction(incoming), days_apart }
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct TransferQuery;

#[Object]
impl TransferQuery {
    /// The pairs of transactions that look like one transfer between two wallets of the book, the newest outgoing one
    /// first: what left one wallet came into another, in the same currency and amount, and the dates are at most `days`
    /// apart. These are an expense and an income, or a refund in place of one of them. Deleted transactions, halves of transfers and pairs that were declined are left out. Each transaction is in at
    /// most one pair: those with the nearest dates are paired first, then the oldest. Of very many possible halves, the
    /// 10,000 newest are looked at.
    #[graphql(directive = price::Page::apply(), directive = price::Cost::apply(PAIRING))]
    async fn proposed_transfers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many days the dates of the two may be apart: 0 to 10. Default: 5.")] days: Option<i32>,
        #[graphql(desc = "How many items to return from the start: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Return only the items after this cursor. The cursor must come from the same list.")]
        after: Option<String>,
        #[graphql(desc = "How many items to return from the end: 0 to 100. Not with `first`.")] last: Option<i32>,
        #[graphql(desc = "Return only the items before this cursor. The cursor must come from the same list.")] before: Option<String>,
    ) -> Result<Nodes<ProposedTransfer, i64>, ApiError> {
        let args = PageArgs { first, after, last, before };
        let page = args.check(&cursors_of::<ProposedTransfer>(ctx)?, proposed::parse_key)?;
        let proposed = proposed::page(ctx.read()?, ctx.viewer()?, days, &page).await?;
        let paged = proposed.page.map(|halves| (proposed::key_text(&halves), ProposedTransfer::from(halves)));
        connection::connect(ctx, paged, proposed.count)
    }
}

/// The fields that the payloads of several mutations share. The transactions are null when there are user errors.
#[derive(SimpleObject)]
struct TransferResult {
    /// The half whose money left a wallet, as it is now. Null when there are user errors.
    outgoing: Option<Transaction>,
    /// The half whose money came into the other wallet, as it is now. Null when there are user errors.
    incoming: Option<Transaction>,
    /// True when this is the result of an earlier request with the same `idempotencyKey`; this request changed nothing.
    replayed: bool,
    #[graphql(flatten)]
    errors: UserErrors,
}

impl TransferResult {
    async fn new(
        ctx: &Context<'_>,
        action: Action,
        result: Result<Replayable<Halves>, Error>,
    ) -> Result<Self, ApiError> {
        let (halves, replayed, errors) = into_replayable_payload(ctx, action, result).await?;
        let (outgoing, incoming) = halves.map(|Halves { outgoing, incoming }| (outgoing, incoming)).unzip();
        Ok(Self { outgoing: outgoing.map(Transaction), incoming: incoming.map(Transaction), replayed, errors })
    }

    /// The use of the budgets that the halves count for, or counted for before.
    async fn budgets(&self, ctx: &Context<'_>) -> Result<Vec<BudgetStatus>, ApiError> {
        let halves: Vec<_> = self.outgoing.iter().chain(&self.incoming).map(|half| &half.0).collect();
        affected::budgets(ctx, &halves, 2).await
    }
}

/// The result of `confirmTransfer`. Error codes: `INVALID` (the money went the other way, or another amount), `NOT_FOUND`,
/// `NOT_ALLOWED` (a transaction is deleted, in cash or already half of a transfer), `SAME_WALLET`, `CURRENCY_MISMATCH`,
/// `CONFLICT`, `LIMIT_REACHED`, `IDEMPOTENCY_CONFLICT`.
#[derive(SimpleObject)]
#[graphql(complex)]
struct ConfirmTransferPayload {
    #[graphql(flatten)]
    result: TransferResult,
}

#[ComplexObject]
impl ConfirmTransferPayload {
    /// The use of each budget in which a half counted before, in its month.
    #[graphql(
        directive = price::List::apply(10),
        directive = price::Cost::apply(20),
        directive = SemanticNonNull::apply()
    )]
    async fn affected_budgets(&self, ctx: &Context<'_>) -> Result<Vec<BudgetStatus>, ApiError> {
        self.result.budgets(ctx).await
    }
}

/// The result of `undoTransfer`. Error codes: `INVALID`, `NOT_FOUND`, `NOT_ALLOWED` (the two are not the halves of one
/// transfer), `SAME_WALLET` (both ids are the same), `LIMIT_REACHED`, `IDEMPOTENCY_CONFLICT`.
#[derive(SimpleObject)]
#[graphql(complex)]
struct UndoTransferPayload {
    #[graphql(flatten)]
    result: TransferResult,
}

#[ComplexObject]
impl UndoTransferPayload {
    /// The use of each budget in which a half counts again, in its month.
    #[graphql(
        directive = price::List::apply(10),
        directive = price::Cost::apply(20),
        directive = SemanticNonNull::apply()
    )]
    async fn affected_budgets(&self, ctx: &Context<'_>) -> Result<Vec<BudgetStatus>, ApiError> {
        self.result.budgets(ctx).await
    }
}

payloads! {
    /// The result of `declineTransfer`. Error codes: `INVALID` (the money went the other way, or another amount), `NOT_FOUND`,
    /// `NOT_ALLOWED` (a transaction is deleted, in cash or already half of a transfer), `SAME_WALLET`, `CURRENCY_MISMATCH`,
    /// `IDEMPOTENCY_CONFLICT`.
    DeclineTransferPayload(TransferResult);
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct TransferMutation;

#[Object]
impl TransferMutation {
    /// Makes an expense and an income one transfer between two wallets of the book; either may be a refund. Both stay, with their ids and dates, and
    /// each is the other's `counterpart`; they no longer count as income and spending. The wallets hold what they held. The
    /// activity log of the outgoing one says so.
    async fn confirm_transfer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The two halves of the transfer.")] input: TransferConfirmation,
    ) -> Result<ConfirmTransferPayload, ApiError> {
        let confirmed = confirm::confirm(ctx.app()?, ctx.viewer()?, &input).await;
        Ok(ConfirmTransferPayload { result: TransferResult::new(ctx, Action::ConfirmTransfer, confirmed).await? })
    }

    /// Lets a pair not be proposed as a transfer again. Both transactions stay as they are. The pair can still be confirmed.
    async fn decline_transfer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The two transactions that are no transfer.")] input: TransferRefusal,
    ) -> Result<DeclineTransferPayload, ApiError> {
        let declined = decline::decline(ctx.app()?, ctx.viewer()?, &input).await;
        Ok(DeclineTransferPayload { result: TransferResult::new(ctx, Action::DeclineTransfer, declined).await? })
    }

    /// Makes the halves of a transfer income and expenses again, in the categories that they had. They are proposed as
    /// a transfer again, unless the pair is declined.
    async fn undo_transfer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The two halves of the transfer to undo.")] input: TransferUndoing,
    ) -> Result<UndoTransferPayload, ApiError> {
        let undone = undo::undo(ctx.app()?, ctx.viewer()?, &input).await;
        Ok(UndoTransferPayload { result: TransferResult::new(ctx, Action::UndoTransfer, undone).await? })
    }
}
