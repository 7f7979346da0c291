//! Wallet transactions: the object, and the mutations that move money.

use std::{borrow::Cow, collections::HashMap, sync::Arc};

use async_graphql::{ComplexObject, Context, ID, InputObject, Object, SimpleObject, dataloader::Loader};

use super::{history::WalletTransactionEdge, party::WalletParty, wallet::Wallet};
use crate::{
    bookkeeping::{
        journal::{self, Side, Step},
        wallets::{
            operation::{self, Outcome, WalletOperation},
            reference::WalletRef,
            transaction::{self, WalletTransactionType},
        },
    },
    entity::{activity::Action, journal_entry::EntryStatus, posting},
    error::{Code, Error},
    graphql::{
        RequestLoader,
        activity::list::{Activities, activities_of},
        error::{ApiError, ContextExt},
        invoicing::receipt::Receipt,
        nullability::SemanticNonNull,
        payload::{UserErrors, into_payload},
        scalar::DateTime,
        spending::transaction::Transaction,
    },
    id::{Id, kind},
    money::Money,
    page::PageArgs,
    price,
};

#[derive(Clone)]
pub(in crate::graphql) struct WalletTransaction(pub(in crate::graphql) transaction::WalletTransaction);

/// A deposit, withdrawal, transfer, receipt, income or expense that moved money into or out of a wallet, or failed to.
#[Object]
impl WalletTransaction {
    /// The globally unique id, which never changes, such as `wallet_transaction_01h455vb4pex5vsknk084sn02q`.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.entry.id.into()
    }

    /// The kind of event.
    #[graphql(name = "type")]
    async fn kind(&self) -> WalletTransactionType {
        self.0.kind
    }

    /// True when it takes back an earlier transaction, because a receipt was voided, or an income or expense was
    /// changed, deleted, or confirmed as half of a transfer. The amount is then negative.
    async fn is_reversal(&self) -> bool {
        self.0.entry.reverses_id.is_some()
    }

    /// The amount that was moved or, for a failed transaction, was to be moved. Negative when `isReversal` is true, but not
    /// for a refund, whose money moves the other way: `to` is the wallet of the refund of an expense.
    async fn amount(&self) -> Money {
        // The amount of a refund is below zero in the journal, while its money moves the other way here.
        let moved = i128::from(self.0.entry.amount).abs();
        Money::from_minor(if self.0.entry.reverses_id.is_some() { -moved } else { moved }, self.0.entry.currency)
    }

    /// The payer. Null when the money comes from outside, and for `TRANSFER_IN`: `transaction.counterpart` has the payer.
    async fn from(&self, ctx: &Context<'_>) -> Result<Option<WalletParty>, ApiError> {
        party(ctx, self.0.from).await
    }

    /// The payee. Null when the money goes outside, for a failed transfer to somebody else, and for `TRANSFER_OUT`:
    /// `transaction.counterpart` has the payee.
    async fn to(&self, ctx: &Context<'_>) -> Result<Option<WalletParty>, ApiError> {
        let payee = party(ctx, self.0.to).await?;
        if self.0.entry.status == EntryStatus::Succeeded {
            return Ok(payee);
        }
        // Earlier versions stored whom a failed transfer was meant for.
        let book_id = ctx.viewer()?.book;
        Ok(payee.filter(|payee| payee.is_in(book_id)))
    }

    /// The result: `SUCCEEDED`, or `FAILED` with the reason in `failure`.
    async fn status(&self) -> EntryStatus {
        self.0.entry.status
    }

    /// Why no money was moved. Null when the transaction succeeded.
    async fn failure(&self) -> Option<Code> {
        self.0.entry.failure.map(Code::from)
    }

    /// The reference number: the one given in the input, which is unique among the book's successful transactions, or a
    /// generated one such as `TRF-20261121-7K3M9QPXWA`, which ends with the last ten characters of the id in capitals.
    async fn reference(&self) -> Cow<'_, str> {
        journal::reference(&self.0.entry)
    }

    /// The note. Both sides of a transfer can read it. Null when not given.
    async fn memo(&self) -> Option<&str> {
        self.0.entry.memo.as_deref()
    }

    /// The income, the expense or the half of a transfer between wallets of the book that moved the money. Null unless `type`
    /// is `INCOME`, `EXPENSE`, `TRANSFER_IN` or `TRANSFER_OUT`.
    async fn transaction(&self, ctx: &Context<'_>) -> Result<Option<Transaction>, ApiError> {
        match self.0.entry.document_id {
            Some(document) if is_of_transaction(self.0.kind) => {
                Ok(ctx.loader()?.load_one(document.cast::<kind::Transaction>()).await?)
            }
            _ => Ok(None),
        }
    }

    /// The receipt that moved the money. Null unless `type` is `RECEIPT`.
    async fn receipt(&self, ctx: &Context<'_>) -> Result<Option<Receipt>, ApiError> {
        match (self.0.kind, self.0.entry.document_id) {
            (WalletTransactionType::Receipt, Some(document)) => {
                Ok(ctx.loader()?.load_one(document.cast::<kind::Receipt>()).await?)
            }
            _ => Ok(None),
        }
    }

    /// The time when the transaction was executed or refused.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.entry.created_at)
    }

    /// The activity log of this transaction, newest first. For one that belongs to a receipt, income or expense, the
    /// log of that object.
    #[graphql(directive = price::Page::apply(), directive = SemanticNonNull::apply())]
    async fn activities(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items to return from the start: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Return only the items after this cursor. The cursor must come from the same list.")]
        after: Option<String>,
        #[graphql(desc = "How many items to return from the end: 0 to 100. Not with `first`.")] last: Option<i32>,
        #[graphql(desc = "Return only the items before this cursor. The cursor must come from the same list.")] before: Option<String>,
    ) -> Result<Activities, ApiError> {
        let (entry, args) = (&self.0.entry, PageArgs { first, after, last, before });
        match (self.0.kind, entry.document_id) {
            (WalletTransactionType::Receipt, Some(made_by)) => {
                activities_of(ctx, made_by.cast::<kind::Receipt>(), args).await
            }
            (of, Some(made_by)) if is_of_transaction(of) => {
                activities_of(ctx, made_by.cast::<kind::Transaction>(), args).await
            }
            _ => activities_of(ctx, entry.id, args).await,
        }
    }
}

/// Whether the journal entries of wallet transactions of this type are versions of a transaction.
fn is_of_transaction(kind: WalletTransactionType) -> bool {
    use WalletTransactionType::{Expense, Income, TransferIn, TransferOut};
    matches!(kind, Income | Expense | TransferIn | TransferOut)
}

pub(super) async fn party(
    ctx: &Context<'_>,
    account: Option<Id<kind::Account>>,
) -> Result<Option<WalletParty>, ApiError> {
    let Some(account) = account else { return Ok(None) };
    Ok(ctx.loader()?.load_one(account).await?)
}

/// A deposit: money that comes into a wallet from outside.
#[derive(InputObject)]
struct DepositInput {
    /// The wallet that receives the money. It must belong to your book.
    wallet: WalletRef,
    #[graphql(flatten)]
    operation: WalletOperation,
}

/// A withdrawal: money that leaves a wallet to the outside.
#[derive(InputObject)]
struct WithdrawInput {
    /// The wallet that pays the money. It must belong to your book.
    wallet: WalletRef,
    #[graphql(flatten)]
    operation: WalletOperation,
}

/// A transfer of money from one wallet to another of the same currency.
#[derive(InputObject)]
struct TransferInput {
    /// The wallet that pays. It must belong to your book.
    from: WalletRef,
    /// The wallet that receives the money. It may belong to anybody. Whether the paying wallet can pay is checked first:
    /// if it cannot, nothing is said about this wallet. Naming somebody whom your book has not paid before by phone or
    /// username counts towards the limit of `Query.payee`.
    to: WalletRef,
    #[graphql(flatten)]
    operation: WalletOperation,
}

/// The fields that the payloads of `deposit`, `withdraw` and `transfer` share.
#[derive(SimpleObject)]
struct WalletOperationResult {
    /// The recorded transaction. If a wallet refused it, it is recorded with the status `FAILED` and the reason in
    /// `failure`, and there are user errors too. Null when the input was invalid and nothing was recorded.
    transaction: Option<WalletTransaction>,
    /// True when this is the result of an earlier request with the same `idempotencyKey`; this request changed nothing.
    replayed: bool,
    #[graphql(skip)]
    posting: Option<posting::Model>,
    #[graphql(flatten)]
    errors: UserErrors,
}

impl WalletOperationResult {
    async fn new(ctx: &Context<'_>, action: Action, result: Result<Outcome, Error>) -> Result<Self, ApiError> {
        let (outcome, mut errors) = into_payload(ctx, action, result).await?;
        let Some(outcome) = outcome else {
            return Ok(Self { transaction: None, replayed: false, posting: None, errors });
        };
        if let Some(refusal) = outcome.refusal {
            errors.push(refusal);
        }
        let transaction = Some(WalletTransaction(outcome.transaction));
        Ok(Self { transaction, replayed: outcome.replayed, posting: Some(outcome.posting), errors })
    }

    /// The viewer's wallet on one side of the posting. `None` when that side is no wallet of the viewer.
    async fn wallet(&self, ctx: &Context<'_>, side: Side) -> Result<Option<Wallet>, ApiError> {
        match party(ctx, self.step(side).map(|step| step.account_id())).await? {
            Some(party) => party.own_wallet(ctx).await,
            None => Ok(None),
        }
    }

    /// The transaction in the history of the viewer's wallet on one side of the posting.
    async fn edge(&self, ctx: &Context<'_>, side: Side) -> Result<Option<WalletTransactionEdge>, ApiError> {
        if self.wallet(ctx, side).await?.is_none() {
            return Ok(None);
        }
        self.step(side).map(|step| WalletTransactionEdge::in_history(ctx, step)).transpose()
    }

    fn step(&self, side: Side) -> Option<Step> {
        let (transaction, posting) = (self.transaction.as_ref()?, self.posting.as_ref()?);
        Some(Step::new(transaction.0.entry.clone(), posting.clone(), side))
    }
}

/// The result of `deposit`. Error codes: `INVALID`, `NOT_FOUND`, `TAKEN` (the reference), `CURRENCY_MISMATCH`,
/// `WALLET_NOT_ACTIVE`, `LIMIT_REACHED`, `IDEMPOTENCY_CONFLICT`.
#[derive(SimpleObject)]
#[graphql(complex)]
struct DepositPayload {
    #[graphql(flatten)]
    result: WalletOperationResult,
}

#[ComplexObject]
impl DepositPayload {
    /// Your wallet with its new balance. Null when nothing was recorded.
    async fn wallet(&self, ctx: &Context<'_>) -> Result<Option<Wallet>, ApiError> {
        self.result.wallet(ctx, Side::Credit).await
    }

    /// The transaction with its cursor in the wallet's `walletHistory`, and the balance after it. Null when nothing was
    /// recorded.
    async fn transaction_edge(&self, ctx: &Context<'_>) -> Result<Option<WalletTransactionEdge>, ApiError> {
        self.result.edge(ctx, Side::Credit).await
    }
}

/// The result of `withdraw`. Error codes: `INVALID`, `NOT_FOUND`, `TAKEN` (the reference), `CURRENCY_MISMATCH`,
/// `INSUFFICIENT_FUNDS`, `WALLET_NOT_ACTIVE`, `IDEMPOTENCY_CONFLICT`.
#[derive(SimpleObject)]
#[graphql(complex)]
struct WithdrawPayload {
    #[graphql(flatten)]
    result: WalletOperationResult,
}

#[ComplexObject]
impl WithdrawPayload {
    /// Your wallet with its new balance. Null when nothing was recorded.
    async fn wallet(&self, ctx: &Context<'_>) -> Result<Option<Wallet>, ApiError> {
        self.result.wallet(ctx, Side::Debit).await
    }

    /// The transaction with its cursor in the wallet's `walletHistory`, and the balance after it. Null when nothing was
    /// recorded.
    async fn transaction_edge(&self, ctx: &Context<'_>) -> Result<Option<WalletTransactionEdge>, ApiError> {
        self.result.edge(ctx, Side::Debit).await
    }
}

/// The result of `transfer`. Error codes: `INVALID`, `NOT_FOUND`, `TAKEN` (the reference), `CURRENCY_MISMATCH`,
/// `SAME_WALLET`, `INSUFFICIENT_FUNDS`, `WALLET_NOT_ACTIVE`, `TOO_MANY_ATTEMPTS`, `IDEMPOTENCY_CONFLICT`.
#[derive(SimpleObject)]
#[graphql(complex)]
struct TransferPayload {
    #[graphql(flatten)]
    result: WalletOperationResult,
}

#[ComplexObject]
impl TransferPayload {
    /// The wallet that paid, with its new balance. Null when nothing was recorded.
    #[graphql(name = "fromWallet")]
    async fn paying_wallet(&self, ctx: &Context<'_>) -> Result<Option<Wallet>, ApiError> {
        self.result.wallet(ctx, Side::Debit).await
    }

    /// The wallet that received the money, with its new balance. Null when it belongs to somebody else, and when no
    /// money was moved.
    async fn to_wallet(&self, ctx: &Context<'_>) -> Result<Option<Wallet>, ApiError> {
        self.result.wallet(ctx, Side::Credit).await
    }

    /// The transaction with its cursor in the `walletHistory` of the wallet that paid, and the balance after it. Null
    /// when nothing was recorded.
    #[graphql(name = "fromEdge")]
    async fn paying_edge(&self, ctx: &Context<'_>) -> Result<Option<WalletTransactionEdge>, ApiError> {
        self.result.edge(ctx, Side::Debit).await
    }

    /// The transaction with its cursor in the `walletHistory` of the wallet that received the money, and the balance
    /// after it. Null when the wallet belongs to somebody else, and when no money was moved.
    async fn to_edge(&self, ctx: &Context<'_>) -> Result<Option<WalletTransactionEdge>, ApiError> {
        self.result.edge(ctx, Side::Credit).await
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct WalletTransactionMutation;

#[Object]
impl WalletTransactionMutation {
    /// Puts money from outside into a wallet of your book. In each currency the wallets of a book take in at most 10^15
    /// minor units (such as 10,000,000,000,000.00 USD) more from outside than they pay to the outside; beyond it the
    /// code is `LIMIT_REACHED`.
    async fn deposit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The deposit to make.")] input: DepositInput,
    ) -> Result<DepositPayload, ApiError> {
        let outcome =
            operation::deposit((ctx.app()?, ctx.writer()?), ctx.viewer()?, &input.wallet, &input.operation).await;
        Ok(DepositPayload { result: WalletOperationResult::new(ctx, Action::Deposit, outcome).await? })
    }

    /// Takes money out of a wallet of your book.
    async fn withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The withdrawal to make.")] input: WithdrawInput,
    ) -> Result<WithdrawPayload, ApiError> {
        let outcome =
            operation::withdraw((ctx.app()?, ctx.writer()?), ctx.viewer()?, &input.wallet, &input.operation).await;
        Ok(WithdrawPayload { result: WalletOperationResult::new(ctx, Action::Withdraw, outcome).await? })
    }

    /// Pays from a wallet of your book into another wallet of the same currency.
    async fn transfer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The transfer to make.")] input: TransferInput,
    ) -> Result<TransferPayload, ApiError> {
        let TransferInput { from, to, operation } = &input;
        let outcome = operation::transfer((ctx.app()?, ctx.writer()?), ctx.viewer()?, from, to, operation).await;
        Ok(TransferPayload { result: WalletOperationResult::new(ctx, Action::Transfer, outcome).await? })
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
