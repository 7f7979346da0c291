//! What a document was: the entries that were posted for it, one after the other, and what took each of them back.

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

/// One state that a document was in.
#[derive(Clone, Debug)]
pub struct Version {
    /// What was posted for it.
    pub entry: journal_entry::Model,
    /// What took that back, when the document was changed or deleted.
    pub reversal: Option<journal_entry::Model>,
}

/// The versions of documents, each document's oldest first.
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

/// What entries moved on accounts of some kinds: the entry, the holder of the account and the amount, in the order of their
/// lines.
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
