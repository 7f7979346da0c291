//! The data of a transaction's versions, read from their journal entries.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;

use crate::{
    bookkeeping::journal,
    entity::{account::AccountKind, category::CategoryKind, journal_entry::EntryKind},
    error::Result,
    id::{Id, kind},
};

/// The category and amount of each line of these journal entries, in order, by entry.
///
/// # Errors
/// When the database fails.
pub async fn shares(
    conn: &impl ConnectionTrait,
    entries: impl IntoIterator<Item = Id<kind::Entry>>,
) -> Result<HashMap<Id<kind::Entry>, Vec<(Id<kind::Category>, i64)>>> {
    let mut shares: HashMap<_, Vec<_>> = HashMap::new();
    for (entry, holder, amount) in journal::shares(conn, &[AccountKind::Income, AccountKind::Expense], entries).await? {
        shares.entry(entry).or_default().push((holder.cast(), amount));
    }
    Ok(shares)
}

/// The wallet that each of these journal entries posts to. Entries without a wallet are left out.
///
/// # Errors
/// When the database fails.
pub async fn wallets(
    conn: &impl ConnectionTrait,
    entries: impl IntoIterator<Item = Id<kind::Entry>>,
) -> Result<HashMap<Id<kind::Entry>, Id<kind::Wallet>>> {
    let shares = journal::shares(conn, &[AccountKind::Wallet], entries).await?;
    Ok(shares.into_iter().map(|(entry, holder, _)| (entry, holder.cast())).collect())
}

/// The kind of transaction that a journal entry of this kind belongs to.
#[must_use]
pub fn kind_of(kind: EntryKind) -> CategoryKind {
    if kind == EntryKind::Income { CategoryKind::Income } else { CategoryKind::Expense }
}
