//! The versions of a transaction.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, Object, SimpleObject, dataloader::Loader};

use super::category::Category;
use crate::{
    bookkeeping::{journal::Version, spending::transaction::version},
    calendar::date::Date,
    entity::category::CategoryKind,
    error::Error,
    graphql::{
        RequestLoader,
        customers::entry_version::VersionsOf,
        error::{ApiError, ContextExt},
        scalar::DateTime,
        wallets::wallet::Wallet,
    },
    id::{Id, kind},
    money::Money,
};

pub(in crate::graphql) struct TransactionVersion {
    version: Version,
    number: i32,
}

impl TransactionVersion {
    /// The versions of a transaction, the oldest first.
    pub(in crate::graphql) async fn of(ctx: &Context<'_>, id: Id<kind::Transaction>) -> Result<Vec<Self>, ApiError> {
        let versions = ctx.loader()?.load_one(VersionsOf(id.cast())).await?.unwrap_or_default();
        Ok(versions.into_iter().zip(1..).map(|(version, number)| Self { version, number }).collect())
    }
}

/// What a transaction was for some time. Each version is an entry of the journal; notes of lines are not in it.
#[Object]
impl TransactionVersion {
    /// Which version, from 1.
    async fn version(&self) -> i32 {
        self.number
    }

    /// Which way the money went.
    async fn kind(&self) -> CategoryKind {
        version::kind_of(self.version.entry.kind)
    }

    /// How much in all.
    async fn amount(&self) -> Money {
        Money::from_minor(self.version.entry.amount, self.version.entry.currency)
    }

    /// What went into which category.
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<TransactionVersionLine>, ApiError> {
        let entry = &self.version.entry;
        let shares = ctx.loader()?.load_one(SharesOf(entry.id)).await?.unwrap_or_default();
        let categories = shares.iter().map(|(category, _)| *category);
        let found = ctx.loader()?.load_many(categories).await?;
        Ok(shares
            .into_iter()
            .map(|(category, amount)| TransactionVersionLine {
                category: found.get(&category).cloned(),
                amount: Money::from_minor(amount, entry.currency),
            })
            .collect())
    }

    /// The wallet that it was paid from or into; null for cash.
    async fn wallet(&self, ctx: &Context<'_>) -> Result<Option<Wallet>, ApiError> {
        let Some(wallet) = ctx.loader()?.load_one(WalletOf(self.version.entry.id)).await? else { return Ok(None) };
        Ok(ctx.loader()?.load_one(wallet).await?)
    }

    /// The day that it counted for.
    async fn date(&self) -> Date {
        Date(self.version.entry.effective_on)
    }

    /// What it was for.
    async fn description(&self) -> Option<&str> {
        self.version.entry.memo.as_deref()
    }

    /// The reference of its entry in the journal.
    async fn reference(&self) -> &str {
        &self.version.entry.reference
    }

    /// Since when it counted.
    async fn since(&self) -> DateTime {
        DateTime(self.version.entry.created_at)
    }

    /// Until when it counted; null when it still does.
    async fn until(&self) -> Option<DateTime> {
        self.version.reversal.as_ref().map(|reversal| DateTime(reversal.created_at))
    }
}

/// A part of what a transaction was.
#[derive(SimpleObject)]
struct TransactionVersionLine {
    /// The category that it was in.
    category: Option<Category>,
    /// How much.
    amount: Money,
}

/// The key of a journal entry's amounts by category. Must only be used for entries that the viewer may see: the loader does not
/// check it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct SharesOf(Id<kind::Entry>);

impl Loader<SharesOf> for RequestLoader {
    type Value = Vec<(Id<kind::Category>, i64)>;
    type Error = Arc<Error>;

    async fn load(
        &self,
        entries: &[SharesOf],
    ) -> Result<HashMap<SharesOf, Vec<(Id<kind::Category>, i64)>>, Arc<Error>> {
        let ids = entries.iter().map(|entry| entry.0);
        let shares = version::shares(self.reader.conn(), ids).await?;
        Ok(shares.into_iter().map(|(entry, shares)| (SharesOf(entry), shares)).collect())
    }
}

/// The key of the wallet that a journal entry moved money into or out of. Must only be used for entries that the viewer may
/// see: the loader does not check it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct WalletOf(Id<kind::Entry>);

impl Loader<WalletOf> for RequestLoader {
    type Value = Id<kind::Wallet>;
    type Error = Arc<Error>;

    async fn load(&self, entries: &[WalletOf]) -> Result<HashMap<WalletOf, Id<kind::Wallet>>, Arc<Error>> {
        let ids = entries.iter().map(|entry| entry.0);
        let wallets = version::wallets(self.reader.conn(), ids).await?;
        Ok(wallets.into_iter().map(|(entry, wallet)| (WalletOf(entry), wallet)).collect())
    }
}
