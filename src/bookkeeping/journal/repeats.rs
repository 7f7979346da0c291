//! Earlier entries that a draft repeats: the same idempotency key, or the same reference.

use std::collections::BTreeMap;

use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder};

use super::{Draft, Idempotency, Posted, Refused};
use crate::{
    entity::{
        journal_entry::{self, EntryStatus},
        posting,
    },
    error::Result,
    id::{Id, kind},
};

/// The answer to a request that was made before with the same idempotency key, if there is one. A caller asks before it
/// checks anything else, since what was true for the first request may no longer be.
///
/// # Errors
/// When the database fails.
pub async fn find_repeat(
    conn: &impl ConnectionTrait,
    book_id: Id<kind::Book>,
    idempotency: &Idempotency,
) -> Result<Option<Result<Posted, Refused>>> {
    let entry = journal_entry::Entity::find().filter(same_key(book_id, idempotency)).one(conn).await?;
    let Some(entry) = entry else { return Ok(None) };
    let mut answer = [answer(&entry, idempotency)];
    load_postings(conn, &mut answer).await?;
    let [answer] = answer;
    Ok(Some(answer))
}

/// The entries of earlier requests of a book with some keys.
///
/// # Errors
/// When the database fails.
pub async fn find_keys(
    conn: &impl ConnectionTrait,
    book_id: Id<kind::Book>,
    keys: impl IntoIterator<Item = &str>,
) -> Result<Vec<journal_entry::Model>> {
    let entries = journal_entry::Entity::find().filter(journal_entry::Column::BookId.eq(book_id));
    Ok(entries.filter(journal_entry::Column::IdempotencyKey.is_in(keys)).all(conn).await?)
}

/// What an earlier entry with the same key means for a request.
pub(super) fn answer(earlier: &journal_entry::Model, idempotency: &Idempotency) -> Result<Posted, Refused> {
    if earlier.request_hash.as_ref() != Some(&idempotency.request_hash) {
        return Err(Refused::IdempotencyConflict);
    }
    Ok(Posted { entry: earlier.clone(), postings: Vec::new(), replayed: true })
}

/// The earlier entries that drafts repeat.
pub(super) async fn find(tx: &DatabaseTransaction, drafts: &[Draft]) -> Result<Vec<journal_entry::Model>> {
    // By book, so that it is few terms for many drafts.
    let (mut keys, mut references) = (BTreeMap::<_, Vec<_>>::new(), BTreeMap::<_, Vec<_>>::new());
    for draft in drafts {
        keys.entry(draft.book_id).or_default().extend(draft.idempotency.as_ref().map(|idempotency| &idempotency.key));
        references.entry(draft.book_id).or_default().extend(&draft.reference);
    }
    let in_book = |book_id: Id<kind::Book>| Condition::all().add(journal_entry::Column::BookId.eq(book_id));
    let mut repeats = Condition::any();
    for (book_id, keys) in keys.into_iter().filter(|(_, keys)| !keys.is_empty()) {
        repeats = repeats.add(in_book(book_id).add(journal_entry::Column::IdempotencyKey.is_in(keys)));
    }
    for (book_id, references) in references.into_iter().filter(|(_, references)| !references.is_empty()) {
        let same_reference = in_book(book_id)
            .add(journal_entry::Column::Reference.is_in(references))
            .add(journal_entry::Column::Status.eq(EntryStatus::Succeeded));
        repeats = repeats.add(same_reference);
    }
    if repeats.is_empty() {
        return Ok(Vec::new());
    }
    Ok(journal_entry::Entity::find().filter(repeats).all(tx).await?)
}

/// Adds the postings to results that are entries of earlier requests.
pub(super) async fn load_postings(conn: &impl ConnectionTrait, results: &mut [Result<Posted, Refused>]) -> Result<()> {
    let replayed: Vec<_> = results.iter_mut().flatten().filter(|posted| posted.replayed).collect();
    if replayed.is_empty() {
        return Ok(());
    }
    let postings = posting::Entity::find()
        .filter(posting::Column::EntryId.is_in(replayed.iter().map(|posted| posted.entry.id)))
        .order_by_asc(posting::Column::Line)
        .all(conn)
        .await?;
    for posted in replayed {
        posted.postings = postings.iter().filter(|line| line.entry_id == posted.entry.id).cloned().collect();
    }
    Ok(())
}

fn same_key(book_id: Id<kind::Book>, idempotency: &Idempotency) -> Condition {
    Condition::all()
        .add(journal_entry::Column::BookId.eq(book_id))
        .add(journal_entry::Column::IdempotencyKey.eq(&idempotency.key))
}
