//! The versions of a document: the journal entries that were posted for it, each with the entry that reversed it.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::{
    entity::{
        account::{self, AccountKind},
        journal_entry::{self, EntryStatus},
        posting,
    },
    error::Result,
    id::{Id, kind},
};

/// One version of a document.
#[derive(Clone, Debug)]
pub struct Version {
    /// The entry that was posted for this version.
    pub entry: journal_entry::Model,
    /// The entry that reversed it, when the document was changed or deleted afterwards.
    pub reversal: Option<journal_entry::Model>,
}

/// All versions of these documents. The versions of one document are in the order in which they were posted, oldest
/// first.
///
/// # Errors
/// When the database fails.
pub async fn versions(
    conn: &impl ConnectionTrait,
    documents: impl IntoIterator<Item = Id<kind::Document>>,
) -> Result<Vec<Version>> {
    let entries = journal_entry::Entity::find()
        .filter(journal_entry::Column::DocumentId.is_in(documents))
        .filter(journal_entry::Column::Status.eq(EntryStatus::Succeeded))
        .order_by_asc(journal_entry::Column::CreatedAt)
        .order_by_asc(journal_entry::Column::Id)
        .all(conn)
        .await?;
    let (posted, reversals): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| entry.reverses_id.is_none());
    let mut reversals: HashMap<_, _> = reversals.into_iter().map(|reversal| (reversal.reverses_id, reversal)).collect();
    Ok(posted
        .into_iter()
        .map(|entry| {
            let reversal = reversals.remove(&Some(entry.id));
            Version { entry, reversal }
        })
        .collect())
}

/// The postings of these entries on accounts of these kinds: the entry, the holder of the account and the amount in
/// minor units, in the order of the entry's lines.
///
/// # Errors
/// When the database fails.
pub async fn shares(
    conn: &impl ConnectionTrait,
    kinds: &[AccountKind],
    entries: impl IntoIterator<Item = Id<kind::Entry>>,
) -> Result<Vec<(Id<kind::Entry>, Id<kind::Holder>, i64)>> {
    let postings = posting::Entity::find()
        .filter(posting::Column::EntryId.is_in(entries))
        .order_by_asc(posting::Column::EntryId)
        .order_by_asc(posting::Column::Line)
        .all(conn)
        .await?;
    let sides = |posting: &posting::Model| [posting.debit_account_id, posting.credit_account_id];
    let accounts = account::Entity::find()
        .filter(account::Column::Id.is_in(postings.iter().flat_map(sides).collect::<BTreeSet<_>>()))
        .filter(account::Column::Kind.is_in(kinds.iter().copied()))
        .all(conn)
        .await?;
    let holders: HashMap<_, _> = accounts.into_iter().map(|account| (account.id, account.holder_id)).collect();
    let share = |posting: &posting::Model| {
        let holder = sides(posting).into_iter().find_map(|account| holders.get(&account))?;
        Some((posting.entry_id, *holder, posting.amount))
    };
    Ok(postings.iter().filter_map(share).collect())
}
