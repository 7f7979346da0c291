//! Wallets: the object, its queries, its mutations and its loaders.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, ID, InputObject, Object, SimpleObject, dataloader::Loader};
use chrono::Utc;

use crate::{
    bookkeeping::{
        journal,
        wallets::{history, wallet},
    },
    entity::{account::AccountStatus, activity::Action},
    error::Error,
    graphql::{
        RequestLoader,
        activity::event::{Activity, history},
        error::{ApiError, ContextExt},
        scalar::DateTime,
        user_error::{UserError, settle},
    },
    id::{Id, kind},
    money::{Currency, Money},
};

#[derive(Clone)]
pub(in crate::graphql) struct Wallet(pub(in crate::graphql) wallet::Wallet);

/// A wallet: money of one currency. Only its owner sees it.
#[Object]
impl Wallet {
    /// Id. Others need it to pay into just this wallet.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.wallet.id.into()
    }

    /// What its owner calls it.
    async fn name(&self) -> &str {
        &self.0.wallet.name
    }

    /// What it holds.
    async fn currency(&self) -> Currency {
        self.0.wallet.currency
    }

    /// How much it holds now. Never below zero.
    async fn balance(&self) -> Money {
        Money::from_minor(journal::balance(&self.0.account), self.0.wallet.currency)
    }

    /// How much it held at a moment, with all that happened up to and at that moment.
    async fn balance_at(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The moment. Before the wallet was made it held nothing.")] time: DateTime,
    ) -> Result<Money, ApiError> {
        let minor = ctx.loader()?.load_one((self.0.wallet.id, time.0)).await?.unwrap_or_default();
        Ok(Money::from_minor(minor, self.0.wallet.currency))
    }

    /// Whether money may move on it.
    async fn status(&self) -> AccountStatus {
        self.0.account.status
    }

    /// Whether it is the wallet that is meant when you are named by username or phone number, in its currency. There is one
    /// for each currency.
    async fn is_default(&self) -> bool {
        self.0.wallet.is_default
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.wallet.created_at)
    }

    /// What was done with it and what was refused, the latest first; when and by whom.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from the latest; at most 100.", default = 20)] first: i32,
    ) -> Result<Vec<Activity>, ApiError> {
        history(ctx, self.0.wallet.id, first).await
    }
}

/// The wallet to be made.
#[derive(InputObject)]
struct CreateWalletInput {
    /// What it will hold. A book may have several wallets of one currency; the first is the default.
    currency: Currency,
    /// What to call it, at most 100 characters; made up from the currency when absent.
    name: Option<String>,
}

/// What to change about a wallet. What is absent stays as it is.
#[derive(InputObject)]
struct UpdateWalletInput {
    /// Which wallet.
    id: ID,
    /// What to call it, at most 100 characters.
    name: Option<String>,
    /// Whether to make it the default of its currency, in place of the wallet that is.
    #[graphql(default)]
    make_default: bool,
}

/// Which wallet to freeze.
#[derive(InputObject)]
struct FreezeWalletInput {
    /// Which wallet.
    id: ID,
}

/// Which wallet to unfreeze.
#[derive(InputObject)]
struct UnfreezeWalletInput {
    /// Which wallet.
    id: ID,
}

/// Which wallet to close.
#[derive(InputObject)]
struct CloseWalletInput {
    /// Which wallet.
    id: ID,
}

/// What came of it; the wallet is null when there are user errors.
#[derive(SimpleObject)]
struct WalletResult {
    /// The wallet as it is now.
    wallet: Option<Wallet>,
    /// What is wrong with the input.
    user_errors: Vec<UserError>,
}

/// What came of making a wallet.
#[derive(SimpleObject)]
struct CreateWalletPayload {
    #[graphql(flatten)]
    result: WalletResult,
}

/// What came of changing a wallet.
#[derive(SimpleObject)]
struct UpdateWalletPayload {
    #[graphql(flatten)]
    result: WalletResult,
}

/// What came of freezing a wallet.
#[derive(SimpleObject)]
struct FreezeWalletPayload {
    #[graphql(flatten)]
    result: WalletResult,
}

/// What came of unfreezing a wallet.
#[derive(SimpleObject)]
struct UnfreezeWalletPayload {
    #[graphql(flatten)]
    result: WalletResult,
}

/// What came of closing a wallet.
#[derive(SimpleObject)]
struct CloseWalletPayload {
    #[graphql(flatten)]
    result: WalletResult,
}

impl WalletResult {
    async fn new(ctx: &Context<'_>, action: Action, result: Result<wallet::Wallet, Error>) -> Result<Self, ApiError> {
        let (wallet, user_errors) = settle(ctx, action, result).await?;
        Ok(Self { wallet: wallet.map(Wallet), user_errors })
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct WalletQuery;

#[Object]
impl WalletQuery {
    /// All wallets of the book, the oldest first. A book has at most 200.
    async fn wallets(&self, ctx: &Context<'_>) -> Result<Vec<Wallet>, ApiError> {
        let wallets = wallet::list(ctx.read()?, ctx.viewer()?).await?;
        Ok(wallets.into_iter().map(Wallet).collect())
    }

    /// A wallet of the book; null when it has none of this id.
    async fn wallet(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which wallet.")] id: ID,
    ) -> Result<Option<Wallet>, ApiError> {
        ctx.viewer()?;
        let Ok(id) = id.parse::<Id<kind::Wallet>>() else { return Ok(None) };
        Ok(ctx.loader()?.load_one(id).await?)
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct WalletMutation;

#[Object]
impl WalletMutation {
    /// Makes a wallet.
    async fn create_wallet(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The wallet to be made.")] input: CreateWalletInput,
    ) -> Result<CreateWalletPayload, ApiError> {
        let made = wallet::create(ctx.app()?, ctx.viewer()?, input.currency, input.name.as_deref()).await;
        Ok(CreateWalletPayload { result: WalletResult::new(ctx, Action::CreateWallet, made).await? })
    }

    /// Renames a wallet, or makes it the default of its currency.
    async fn update_wallet(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateWalletInput,
    ) -> Result<UpdateWalletPayload, ApiError> {
        let (id, name) = (input.id.parse().ok(), input.name.as_deref());
        let updated = wallet::update(ctx.app()?, ctx.viewer()?, id, name, input.make_default).await;
        Ok(UpdateWalletPayload { result: WalletResult::new(ctx, Action::UpdateWallet, updated).await? })
    }

    /// Freezes a wallet: nothing moves in or out until it is unfrozen.
    async fn freeze_wallet(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which wallet.")] input: FreezeWalletInput,
    ) -> Result<FreezeWalletPayload, ApiError> {
        Ok(FreezeWalletPayload {
            result: set_status(ctx, Action::FreezeWallet, &input.id, AccountStatus::Frozen).await?,
        })
    }

    /// Unfreezes a wallet.
    async fn unfreeze_wallet(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which wallet.")] input: UnfreezeWalletInput,
    ) -> Result<UnfreezeWalletPayload, ApiError> {
        Ok(UnfreezeWalletPayload {
            result: set_status(ctx, Action::UnfreezeWallet, &input.id, AccountStatus::Active).await?,
        })
    }

    /// Closes a wallet for good. It must be empty. If it was the default of its currency, the oldest other wallet of that
    /// currency that is not closed becomes it.
    async fn close_wallet(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which wallet.")] input: CloseWalletInput,
    ) -> Result<CloseWalletPayload, ApiError> {
        Ok(CloseWalletPayload { result: set_status(ctx, Action::CloseWallet, &input.id, AccountStatus::Closed).await? })
    }
}

async fn set_status(
    ctx: &Context<'_>,
    action: Action,
    id: &ID,
    status: AccountStatus,
) -> Result<WalletResult, ApiError> {
    let set = wallet::set_status(ctx.app()?, ctx.viewer()?, id.parse().ok(), status).await;
    WalletResult::new(ctx, action, set).await
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
