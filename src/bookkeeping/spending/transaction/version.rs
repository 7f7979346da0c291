//! The data of a transaction's versions, read from their journal entries.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::{
    bookkeeping::journal,
    entity::{account::AccountKind, category::CategoryKind, journal_entry::EntryKind, version_note},
    error::Result,
    id::{Id, kind},
};

/// A line of a version.
#[derive(Clone, Debug)]
pub struct Line {
    /// The category.
    pub category: Id<kind::Category>,
    /// The amount in minor units; negative for a refund.
    pub amount: i64,
    /// The note written by the user.
    pub note: Option<String>,
}

/// The lines of the versions that these journal entries recorded, in order, by entry.
///
/// # Errors
/// When the database fails.
pub async fn lines(
    conn: &impl ConnectionTrait,
    entries: &[Id<kind::Entry>],
) -> Result<HashMap<Id<kind::Entry>, Vec<Line>>> {
    let mut lines: HashMap<_, Vec<_>> = HashMap::new();
    let kinds = [AccountKind::Income, AccountKind::Expense];
    for (entry, holder, amount) in journal::shares(conn, &kinds, entries.iter().copied()).await? {
        lines.entry(entry).or_default().push(Line { category: holder.cast(), amount, note: None });
    }
    let of_entries = version_note::Column::EntryId.is_in(entries.iter().copied());
    for found in version_note::Entity::find().filter(of_entries).all(conn).await? {
        let line = usize::try_from(found.line - 1).ok().and_then(|at| lines.get_mut(&found.entry_id)?.get_mut(at));
        if let Some(line) = line {
            line.note = Some(found.note);
        }
    }
    Ok(lines)
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
    match kind {
        EntryKind::Income | EntryKind::TransferIn => CategoryKind::Income,
        _ => CategoryKind::Expense,
    }
}

/// Whether a journal entry of this kind records a half of a transfer, which is in no category.
#[must_use]
pub fn is_transfer(kind: EntryKind) -> bool {
    matches!(kind, EntryKind::TransferOut | EntryKind::TransferIn)
}
