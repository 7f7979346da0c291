//! What a transaction changes besides itself: the use of budgets and the balances of wallets. Read from its last versions, since a
//! change moves both what the transaction was and what it is.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::Context;

use super::{report::BudgetStatus, transaction_version::TransactionVersion};
use crate::{
    bookkeeping::{
        journal::{Version, Versions},
        spending::{report, transaction::version},
    },
    calendar::month::YearMonth,
    entity::{category::CategoryKind, journal_entry, transaction::Model},
    graphql::{
        connection,
        error::{ApiError, ContextExt},
        wallets::wallet::Wallet,
    },
    id::{Id, kind},
    page::PageArgs,
};

/// The use of the budgets in whose months and categories these transactions were in their last `versions`.
pub(super) async fn budgets(
    ctx: &Context<'_>,
    transactions: &[&Model],
    versions: i32,
) -> Result<Vec<BudgetStatus>, ApiError> {
    let mut entries = Vec::new();
    for transaction in transactions {
        entries.extend(last(ctx, transaction, versions).await?);
    }
    entries.retain(|entry| version::kind_of(entry.kind) == CategoryKind::Expense);
    let ids: Vec<_> = entries.iter().map(|entry| entry.id).collect();
    let lines = version::lines(ctx.read()?, &ids).await?;
    let mut months: BTreeMap<_, (_, BTreeSet<Id<kind::Category>>)> = BTreeMap::new();
    for entry in &entries {
        let month = (YearMonth::of(entry.effective_on), entry.currency.code());
        let (_, categories) = months.entry(month).or_insert((entry.currency, BTreeSet::new()));
        categories.extend(lines.get(&entry.id).into_iter().flatten().map(|line| line.category));
    }
    let mut affected = Vec::new();
    for ((month, _), (currency, categories)) in months {
        let report = report::month(ctx.read()?, ctx.viewer()?, month, Some(currency)).await?;
        let used = report.budgets.into_iter().filter(|used| categories.contains(&used.category.id));
        affected.extend(used.map(BudgetStatus));
    }
    Ok(affected)
}

/// The wallets that the transaction had in its last `versions`.
pub(super) async fn wallets(ctx: &Context<'_>, transaction: &Model, versions: i32) -> Result<Vec<Wallet>, ApiError> {
    let entries = last(ctx, transaction, versions).await?;
    let wallets = version::wallets(ctx.read()?, entries.iter().map(|entry| entry.id)).await?;
    let ids: BTreeSet<_> = wallets.into_values().collect();
    let mut found = ctx.loader()?.load_many(ids.iter().copied()).await?;
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// The journal entries of the last versions of a transaction.
async fn last(ctx: &Context<'_>, transaction: &Model, versions: i32) -> Result<Vec<journal_entry::Model>, ApiError> {
    let args = PageArgs { first: None, after: None, last: Some(versions), before: None };
    let cursors = connection::cursors_of::<TransactionVersion>(ctx)?;
    let paged = connection::page::<_, Version>(ctx, &cursors, Versions, transaction.id.cast(), args).await?;
    Ok(paged.rows.into_iter().map(|(_, version)| version.entry).collect())
}
