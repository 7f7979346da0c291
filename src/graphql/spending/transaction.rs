//! Transactions of income and expenses: the object, its mutations and its loaders.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{ComplexObject, Context, ID, Object, SimpleObject, dataloader::Loader};

use super::{affected, category::Category, report::BudgetStatus, transaction_version::TransactionVersion};
use crate::{
    bookkeeping::{
        document::Replayable,
        journal::Versions,
        spending::transaction::{
            self, Attempted, NewTransaction, TransactionDeletion, change::TransactionChange, list::TransactionOrder,
        },
    },
    calendar::date::{Date, Weekday},
    entity::{activity::Action, category::CategoryKind, transaction::Model, transaction_line},
    error::Error,
    graphql::{
        RequestLoader,
        activity::list::{Activities, activities_of},
        connection::{self, NodeEdge, Nodes, OwnedTotal},
        error::{ApiError, ContextExt},
        imports::Import,
        nullability::SemanticNonNull,
        payload::{UserErrors, into_replayable_payload},
        scalar::DateTime,
        wallets::wallet::Wallet,
    },
    id::{Id, kind},
    money::{Currency, Money},
    page::PageArgs,
    price,
};

#[derive(Clone)]
pub(in crate::graphql) struct Transaction(pub(in crate::graphql) Model);

/// An income or an expense, in one category or split over several. It keeps its id when it is changed.
#[Object]
impl Transaction {
    /// The globally unique id, which never changes, such as `transaction_01h455vb4pex5vsknk084sn02q`.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Whether it is an income or an expense. For a half of a transfer, what it was before.
    async fn kind(&self) -> CategoryKind {
        self.0.kind
    }

    /// The total amount; `kind` says whether it came in or was spent. Below zero for the refund of an expense, and for
    /// income that is given back. Never zero.
    async fn amount(&self) -> Money {
        Money::from_minor(self.0.amount, self.0.currency)
    }

    /// The category of the whole amount. Null when the transaction is split over several categories.
    async fn category(&self, ctx: &Context<'_>) -> Result<Option<Category>, ApiError> {
        let lines = self.load_lines(ctx).await?;
        let [line] = lines.as_slice() else { return Ok(None) };
        Ok(ctx.loader()?.load_one(line.category_id).await?)
    }

    /// The amounts per category, which add up to `amount`. One line when the transaction is not split.
    #[graphql(directive = price::List::apply(20), directive = SemanticNonNull::apply())]
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<TransactionLine>, ApiError> {
        let currency = self.0.currency;
        let lines = self.load_lines(ctx).await?;
        Ok(lines.into_iter().map(|line| TransactionLine { line, currency }).collect())
    }

    /// The day on which the money was spent or received, as the user gave it. It decides in which month the transaction
    /// counts, for budgets and reports.
    async fn date(&self) -> Date {
        Date(self.0.date)
    }

    /// The day of the week of `date`.
    async fn weekday(&self) -> Weekday {
        self.0.date.into()
    }

    /// What the money was for. Null when not given.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// The wallet that paid the expense or received the income; for a refund, the other way round. Null for cash.
    async fn wallet(&self, ctx: &Context<'_>) -> Result<Option<Wallet>, ApiError> {
        let Some(wallet_id) = self.0.wallet_id else { return Ok(None) };
        Ok(ctx.loader()?.load_one(wallet_id).await?)
    }

    /// The other half of the transfer between two wallets of the book, which `confirmTransfer` made of both. As long as
    /// there is one, this is no income or expense: it counts in no report, budget or total, and its categories are those
    /// that it gets back with `undoTransfer`. Null when this is not half of a transfer.
    async fn counterpart(&self, ctx: &Context<'_>) -> Result<Option<Self>, ApiError> {
        let Some(counterpart) = self.0.counterpart_id else { return Ok(None) };
        Ok(ctx.loader()?.load_one(counterpart).await?)
    }

    /// The import that made it. Null when it was written by hand, and when it was imported before imports had records.
    async fn import(&self, ctx: &Context<'_>) -> Result<Option<Import>, ApiError> {
        let Some(import) = self.0.import_id else { return Ok(None) };
        Ok(ctx.loader()?.load_one(import).await?)
    }

    /// The transaction written by hand that stands for this one since `confirmDuplicate`. Null when there is none.
    async fn same_as(&self, ctx: &Context<'_>) -> Result<Option<Self>, ApiError> {
        let Some(same_as) = self.0.same_as_id else { return Ok(None) };
        Ok(ctx.loader()?.load_one(same_as).await?)
    }

    /// The number of the current version: 1 when the transaction is created, and 1 more after each change.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// All versions of the transaction, oldest first. The last one is the current version, or the last version before
    /// the transaction was deleted.
    #[graphql(directive = price::Page::apply(), directive = SemanticNonNull::apply())]
    async fn versions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items to return from the start: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Return only the items after this cursor. The cursor must come from the same list.")]
        after: Option<String>,
        #[graphql(desc = "How many items to return from the end: 0 to 100. Not with `first`.")] last: Option<i32>,
        #[graphql(desc = "Return only the items before this cursor. The cursor must come from the same list.")] before: Option<String>,
    ) -> Result<Nodes<TransactionVersion, OwnedTotal<Versions>>, ApiError> {
        connection::of_owner(ctx, Versions, self.0.id.cast(), PageArgs { first, after, last, before }).await
    }

    /// The time when the transaction was created.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// The time when the transaction was last changed or deleted. The same as `createdAt` when it never was.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }

    /// The time when the transaction was deleted. Null when it is not deleted.
    async fn deleted_at(&self) -> Option<DateTime> {
        self.0.deleted_at.map(DateTime)
    }

    /// The activity log of this transaction, newest first: changes and refused attempts.
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
        activities_of(ctx, self.0.id, PageArgs { first, after, last, before }).await
    }
}

impl Transaction {
    async fn load_lines(&self, ctx: &Context<'_>) -> Result<Vec<transaction_line::Model>, ApiError> {
        Ok(ctx.loader()?.load_one(LinesOf(self.0.id)).await?.unwrap_or_default())
    }
}

struct TransactionLine {
    line: transaction_line::Model,
    currency: Currency,
}

/// A part of a transaction that belongs to one category.
#[Object]
impl TransactionLine {
    /// The category that this part counts for, in budgets and reports. It may be archived by now.
    #[graphql(directive = SemanticNonNull::apply())]
    async fn category(&self, ctx: &Context<'_>) -> Result<Option<Category>, ApiError> {
        Ok(ctx.loader()?.load_one(self.line.category_id).await?)
    }

    /// The amount of this part. Below zero when it lowers the total of its category, as a refund does.
    async fn amount(&self) -> Money {
        Money::from_minor(self.line.amount, self.currency)
    }

    /// The note. Null when not given.
    async fn note(&self) -> Option<&str> {
        self.line.note.as_deref()
    }
}

/// The fields that the payloads of several mutations share. The transaction is null when there are user errors.
#[derive(SimpleObject)]
#[graphql(complex)]
struct TransactionResult {
    /// The transaction as it is now. Null when there are user errors.
    transaction: Option<Transaction>,
    /// True when this is the result of an earlier request that this one repeats; this request changed nothing. The input
    /// says by what a repeated request is recognized.
    replayed: bool,
    /// How many of the transaction's last versions count for what it affects.
    #[graphql(skip)]
    versions: i32,
    #[graphql(flatten)]
    errors: UserErrors,
}

/// The result of `addTransaction`. Error codes: `INVALID`, `REQUIRED`, `NOT_FOUND`, `NOT_ALLOWED` (a category is
/// archived), `CURRENCY_MISMATCH`, `INSUFFICIENT_FUNDS`, `WALLET_NOT_ACTIVE`, `LIMIT_REACHED`, `IDEMPOTENCY_CONFLICT`.
/// A refusal by the wallet is also recorded in the wallet's history.
#[derive(SimpleObject)]
#[graphql(complex)]
struct AddTransactionPayload {
    #[graphql(flatten)]
    result: TransactionResult,
}

#[ComplexObject]
impl AddTransactionPayload {
    /// The transaction with its cursor in `transactions` in its default order, newest date first. Null when there are
    /// user errors, and for a repeated request when the transaction is deleted by now.
    #[expect(clippy::unused_async, reason = "the library awaits it")]
    async fn transaction_edge(&self, ctx: &Context<'_>) -> Result<Option<NodeEdge<Transaction>>, ApiError> {
        self.result.edge(ctx)
    }
}

/// The result of `updateTransaction`. Error codes: `INVALID`, `REQUIRED`, `NOT_FOUND`, `NOT_ALLOWED` (the transaction
/// is deleted or half of a transfer, or a category is archived), `CONFLICT`, `CURRENCY_MISMATCH`, `INSUFFICIENT_FUNDS`, `WALLET_NOT_ACTIVE`,
/// `LIMIT_REACHED`, `IDEMPOTENCY_CONFLICT`. A refusal by the wallet is also recorded in the wallet's history.
#[derive(SimpleObject)]
#[graphql(complex)]
struct UpdateTransactionPayload {
    #[graphql(flatten)]
    result: TransactionResult,
}

#[ComplexObject]
impl UpdateTransactionPayload {
    /// The transaction with its cursor in `transactions` in its default order, newest date first. Null when there are
    /// user errors, and for a repeated request when the transaction is deleted by now.
    #[expect(clippy::unused_async, reason = "the library awaits it")]
    async fn transaction_edge(&self, ctx: &Context<'_>) -> Result<Option<NodeEdge<Transaction>>, ApiError> {
        self.result.edge(ctx)
    }
}

/// The result of `deleteTransaction`. Error codes: `INVALID`, `NOT_FOUND`, `NOT_ALLOWED` (the transaction is deleted
/// already, or half of a transfer), `INSUFFICIENT_FUNDS` and `WALLET_NOT_ACTIVE` (the wallet cannot give the money back),
/// `IDEMPOTENCY_CONFLICT`. A refusal by the wallet is also recorded in the wallet's history.
#[derive(SimpleObject)]
#[graphql(complex)]
struct DeleteTransactionPayload {
    #[graphql(flatten)]
    result: TransactionResult,
}

#[ComplexObject]
impl DeleteTransactionPayload {
    /// The id of the transaction that left the list. Null when there are user errors.
    async fn deleted_transaction_id(&self) -> Option<ID> {
        self.result.transaction.as_ref().map(|transaction| transaction.0.id.into())
    }
}

#[ComplexObject]
impl TransactionResult {
    /// The use of each budget in which the transaction counts, or counted before this, in the month concerned. Empty for
    /// an income.
    #[graphql(
        directive = price::List::apply(10),
        directive = price::Cost::apply(20),
        directive = SemanticNonNull::apply()
    )]
    async fn affected_budgets(&self, ctx: &Context<'_>) -> Result<Vec<BudgetStatus>, ApiError> {
        match &self.transaction {
            Some(transaction) => affected::budgets(ctx, &[&transaction.0], self.versions).await,
            None => Ok(Vec::new()),
        }
    }

    /// The wallets that this moved money into or out of, with their new balances. Empty for cash.
    #[graphql(directive = price::List::apply(2), directive = SemanticNonNull::apply())]
    async fn affected_wallets(&self, ctx: &Context<'_>) -> Result<Vec<Wallet>, ApiError> {
        match &self.transaction {
            Some(transaction) => affected::wallets(ctx, &transaction.0, self.versions).await,
            None => Ok(Vec::new()),
        }
    }
}

impl TransactionResult {
    async fn new(
        ctx: &Context<'_>,
        action: Action,
        result: Result<Replayable<Attempted>, Error>,
    ) -> Result<Self, ApiError> {
        let (attempted, replayed, mut errors) = into_replayable_payload(ctx, action, result).await?;
        let transaction = attempted.and_then(|attempted| attempted.map_err(|refusal| errors.push(refusal)).ok());
        let versions = if action == Action::UpdateTransaction { 2 } else { 1 };
        Ok(Self { transaction: transaction.map(Transaction), replayed, versions, errors })
    }

    fn edge(&self, ctx: &Context<'_>) -> Result<Option<NodeEdge<Transaction>>, ApiError> {
        let transaction = self.transaction.as_ref().filter(|transaction| transaction.0.deleted_at.is_none());
        let key = |transaction: &Transaction| TransactionOrder::default().key_text(&transaction.0);
        transaction.map(|transaction| connection::edge(ctx, &key(transaction), transaction.clone())).transpose()
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct TransactionMutation;

#[Object]
impl TransactionMutation {
    /// Records an income or an expense, in one category or split over several. An amount below zero records the refund of
    /// an expense, or income that is given back.
    async fn add_transaction(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The transaction to record.")] input: NewTransaction,
    ) -> Result<AddTransactionPayload, ApiError> {
        let added = transaction::add(ctx.app()?, ctx.viewer()?, &input).await;
        Ok(AddTransactionPayload { result: TransactionResult::new(ctx, Action::AddTransaction, added).await? })
    }

    /// Changes an income or an expense. The earlier values stay readable in `Transaction.versions`.
    async fn update_transaction(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The fields to change.")] input: TransactionChange,
    ) -> Result<UpdateTransactionPayload, ApiError> {
        let updated = transaction::update(ctx.app()?, ctx.viewer()?, &input).await;
        Ok(UpdateTransactionPayload { result: TransactionResult::new(ctx, Action::UpdateTransaction, updated).await? })
    }

    /// Deletes an income or an expense. It stays readable by its id, with its versions.
    async fn delete_transaction(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The transaction to delete.")] input: TransactionDeletion,
    ) -> Result<DeleteTransactionPayload, ApiError> {
        let deleted = transaction::delete(ctx.app()?, ctx.viewer()?, &input).await;
        Ok(DeleteTransactionPayload { result: TransactionResult::new(ctx, Action::DeleteTransaction, deleted).await? })
    }
}

/// Loads transactions of the viewer's book by their ids.
impl Loader<Id<kind::Transaction>> for RequestLoader {
    type Value = Transaction;
    type Error = Arc<Error>;

    async fn load(
        &self,
        ids: &[Id<kind::Transaction>],
    ) -> Result<HashMap<Id<kind::Transaction>, Transaction>, Arc<Error>> {
        let found = transaction::find_many(self.reader.conn(), &self.viewer, ids.iter().copied()).await?;
        Ok(found.into_iter().map(|transaction| (transaction.id, Transaction(transaction))).collect())
    }
}

/// The loader key for the lines of a transaction. Must only be used for transactions that the viewer may see: the
/// loader does not check it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct LinesOf(Id<kind::Transaction>);

impl Loader<LinesOf> for RequestLoader {
    type Value = Vec<transaction_line::Model>;
    type Error = Arc<Error>;

    async fn load(
        &self,
        transactions: &[LinesOf],
    ) -> Result<HashMap<LinesOf, Vec<transaction_line::Model>>, Arc<Error>> {
        let ids = transactions.iter().map(|transaction| transaction.0);
        let lines = transaction::lines(self.reader.conn(), ids).await?;
        Ok(lines.into_iter().map(|(transaction, lines)| (LinesOf(transaction), lines)).collect())
    }
}
