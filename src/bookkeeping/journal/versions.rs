//! What a document was: the entries that were posted for it, one after the other, and what took each of them back.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::{
    entity::journal_entry::{self, EntryStatus},
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
    let mut reversals: std::collections::HashMap<_, _> =
        reversals.into_iter().map(|reversal| (reversal.reverses_id, reversal)).collect();
    Ok(posted
        .into_iter()
        .map(|entry| {
            let reversal = reversals.remove(&Some(entry.id));
            Version { entry, reversal }
        })
        .collect())
}
