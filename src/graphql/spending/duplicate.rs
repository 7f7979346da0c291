//! Payments that are in the book twice: imported, and written by hand. The pairs that look like one, and what a user decides about them.

use async_graphql::{ComplexObject, Context, Object, SimpleObject};

use super::{PAIRING, affected, report::BudgetStatus, transaction::Transaction};
use crate::{
    bookkeeping::{
        document::Replayable,
        spending::duplicate::{
            confirm::{self, DuplicateConfirmation},
            couple::Couple,
            decline::{self, DuplicateRefusal},
            proposed,
        },
    },
    entity::activity::Action,
    error::{Error, Refusal},
    graphql::{
        connection::{self, Nodes, cursors_of},
        error::{ApiError, ContextExt},
        nullability::SemanticNonNull,
        payload::{UserErrors, into_replayable_payload, payloads},
    },
    page::PageArgs,
    price,
};

/// Two transactions that look like one payment: one that was imported, and one that was written by hand. Both count until
/// `confirmDuplicate` deletes the imported one.
#[derive(SimpleObject)]
struct ProposedDuplicate {
    /// The one that was imported.
    imported: Transaction,
    /// The one that was written by hand. The same amount went the same way, in the same wallet or in cash.
    entered: Transaction,
    /// How many days lie between the dates of the two. Zero when they have the same date.
    days_apart: i64,
}

impl From<Couple> for ProposedDuplicate {
    fn from(Couple { imported, entered }: Couple) -> Self {
        let days_apart = (imported.date - entered.date).num_days().abs();
        Self { imported: Transaction(imported), entered: Transaction(entered), days_apart }
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct DuplicateQuery;

#[Object]
impl DuplicateQuery {
    /// The pairs of an imported transaction and one written by hand that look like one payment, the newest imported one first: the
    /// same amount went the same way in the same wallet, or in cash, and the dates are at most 3 days apart. Deleted transactions,
    /// halves of transfers, pairs that were declined, and transactions that are the same as another one already are left out. Each
    /// transaction is in at most one pair: those with the nearest dates are paired first, then the oldest. Of very many possible
    /// pairs, those of the 10,000 newest transactions are looked at.
    #[graphql(directive = price::Page::apply(), directive = price::Cost::apply(PAIRING))]
    async fn proposed_duplicates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items to return from the start: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Return only the items after this cursor. The cursor must come from the same list.")]
        after: Option<String>,
        #[graphql(desc = "How many items to return from the end: 0 to 100. Not with `first`.")] last: Option<i32>,
        #[graphql(desc = "Return only the items before this cursor. The cursor must come from the same list.")] before: Option<String>,
    ) -> Result<Nodes<ProposedDuplicate, i64>, ApiError> {
        let args = PageArgs { first, after, last, before };
        let page = args.check(&cursors_of::<ProposedDuplicate>(ctx)?, proposed::parse_key)?;
        let proposed = proposed::page(ctx.read()?, ctx.viewer()?, &page).await?;
        let paged = proposed.page.map(|couple| (proposed::key_text(&couple), ProposedDuplicate::from(couple)));
        connection::connect(ctx, paged, proposed.count)
    }
}

/// The fields that the payloads of several mutations share. The transactions are null when there are user errors.
#[derive(SimpleObject)]
struct DuplicateResult {
    /// The one that was imported, as it is now. Null when there are user errors.
    imported: Option<Transaction>,
    /// The one that was written by hand, as it is now. Null when there are user errors.
    entered: Option<Transaction>,
    /// True when this is the result of an earlier request with the same `idempotencyKey`; this request changed nothing.
    replayed: bool,
    #[graphql(flatten)]
    errors: UserErrors,
}

impl DuplicateResult {
    async fn new(
        ctx: &Context<'_>,
        action: Action,
        result: Result<Replayable<Result<Couple, Refusal>>, Error>,
    ) -> Result<Self, ApiError> {
        let (attempted, replayed, mut errors) = into_replayable_payload(ctx, action, result).await?;
        let couple = attempted.and_then(|attempted| attempted.map_err(|refusal| errors.push(refusal)).ok());
        let (imported, entered) = couple.map(|Couple { imported, entered }| (imported, entered)).unzip();
        Ok(Self { imported: imported.map(Transaction), entered: entered.map(Transaction), replayed, errors })
    }
}

/// The result of `confirmDuplicate`. Error codes: `INVALID` (another wallet or amount, or the other way), `NOT_FOUND`, `NOT_ALLOWED` (a
/// transaction is deleted or half of a transfer, the first was not imported, or the second was or is the same as another one already),
/// `CURRENCY_MISMATCH`, `INSUFFICIENT_FUNDS` and `WALLET_NOT_ACTIVE` (the wallet cannot give the money back), `IDEMPOTENCY_CONFLICT`. A
/// refusal by the wallet is also recorded in the wallet's history.
#[derive(SimpleObject)]
#[graphql(complex)]
struct ConfirmDuplicatePayload {
    #[graphql(flatten)]
    result: DuplicateResult,
}

#[ComplexObject]
impl ConfirmDuplicatePayload {
    /// The use of each budget in which the imported one counted before, in its month.
    #[graphql(
        directive = price::List::apply(10),
        directive = price::Cost::apply(20),
        directive = SemanticNonNull::apply()
    )]
    async fn affected_budgets(&self, ctx: &Context<'_>) -> Result<Vec<BudgetStatus>, ApiError> {
        let imported: Vec<_> = self.result.imported.iter().map(|imported| &imported.0).collect();
        affected::budgets(ctx, &imported, 1).await
    }
}

payloads! {
    /// The result of `declineDuplicate`. Error codes: `INVALID` (another wallet or amount, or the other way), `NOT_FOUND`, `NOT_ALLOWED`
    /// (a transaction is deleted or half of a transfer, the first was not imported, or the second was or is the same as another one
    /// already), `CURRENCY_MISMATCH`, `IDEMPOTENCY_CONFLICT`.
    DeclineDuplicatePayload(DuplicateResult);
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct DuplicateMutation;

#[Object]
impl DuplicateMutation {
    /// Says that an imported transaction and one written by hand are one payment: the imported one is deleted, and the other one stays
    /// as it is. When the file is imported again, its line is a duplicate of the one that stays. The activity log of the imported one
    /// says so.
    async fn confirm_duplicate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The two transactions that are the same.")] input: DuplicateConfirmation,
    ) -> Result<ConfirmDuplicatePayload, ApiError> {
        let confirmed = confirm::confirm(ctx.app()?, ctx.viewer()?, &input).await;
        Ok(ConfirmDuplicatePayload { result: DuplicateResult::new(ctx, Action::ConfirmDuplicate, confirmed).await? })
    }

    /// Lets a pair not be proposed as one payment again. Both transactions stay as they are. The pair can still be confirmed.
    async fn decline_duplicate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The two transactions that are two payments.")] input: DuplicateRefusal,
    ) -> Result<DeclineDuplicatePayload, ApiError> {
        let declined = decline::decline(ctx.app()?, ctx.viewer()?, &input).await;
        Ok(DeclineDuplicatePayload { result: DuplicateResult::new(ctx, Action::DeclineDuplicate, declined).await? })
    }
}
