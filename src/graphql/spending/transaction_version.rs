//! The versions of a transaction.

use std::{borrow::Cow, collections::HashMap, sync::Arc};

use async_graphql::{Context, Object, SimpleObject, dataloader::Loader};
use sea_orm::DbErr;

use super::category::Category;
use crate::{
    bookkeeping::{
        journal::{self, Version},
        spending::transaction::version,
    },
    calendar::date::Date,
    entity::category::CategoryKind,
    error::Error,
    graphql::{
        RequestLoader,
        error::{ApiError, ContextExt},
        nullability::SemanticNonNull,
        scalar::DateTime,
        wallets::wallet::Wallet,
    },
    id::{Id, kind},
    money::Money,
    price,
};

pub(in crate::graphql) struct TransactionVersion(Version);

impl From<Version> for TransactionVersion {
    fn from(version: Version) -> Self {
        Self(version)
    }
}

/// A transaction as it was for some time. Each version is recorded in the journal as an entry of its own.
#[Object]
impl TransactionVersion {
    /// The number of the version, counted from 1.
    async fn version(&self) -> i64 {
        self.0.number
    }

    /// Whether it was an income or an expense. For a half of a transfer, whether the money came in or went out.
    async fn kind(&self) -> CategoryKind {
        version::kind_of(self.0.entry.kind)
    }

    /// Whether it was half of a transfer between two wallets of the book, and no income or expense.
    async fn is_transfer(&self) -> bool {
        version::is_transfer(self.0.entry.kind)
    }

    /// The total amount in this version. Below zero for a refund; above zero for a half of a transfer.
    async fn amount(&self) -> Money {
        Money::from_minor(self.0.entry.amount, self.0.entry.currency)
    }

    /// The amounts per category, with their notes, in this version. Empty when it was half of a transfer.
    #[graphql(directive = price::List::apply(20), directive = SemanticNonNull::apply())]
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<TransactionVersionLine>, ApiError> {
        let entry = &self.0.entry;
        let lines = ctx.loader()?.load_one(LinesOf(entry.id)).await?.unwrap_or_default();
        let found = ctx.loader()?.load_many(lines.iter().map(|line| line.category)).await?;
        let line = |version::Line { category, amount, note }| {
            let missing = || Error::Fault(DbErr::RecordNotFound(format!("{category}")));
            let category = found.get(&category).cloned().ok_or_else(missing)?;
            Ok(TransactionVersionLine { category, amount: Money::from_minor(amount, entry.currency), note })
        };
        lines.into_iter().map(line).collect()
    }

    /// The wallet that paid the expense or received the income in this version; for a refund, the other way round. Null for
    /// cash.
    async fn wallet(&self, ctx: &Context<'_>) -> Result<Option<Wallet>, ApiError> {
        let Some(wallet) = ctx.loader()?.load_one(WalletOf(self.0.entry.id)).await? else { return Ok(None) };
        Ok(ctx.loader()?.load_one(wallet).await?)
    }

    /// The date of the transaction in this version.
    async fn date(&self) -> Date {
        Date(self.0.entry.effective_on)
    }

    /// What the money was for, in this version. Null when not given.
    async fn description(&self) -> Option<&str> {
        self.0.entry.memo.as_deref()
    }

    /// The reference number of the journal entry that recorded this version, such as `EXP-20261121-7K3M9QPXWA`.
    async fn reference(&self) -> Cow<'_, str> {
        journal::reference(&self.0.entry)
    }

    /// The time from which this version was in force.
    async fn since(&self) -> DateTime {
        DateTime(self.0.entry.created_at)
    }

    /// The time until which this version was in force. Null when it still is.
    async fn until(&self) -> Option<DateTime> {
        self.0.until.map(DateTime)
    }
}

/// A part of a version of a transaction that belongs to one category.
#[derive(SimpleObject)]
struct TransactionVersionLine {
    /// The category of this part.
    category: Category,
    /// The amount of this part. Below zero when it lowers the total of its category.
    amount: Money,
    /// What this part was for. Null when not given, and in versions that were replaced before notes of versions were kept.
    note: Option<String>,
}

/// The loader key for the lines of the version that a journal entry recorded. Must only be used for entries that the
/// viewer may see: the loader does not check it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct LinesOf(Id<kind::Entry>);

impl Loader<LinesOf> for RequestLoader {
    type Value = Vec<version::Line>;
    type Error = Arc<Error>;

    async fn load(&self, entries: &[LinesOf]) -> Result<HashMap<LinesOf, Vec<version::Line>>, Arc<Error>> {
        let ids: Vec<_> = entries.iter().map(|entry| entry.0).collect();
        let lines = version::lines(self.reader.conn(), &ids).await?;
        Ok(lines.into_iter().map(|(entry, lines)| (LinesOf(entry), lines)).collect())
    }
}

/// The loader key for the wallet that a journal entry moved money into or out of. Must only be used for entries that
/// the viewer may see: the loader does not check it.
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
