//! The versions of a transaction: what the journal says of each. Read only.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;

use crate::{
    bookkeeping::journal,
    entity::{account::AccountKind, category::CategoryKind, journal_entry::EntryKind},
    error::Result,
    id::{Id, kind},
};

/// How much of some journal entries of transactions went into which category, in the order of their lines.
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

/// The wallets that some journal entries of transactions moved money of.
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

/// Which way money goes by a journal entry of a kind.
#[must_use]
pub fn kind_of(kind: EntryKind) -> CategoryKind {
    if kind == EntryKind::Income { CategoryKind::Income } else { CategoryKind::Expense }
}
