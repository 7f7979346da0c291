//! Finds earlier entries that have the same idempotency key or the same reference as a draft.

use std::collections::BTreeSet;

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, ExprTrait, Query},
};
use uuid::Uuid;

use super::draft::{Draft, Idempotency, Posted, Refused};
use crate::{
    db::Transaction,
    entity::{
        journal_entry::{self, EntryStatus},
        posting,
    },
    error::Result,
    id::{Id, kind},
    list::any_of::any_of,
};

/// Idempotency keys and references, each with its book.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    /// Idempotency keys.
    pub keys: Vec<(Uuid, String)>,
    /// References.
    pub references: Vec<(Uuid, String)>,
}

/// Returns the result of an earlier request of the book with the same idempotency key; `None` when the key is new.
/// Callers ask for it before they check the input: what was valid for the first request (an existing wallet, enough
/// money) may no longer be.
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
    let mut answer = answer(&entry, idempotency);
    load_postings(conn, &mut answer).await?;
    Ok(Some(answer))
}

/// The entries of a book that were posted with these idempotency keys.
///
/// # Errors
/// When the database fails.
pub async fn find_keys(
    conn: &impl ConnectionTrait,
    book_id: Id<kind::Book>,
    keys: impl IntoIterator<Item = &str>,
) -> Result<Vec<journal_entry::Model>> {
    let keys = keys.into_iter().map(|key| (book_id.uuid(), key.to_owned()));
    let with_keys = ids_of(conn, keys.collect(), journal_entry::Column::IdempotencyKey).await?;
    find_ids(conn, with_keys).await
}

/// The result for a request whose key an earlier entry has: that entry, or a conflict when the input differs.
pub(super) fn answer(earlier: &journal_entry::Model, idempotency: &Idempotency) -> Result<Posted, Refused> {
    if earlier.request_hash.as_ref() != Some(&idempotency.request_hash) {
        return Err(Refused::IdempotencyConflict(earlier.into()));
    }
    Ok(Posted { entry: earlier.clone(), postings: Vec::new(), replayed: true })
}

/// The existing entries that have the same idempotency key or reference as one of the drafts.
pub(super) async fn find(tx: &Transaction, drafts: &[&Draft]) -> Result<Vec<journal_entry::Model>> {
    let key = |draft: &&Draft| Some((draft.book_id.uuid(), draft.idempotency.as_ref()?.key.clone()));
    let reference = |draft: &&Draft| Some((draft.book_id.uuid(), draft.reference.clone()?));
    let (keys, references) = (drafts.iter().filter_map(key).collect(), drafts.iter().filter_map(reference).collect());
    find_marked(tx, Marks { keys, references }).await
}

/// The existing entries that have one of these idempotency keys or references.
pub(super) async fn find_marked(tx: &Transaction, marks: Marks) -> Result<Vec<journal_entry::Model>> {
    let mut ids = ids_of(tx, marks.keys, journal_entry::Column::IdempotencyKey).await?;
    ids.extend(ids_of(tx, marks.references, journal_entry::Column::Reference).await?);
    find_ids(tx, ids).await
}

/// Finds the ids of entries by pairs of book and text, where the text is an idempotency key or a reference (depending
/// on `column`). For references, only entries that succeeded count.
///
/// Looks each pair up in a subquery of its own, so that the unique index is used. With all texts in one `IN` condition
/// PostgreSQL scans all entries of the book while it has no statistics about them, which is so in a transaction that
/// writes many.
async fn ids_of(
    conn: &impl ConnectionTrait,
    mut wanted: Vec<(Uuid, String)>,
    column: journal_entry::Column,
) -> Result<BTreeSet<Id<kind::Entry>>> {
    let Some(last) = wanted.last().cloned() else { return Ok(BTreeSet::new()) };
    // So that the database prepares few statements.
    wanted.resize(wanted.len().next_power_of_two(), last);
    let [book_id, text] = ["column1", "column2"].map(|name| Expr::col(("wanted", name)));
    let mut entry = Query::select()
        .column(journal_entry::Column::Id)
        .from(journal_entry::Entity)
        .and_where(Expr::col((journal_entry::Entity, journal_entry::Column::BookId)).eq(book_id))
        .and_where(Expr::col((journal_entry::Entity, column)).eq(text))
        .take();
    if matches!(column, journal_entry::Column::Reference) {
        entry.and_where(journal_entry::Column::Status.eq(EntryStatus::Succeeded));
    }
    let mut found = Query::select();
    found.expr_as(Expr::SubQuery(None, Box::new(entry.into())), "id").from_values(wanted, "wanted");
    let mut ids = BTreeSet::new();
    for row in conn.query_all(&found).await? {
        ids.extend(row.try_get::<Option<Id<kind::Entry>>>("", "id")?);
    }
    Ok(ids)
}

async fn find_ids(conn: &impl ConnectionTrait, ids: BTreeSet<Id<kind::Entry>>) -> Result<Vec<journal_entry::Model>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids = any_of(conn.get_database_backend(), journal_entry::Column::Id, ids);
    Ok(journal_entry::Entity::find().filter(ids).all(conn).await?)
}

/// Loads the postings of the entries that were posted earlier.
///
/// # Errors
/// When the database fails.
pub async fn load_postings<'a>(
    conn: &impl ConnectionTrait,
    posted: impl IntoIterator<Item = &'a mut Posted>,
) -> Result<()> {
    let replayed: Vec<_> = posted.into_iter().filter(|posted| posted.postings.is_empty()).collect();
    if replayed.is_empty() {
        return Ok(());
    }
    let postings = posting::Entity::find()
        .filter(any_of(
            conn.get_database_backend(),
            posting::Column::EntryId,
            replayed.iter().map(|posted| posted.entry.id),
        ))
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
