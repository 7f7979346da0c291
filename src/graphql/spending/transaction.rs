//! Transactions of income and expenses: the object, its mutations and its loaders.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, ID, Object, SimpleObject, dataloader::Loader};

use super::{category::Category, transaction_version::TransactionVersion};
use crate::{
    bookkeeping::{
        document::Done,
        spending::transaction::{self, Attempted, NewTransaction, TransactionDeletion, change::TransactionChange},
    },
    calendar::date::{Date, Weekday},
    entity::{activity::Action, category::CategoryKind, transaction::Model, transaction_line},
    error::Error,
    graphql::{
        RequestLoader,
        activity::event::{Activity, history},
        error::{ApiError, ContextExt},
        scalar::DateTime,
        user_error::{UserError, settle},
        wallets::wallet::Wallet,
    },
    id::{Id, kind},
    money::{Currency, Money},
};

#[derive(Clone)]
pub(in crate::graphql) struct Transaction(pub(in crate::graphql) Model);

/// Income or spending. It keeps its id when it is changed.
#[Object]
impl Transaction {
    /// Id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Which way the money went: as the categories say.
    async fn kind(&self) -> CategoryKind {
        self.0.kind
    }

    /// How much in all.
    async fn amount(&self) -> Money {
        Money::from_minor(self.0.amount, self.0.currency)
    }

    /// The category of all of it; null when it is split.
    async fn category(&self, ctx: &Context<'_>) -> Result<Option<Category>, ApiError> {
        let lines = self.load_lines(ctx).await?;
        let [line] = lines.as_slice() else { return Ok(None) };
        Ok(ctx.loader()?.load_one(line.category_id).await?)
    }

    /// What went into which category; one line when it is not split. The amounts sum to the transaction's.
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<TransactionLine>, ApiError> {
        let currency = self.0.currency;
        let lines = self.load_lines(ctx).await?;
        Ok(lines.into_iter().map(|line| TransactionLine { line, currency }).collect())
    }

    /// The day that it counts for.
    async fn date(&self) -> Date {
        Date(self.0.date)
    }

    /// The day of the week of its date.
    async fn weekday(&self) -> Weekday {
        self.0.date.into()
    }

    /// What it is for.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// The wallet that it is paid from or into; null for cash.
    async fn wallet(&self, ctx: &Context<'_>) -> Result<Option<Wallet>, ApiError> {
        let Some(wallet_id) = self.0.wallet_id else { return Ok(None) };
        Ok(ctx.loader()?.load_one(wallet_id).await?)
    }

    /// How often it was written: 1, and one more for each change.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// What it was, the oldest version first. The last one is what it is now, or what it was when it was deleted.
    async fn versions(&self, ctx: &Context<'_>) -> Result<Vec<TransactionVersion>, ApiError> {
        TransactionVersion::of(ctx, self.0.id).await
    }

    /// When it was written.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it was changed or deleted last; when it was written, if it never was.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }

    /// When it was deleted; null when it stands.
    async fn deleted_at(&self) -> Option<DateTime> {
        self.0.deleted_at.map(DateTime)
    }

    /// What was done with it and what was refused, the latest first; when and by whom.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from the latest; at most 100.", default = 20)] first: i32,
    ) -> Result<Vec<Activity>, ApiError> {
        history(ctx, self.0.id, first).await
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

/// A part of a transaction.
#[Object]
impl TransactionLine {
    /// The category that it is in.
    async fn category(&self, ctx: &Context<'_>) -> Result<Option<Category>, ApiError> {
        Ok(ctx.loader()?.load_one(self.line.category_id).await?)
    }

    /// How much.
    async fn amount(&self) -> Money {
        Money::from_minor(self.line.amount, self.currency)
    }

    /// The note that was given with it.
    async fn note(&self) -> Option<&str> {
        self.line.note.as_deref()
    }
}

/// What came of it; the transaction is null when there are user errors.
#[derive(SimpleObject)]
struct TransactionResult {
    /// The transaction as it is now.
    transaction: Option<Transaction>,
    /// Whether this is the result of an earlier request with the same idempotency key.
    replayed: bool,
    /// What is wrong with the input, or why the wallet refused it; that is on record in the wallet's history then.
    user_errors: Vec<UserError>,
}

/// What came of writing a transaction.
#[derive(SimpleObject)]
struct AddTransactionPayload {
    #[graphql(flatten)]
    result: TransactionResult,
}

/// What came of changing a transaction.
#[derive(SimpleObject)]
struct UpdateTransactionPayload {
    #[graphql(flatten)]
    result: TransactionResult,
}

/// What came of deleting a transaction.
#[derive(SimpleObject)]
struct DeleteTransactionPayload {
    #[graphql(flatten)]
    result: TransactionResult,
}

impl TransactionResult {
    async fn new(ctx: &Context<'_>, action: Action, result: Result<Done<Attempted>, Error>) -> Result<Self, ApiError> {
        let (done, mut user_errors) = settle(ctx, action, result).await?;
        let Some(Done { document, replayed }) = done else {
            return Ok(Self { transaction: None, replayed: false, user_errors });
        };
        let transaction = document.map_err(|refusal| user_errors.push(refusal.into())).ok();
        Ok(Self { transaction: transaction.map(Transaction), replayed, user_errors })
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct TransactionMutation;

#[Object]
impl TransactionMutation {
    /// Writes a transaction: income or spending, in one category or split into several.
    async fn add_transaction(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The transaction to be written.")] input: NewTransaction,
    ) -> Result<AddTransactionPayload, ApiError> {
        let added = transaction::add(ctx.app()?, ctx.viewer()?, &input).await;
        Ok(AddTransactionPayload { result: TransactionResult::new(ctx, Action::AddTransaction, added).await? })
    }

    /// Changes a transaction. What it was stays readable in its `versions`.
    async fn update_transaction(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: TransactionChange,
    ) -> Result<UpdateTransactionPayload, ApiError> {
        let updated = transaction::update(ctx.app()?, ctx.viewer()?, &input).await;
        Ok(UpdateTransactionPayload { result: TransactionResult::new(ctx, Action::UpdateTransaction, updated).await? })
    }

    /// Deletes a transaction. It stays readable by its id, with its `versions`.
    async fn delete_transaction(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which transaction.")] input: TransactionDeletion,
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

/// The key of a transaction's lines. Must only be used for transactions that the viewer may see: the loader does not check it.
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
