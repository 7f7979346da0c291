//! Wallet transactions: the object, and the mutations that move money.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, ID, InputObject, Object, SimpleObject, dataloader::Loader};

use super::party::WalletParty;
use crate::{
    bookkeeping::wallets::{
        reference::WalletRef,
        transaction::{self, WalletTransactionType},
        transfer::{self, Movement, Outcome},
    },
    entity::{activity::Action, journal_entry::EntryStatus},
    error::{Code, Error},
    graphql::{
        RequestLoader,
        activity::event::{Activity, history},
        error::{ApiError, ContextExt},
        invoicing::receipt::Receipt,
        scalar::DateTime,
        spending::transaction::Transaction,
        user_error::{UserError, settle},
    },
    id::{Id, kind},
    money::Money,
};

#[derive(Clone)]
pub(in crate::graphql) struct WalletTransaction(pub(in crate::graphql) transaction::WalletTransaction);

/// A deposit, a withdrawal, a transfer, a receipt, income or spending: one that moved money, or one that was refused and is on record.
#[Object]
impl WalletTransaction {
    /// Id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.entry.id.into()
    }

    /// What happened.
    #[graphql(name = "type")]
    async fn kind(&self) -> WalletTransactionType {
        self.0.kind
    }

    /// Whether it takes an earlier one back: of a receipt that was voided, or a transaction that was changed or deleted. Its amount is below zero.
    async fn is_reversal(&self) -> bool {
        self.0.entry.reverses_id.is_some()
    }

    /// How much moved, or was to move. Below zero when an earlier transaction is taken back.
    async fn amount(&self) -> Money {
        Money::from_minor(self.0.entry.amount, self.0.entry.currency)
    }

    /// Who pays; null when the money comes from outside.
    async fn from(&self, ctx: &Context<'_>) -> Result<Option<WalletParty>, ApiError> {
        party(ctx, self.0.from).await
    }

    /// Who is paid; null when the money goes outside.
    async fn to(&self, ctx: &Context<'_>) -> Result<Option<WalletParty>, ApiError> {
        party(ctx, self.0.to).await
    }

    /// Whether the money moved.
    async fn status(&self) -> EntryStatus {
        self.0.entry.status
    }

    /// Why it did not; null when it did.
    async fn failure(&self) -> Option<Code> {
        self.0.entry.failure.map(Code::from)
    }

    /// The number that people name it by: yours, or one made up. No two transactions of a book that succeeded have the
    /// same.
    async fn reference(&self) -> &str {
        &self.0.entry.reference
    }

    /// The note that was given with it.
    async fn memo(&self) -> Option<&str> {
        self.0.entry.memo.as_deref()
    }

    /// The income or spending that it is of; null when it is of another type.
    async fn transaction(&self, ctx: &Context<'_>) -> Result<Option<Transaction>, ApiError> {
        match (self.0.kind, self.0.entry.document_id) {
            (WalletTransactionType::Income | WalletTransactionType::Expense, Some(document)) => {
                Ok(ctx.loader()?.load_one(document.cast::<kind::Transaction>()).await?)
            }
            _ => Ok(None),
        }
    }

    /// The receipt that it is of; null when it is of another type.
    async fn receipt(&self, ctx: &Context<'_>) -> Result<Option<Receipt>, ApiError> {
        match (self.0.kind, self.0.entry.document_id) {
            (WalletTransactionType::Receipt, Some(document)) => {
                Ok(ctx.loader()?.load_one(document.cast::<kind::Receipt>()).await?)
            }
            _ => Ok(None),
        }
    }

    /// When it happened.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.entry.created_at)
    }

    /// What was done with it, or with the receipt or transaction that made it, and what was refused, the latest first; when and
    /// by whom.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from the latest; at most 100.", default = 20)] first: i32,
    ) -> Result<Vec<Activity>, ApiError> {
        let entry = &self.0.entry;
        match (self.0.kind, entry.document_id) {
            (WalletTransactionType::Receipt, Some(made_by)) => {
                history(ctx, made_by.cast::<kind::Receipt>(), first).await
            }
            (WalletTransactionType::Income | WalletTransactionType::Expense, Some(made_by)) => {
                history(ctx, made_by.cast::<kind::Transaction>(), first).await
            }
            _ => history(ctx, entry.id, first).await,
        }
    }
}

async fn party(ctx: &Context<'_>, account: Option<Id<kind::Account>>) -> Result<Option<WalletParty>, ApiError> {
    let Some(account) = account else { return Ok(None) };
    Ok(ctx.loader()?.load_one(account).await?)
}

/// Money that comes into a wallet from outside.
#[derive(InputObject)]
struct DepositInput {
    /// The wallet that the money goes into. It must be yours.
    wallet: WalletRef,
    #[graphql(flatten)]
    movement: Movement,
}

/// Money that goes out of a wallet.
#[derive(InputObject)]
struct WithdrawInput {
    /// The wallet that the money comes out of. It must be yours.
    wallet: WalletRef,
    #[graphql(flatten)]
    movement: Movement,
}

/// Money that goes from one wallet to another of the same currency.
#[derive(InputObject)]
struct TransferInput {
    /// The wallet that pays. It must be yours.
    from: WalletRef,
    /// The wallet that is paid: yours or somebody else's.
    to: WalletRef,
    #[graphql(flatten)]
    movement: Movement,
}

/// What came of moving money.
#[derive(SimpleObject)]
struct MovementResult {
    /// The transaction on record. An attempt that the wallets did not allow (not enough money, frozen, the same wallet, other
    /// currencies) is on record too, as `FAILED`; when the input cannot be used, nothing is, and the transaction is null.
    transaction: Option<WalletTransaction>,
    /// Whether this is the result of an earlier request with the same idempotency key; then nothing was done now.
    replayed: bool,
    /// Why it was refused.
    user_errors: Vec<UserError>,
}

impl MovementResult {
    async fn new(ctx: &Context<'_>, action: Action, result: Result<Outcome, Error>) -> Result<Self, ApiError> {
        let (outcome, mut user_errors) = settle(ctx, action, result).await?;
        let Some(outcome) = outcome else {
            return Ok(Self { transaction: None, replayed: false, user_errors });
        };
        user_errors.extend(outcome.refusal.map(UserError::from));
        let transaction = Some(WalletTransaction(outcome.transaction));
        Ok(Self { transaction, replayed: outcome.replayed, user_errors })
    }
}

/// What came of a deposit.
#[derive(SimpleObject)]
struct DepositPayload {
    #[graphql(flatten)]
    result: MovementResult,
}

/// What came of a withdrawal.
#[derive(SimpleObject)]
struct WithdrawPayload {
    #[graphql(flatten)]
    result: MovementResult,
}

/// What came of a transfer.
#[derive(SimpleObject)]
struct TransferPayload {
    #[graphql(flatten)]
    result: MovementResult,
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct WalletTransactionMutation;

#[Object]
impl WalletTransactionMutation {
    /// Puts money from outside into one of your wallets.
    async fn deposit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What comes in, and into which wallet.")] input: DepositInput,
    ) -> Result<DepositPayload, ApiError> {
        let outcome = transfer::deposit(ctx.app()?, ctx.viewer()?, &input.wallet, &input.movement).await;
        Ok(DepositPayload { result: MovementResult::new(ctx, Action::Deposit, outcome).await? })
    }

    /// Takes money out of one of your wallets.
    async fn withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What goes out, and from which wallet.")] input: WithdrawInput,
    ) -> Result<WithdrawPayload, ApiError> {
        let outcome = transfer::withdraw(ctx.app()?, ctx.viewer()?, &input.wallet, &input.movement).await;
        Ok(WithdrawPayload { result: MovementResult::new(ctx, Action::Withdraw, outcome).await? })
    }

    /// Pays from one of your wallets into another wallet of the same currency.
    async fn transfer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is paid, from which wallet and to which.")] input: TransferInput,
    ) -> Result<TransferPayload, ApiError> {
        let TransferInput { from, to, movement } = &input;
        let outcome = transfer::transfer(ctx.app()?, ctx.viewer()?, from, to, movement).await;
        Ok(TransferPayload { result: MovementResult::new(ctx, Action::Transfer, outcome).await? })
    }
}

/// Loads wallet transactions that the viewer may see by their ids.
impl Loader<Id<kind::Entry>> for RequestLoader {
    type Value = WalletTransaction;
    type Error = Arc<Error>;

    async fn load(&self, ids: &[Id<kind::Entry>]) -> Result<HashMap<Id<kind::Entry>, WalletTransaction>, Arc<Error>> {
        let found = transaction::find_many(self.reader.conn(), &self.viewer, ids.iter().copied()).await?;
        Ok(found.into_iter().map(|found| (found.entry.id, WalletTransaction(found))).collect())
    }
}
