//! Wallets: the object, its queries, its mutations and its loaders.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, ID, InputObject, Object, SimpleObject, dataloader::Loader};
use chrono::Utc;
use sea_orm::DbErr;

use super::history::{WalletTransactionConnection, WalletTransactionFilter, of_wallet};
use crate::{
    bookkeeping::{
        document::Replayable,
        journal,
        wallets::{
            history,
            wallet::{self, ChangedWallet, NewWallet},
        },
    },
    entity::{self, account::AccountStatus, activity::Action},
    error::Error,
    graphql::{
        RequestLoader,
        activity::list::{Activities, activities_of},
        error::{ApiError, ContextExt},
        identity::user::User,
        node,
        nullability::SemanticNonNull,
        payload::{UserErrors, into_payload, payloads},
        scalar::DateTime,
    },
    id::{Id, kind},
    identity,
    money::{Currency, Money},
    page::PageArgs,
    price,
};

#[derive(Clone)]
pub(in crate::graphql) struct Wallet(pub(in crate::graphql) wallet::Wallet);

/// A store of money in one currency, which belongs to a book. Others can pay into it but cannot see it.
#[Object]
impl Wallet {
    /// The globally unique id, which never changes, such as `wallet_01h455vb4pex5vsknk084sn02q`. Give it to others so
    /// that they can pay into this wallet.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.wallet.id.into()
    }

    /// The name that the owner gave the wallet. Others do not see it.
    async fn name(&self) -> &str {
        &self.0.wallet.name
    }

    /// The currency of the money in the wallet.
    async fn currency(&self) -> Currency {
        self.0.wallet.currency
    }

    /// The amount in the wallet now. It is never negative.
    async fn balance(&self) -> Money {
        Money::from_minor(journal::balance(&self.0.account), self.0.wallet.currency)
    }

    /// The amount that was in the wallet at a given time. Zero before the first transaction.
    #[graphql(directive = SemanticNonNull::apply())]
    async fn balance_at(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The time of the balance. Transactions at exactly this time are included.")] time: DateTime,
    ) -> Result<Money, ApiError> {
        let minor = ctx.loader()?.load_one((self.0.wallet.id, time.0)).await?.unwrap_or_default();
        Ok(Money::from_minor(minor, self.0.wallet.currency))
    }

    /// Whether the wallet can receive and pay money.
    async fn status(&self) -> AccountStatus {
        self.0.account.status
    }

    /// Whether this is the default wallet of its currency: the one that is meant when a wallet is named by your
    /// username or phone number. There is at most one for each currency.
    async fn is_default(&self) -> bool {
        self.0.wallet.is_default
    }

    /// The time when the wallet was created.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.wallet.created_at)
    }

    /// The user who owns the wallet.
    #[graphql(directive = SemanticNonNull::apply())]
    async fn owner(&self, ctx: &Context<'_>) -> Result<User, ApiError> {
        let book = self.0.wallet.book_id;
        let missing = || Error::Fault(DbErr::RecordNotFound(format!("the owner of {book}")));
        Ok(ctx.loader()?.load_one(OwnerOf(book)).await?.map(User::from).ok_or_else(missing)?)
    }

    /// The transactions of this wallet, newest first, including failed ones. `Query.walletTransactions` lists those of all
    /// wallets.
    #[graphql(directive = price::Page::apply(), directive = SemanticNonNull::apply())]
    async fn transactions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which transactions to list. Default: all.")] filter: Option<WalletTransactionFilter>,
        #[graphql(desc = "How many items to return from the start: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Return only the items after this cursor. The cursor must come from the same list.")]
        after: Option<String>,
        #[graphql(desc = "How many items to return from the end: 0 to 100. Not with `first`.")] last: Option<i32>,
        #[graphql(desc = "Return only the items before this cursor. The cursor must come from the same list.")] before: Option<String>,
    ) -> Result<WalletTransactionConnection, ApiError> {
        of_wallet(ctx, self.0.wallet.id, filter, PageArgs { first, after, last, before }).await
    }

    /// The activity log of this wallet, newest first: changes of its settings and refused attempts. For its payments
    /// see `transactions`.
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
        activities_of(ctx, self.0.wallet.id, PageArgs { first, after, last, before }).await
    }
}

/// The fields of the wallet to change. Omitted fields stay as they are.
#[derive(InputObject)]
struct UpdateWalletInput {
    /// The id of the wallet to change. One that is closed can be renamed, and cannot become the default.
    id: ID,
    /// The new name, 1 to 100 characters.
    name: Option<String>,
    /// True makes this the default wallet of its currency, instead of the present one. False changes nothing.
    #[graphql(default)]
    make_default: bool,
}

/// The wallet to freeze, named by its id.
#[derive(InputObject)]
struct FreezeWalletInput {
    /// The id of the wallet to freeze. One that is closed is refused; one that is frozen stays so.
    id: ID,
}

/// The frozen wallet to unfreeze.
#[derive(InputObject)]
struct UnfreezeWalletInput {
    /// The id of the wallet to unfreeze. One that is closed is refused; one that is active stays so.
    id: ID,
}

/// The empty wallet to close.
#[derive(InputObject)]
struct CloseWalletInput {
    /// The id of the wallet to close. One that holds money is refused; one that is closed stays so.
    id: ID,
}

/// The fields that the payloads of several mutations share. The wallet is null when there are user errors.
#[derive(SimpleObject)]
struct WalletResult {
    /// The wallet as it is now. Null when there are user errors.
    wallet: Option<Wallet>,
    #[graphql(flatten)]
    errors: UserErrors,
}

/// The result of `createWallet`. Error codes: `INVALID`, `LIMIT_REACHED`, `IDEMPOTENCY_CONFLICT`.
#[derive(SimpleObject)]
struct CreateWalletPayload {
    #[graphql(flatten)]
    result: WalletResult,
    /// True when an earlier request with the same `id` created the wallet; this request changed nothing.
    replayed: bool,
}

payloads! {
    /// The result of `freezeWallet`. Error codes: `NOT_FOUND`, `WALLET_NOT_ACTIVE` (the wallet is closed).
    FreezeWalletPayload(WalletResult);

    /// The result of `unfreezeWallet`. Error codes: `NOT_FOUND`, `WALLET_NOT_ACTIVE` (the wallet is closed).
    UnfreezeWalletPayload(WalletResult);
}

/// The result of `updateWallet`. Error codes: `INVALID`, `NOT_FOUND`, `WALLET_NOT_ACTIVE` (a closed wallet cannot be
/// the default).
#[derive(SimpleObject)]
struct UpdateWalletPayload {
    #[graphql(flatten)]
    result: WalletResult,
    /// The wallet that was the default of the currency before. Null when the change made no other wallet the default.
    former_default_wallet: Option<Wallet>,
}

/// The result of `closeWallet`. Error codes: `NOT_FOUND`, `WALLET_NOT_EMPTY`.
#[derive(SimpleObject)]
struct CloseWalletPayload {
    #[graphql(flatten)]
    result: WalletResult,
    /// The wallet that is now the default of the currency. Null when the closed wallet was not the default, and when
    /// there is no other wallet that could be it.
    new_default_wallet: Option<Wallet>,
}

impl WalletResult {
    async fn new(ctx: &Context<'_>, action: Action, result: Result<wallet::Wallet, Error>) -> Result<Self, ApiError> {
        let (wallet, errors) = into_payload(ctx, action, result).await?;
        Ok(Self { wallet: wallet.map(Wallet), errors })
    }

    /// The result of a change, with the other wallet that became or ceased to be the default.
    async fn with_other(
        ctx: &Context<'_>,
        action: Action,
        result: Result<ChangedWallet, Error>,
    ) -> Result<(Self, Option<Wallet>), ApiError> {
        let (changed, errors) = into_payload(ctx, action, result).await?;
        let Some(ChangedWallet { wallet, other }) = changed else { return Ok((Self { wallet: None, errors }, None)) };
        let other = match other {
            Some(id) => ctx.loader()?.load_one(id).await?,
            None => None,
        };
        Ok((Self { wallet: Some(Wallet(wallet)), errors }, other))
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct WalletQuery;

#[Object]
impl WalletQuery {
    /// All wallets of the book, oldest first, at most 200. Closed wallets are included.
    #[graphql(directive = price::List::apply(200))]
    async fn wallets(&self, ctx: &Context<'_>) -> Result<Vec<Wallet>, ApiError> {
        let wallets = wallet::list(ctx.read()?, ctx.viewer()?).await?;
        Ok(wallets.into_iter().map(Wallet).collect())
    }

    /// The wallet with this id. Null when the book has no such wallet.
    async fn wallet(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the wallet.")] id: ID,
    ) -> Result<Option<Wallet>, ApiError> {
        node::find_one::<kind::Wallet, _>(ctx, &id).await
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct WalletMutation;

#[Object]
impl WalletMutation {
    /// Creates a wallet in the book. The first one of a currency becomes the default of that currency.
    async fn create_wallet(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The wallet to create.")] input: NewWallet,
    ) -> Result<CreateWalletPayload, ApiError> {
        let made = wallet::create(ctx.app()?, ctx.viewer()?, &input).await;
        let (made, replayed) = Replayable::split(made);
        let result = WalletResult::new(ctx, Action::CreateWallet, made).await?;
        Ok(CreateWalletPayload { result, replayed })
    }

    /// Renames a wallet, or makes it the default of its currency.
    async fn update_wallet(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The fields to change.")] input: UpdateWalletInput,
    ) -> Result<UpdateWalletPayload, ApiError> {
        let (id, name) = (input.id.parse().ok(), input.name.as_deref());
        let updated = wallet::update(ctx.app()?, ctx.viewer()?, id, name, input.make_default).await;
        let (result, former_default_wallet) = WalletResult::with_other(ctx, Action::UpdateWallet, updated).await?;
        Ok(UpdateWalletPayload { result, former_default_wallet })
    }

    /// Freezes a wallet: no money can move in or out until it is unfrozen.
    async fn freeze_wallet(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The wallet to freeze.")] input: FreezeWalletInput,
    ) -> Result<FreezeWalletPayload, ApiError> {
        Ok(FreezeWalletPayload {
            result: set_status(ctx, Action::FreezeWallet, &input.id, AccountStatus::Frozen).await?.0,
        })
    }

    /// Unfreezes a frozen wallet, so that money can move again.
    async fn unfreeze_wallet(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The wallet to unfreeze.")] input: UnfreezeWalletInput,
    ) -> Result<UnfreezeWalletPayload, ApiError> {
        Ok(UnfreezeWalletPayload {
            result: set_status(ctx, Action::UnfreezeWallet, &input.id, AccountStatus::Active).await?.0,
        })
    }

    /// Closes an empty wallet for good. If it was the default of its currency, the oldest wallet of that currency that
    /// is not closed becomes the default.
    async fn close_wallet(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The wallet to close.")] input: CloseWalletInput,
    ) -> Result<CloseWalletPayload, ApiError> {
        let (result, new_default_wallet) =
            set_status(ctx, Action::CloseWallet, &input.id, AccountStatus::Closed).await?;
        Ok(CloseWalletPayload { result, new_default_wallet })
    }
}

async fn set_status(
    ctx: &Context<'_>,
    action: Action,
    id: &ID,
    status: AccountStatus,
) -> Result<(WalletResult, Option<Wallet>), ApiError> {
    let set = wallet::set_status(ctx.app()?, ctx.viewer()?, id.parse().ok(), status).await;
    WalletResult::with_other(ctx, action, set).await
}

/// Loads wallets of the viewer's book by their ids.
impl Loader<Id<kind::Wallet>> for RequestLoader {
    type Value = Wallet;
    type Error = Arc<Error>;

    async fn load(&self, ids: &[Id<kind::Wallet>]) -> Result<HashMap<Id<kind::Wallet>, Wallet>, Arc<Error>> {
        let wallets = wallet::find_many(self.reader.conn(), &self.viewer, ids.iter().copied()).await?;
        Ok(wallets.into_iter().map(|wallet| (wallet.wallet.id, Wallet(wallet))).collect())
    }
}

type Moment = (Id<kind::Wallet>, chrono::DateTime<Utc>);

/// Loads the balances of the viewer's wallets at given moments, in minor units.
impl Loader<Moment> for RequestLoader {
    type Value = i64;
    type Error = Arc<Error>;

    async fn load(&self, moments: &[Moment]) -> Result<HashMap<Moment, i64>, Arc<Error>> {
        Ok(history::balances_at(self.reader.conn(), &self.viewer, moments).await?)
    }
}

/// The loader key for the owner of a book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct OwnerOf(Id<kind::Book>);

/// Loads the owner of the viewer's book.
impl Loader<OwnerOf> for RequestLoader {
    type Value = entity::user::Model;
    type Error = Arc<Error>;

    async fn load(&self, _: &[OwnerOf]) -> Result<HashMap<OwnerOf, entity::user::Model>, Arc<Error>> {
        let owner = identity::owner(self.reader.conn(), &self.viewer).await?;
        Ok(owner.into_iter().map(|owner| (OwnerOf(self.viewer.book), owner)).collect())
    }
}
