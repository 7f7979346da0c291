//! Finds earlier entries that have the same idempotency key or the same reference as a draft. Keys of operations that posted nothing
//! (`used_key`) are found by the same statement.

use std::collections::BTreeSet;

use sea_orm::{
    ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};
use uuid::Uuid;

use super::draft::{Draft, Idempotency, Posted, Refused};
use crate::{
    db::Transaction,
    entity::{journal_entry, posting, used_key},
    error::Result,
    id::{Id, kind},
    list::any_of::any_of,
};

/// An idempotency key or a reference, with its book.
type Mark = (Uuid, String);

/// Idempotency keys and references, each with its book.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    /// Idempotency keys.
    pub keys: Vec<Mark>,
    /// References.
    pub references: Vec<Mark>,
}

/// What earlier requests used of some keys and references.
#[derive(Clone, Debug, Default)]
pub(super) struct Repeats {
    /// The entries that have one of them.
    pub(super) entries: Vec<journal_entry::Model>,
    /// The keys, each with its book, of requests that posted nothing.
    pub(super) unposted: Vec<Mark>,
}

impl Repeats {
    /// The result for a request whose key this entry has, or no entry: the entry, or a conflict when the input differs or a
    /// request that posted nothing used the key. `None` when the key is new.
    pub(super) fn answer(
        &self,
        entry: Option<&journal_entry::Model>,
        book_id: Id<kind::Book>,
        idempotency: &Idempotency,
    ) -> Option<Result<Posted, Refused>> {
        let Some(entry) = entry else {
            let is_same = |(book, key): &Mark| *book == book_id.uuid() && *key == idempotency.key;
            return self.unposted.iter().any(is_same).then_some(Err(Refused::IdempotencyConflict(None)));
        };
        if entry.request_hash.as_ref() != Some(&idempotency.request_hash) {
            return Some(Err(Refused::IdempotencyConflict(Some(entry.into()))));
        }
        Some(Ok(Posted { entry: entry.clone(), postings: Vec::new(), replayed: true }))
    }
}

/// Returns the result of an earlier request of the book with the same idempotency key; `None` when the key is new. The key of a
/// request that posted nothing is a conflict: an operation that posts was not what it asked for.
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
    let keys = vec![(book_id.uuid(), idempotency.key.clone())];
    let found = find_marked(conn, Marks { keys, references: Vec::new() }).await?;
    let Some(mut answer) = found.answer(found.entries.first(), book_id, idempotency) else { return Ok(None) };
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
    let marks = Marks { keys: keys.collect(), references: Vec::new() };
    Ok(find_marked(conn, marks).await?.entries)
}

/// What earlier requests used of the idempotency keys and references of the drafts.
pub(super) async fn find(tx: &Transaction, drafts: &[&Draft]) -> Result<Repeats> {
    let key = |draft: &&Draft| Some((draft.book_id.uuid(), draft.idempotency.as_ref()?.key.clone()));
    let reference = |draft: &&Draft| Some((draft.book_id.uuid(), draft.reference.clone()?));
    let (keys, references) = (drafts.iter().filter_map(key).collect(), drafts.iter().filter_map(reference).collect());
    find_marked(tx, Marks { keys, references }).await
}

/// What earlier requests used of these idempotency keys and references.
pub(super) async fn find_marked(conn: &impl ConnectionTrait, marks: Marks) -> Result<Repeats> {
    let (mut ids, unposted) = with_keys(conn, marks.keys).await?;
    ids.extend(with_references(conn, marks.references).await?);
    Ok(Repeats { entries: find_ids(conn, ids).await?, unposted })
}

/// The ids of the entries that have these keys, and the keys of requests that posted nothing.
async fn with_keys(conn: &impl ConnectionTrait, keys: Vec<Mark>) -> Result<(BTreeSet<Id<kind::Entry>>, Vec<Mark>)> {
    use used_key::Column;
    let (mut ids, mut unposted) = (BTreeSet::new(), Vec::new());
    if keys.is_empty() {
        return Ok((ids, unposted));
    }
    let used = Query::select()
        .column(Column::ThingId)
        .from(used_key::Entity)
        .and_where(Expr::col((used_key::Entity, Column::BookId)).eq(wanted("column1")))
        .and_where(Expr::col((used_key::Entity, Column::IdempotencyKey)).eq(wanted("column2")))
        .take();
    let entry = entry_with(journal_entry::Column::IdempotencyKey);
    let query = look_up(entry, keys)
        .expr_as(Expr::SubQuery(None, Box::new(used.into())), "thing_id")
        .expr_as(wanted("column1"), "book_id")
        .expr_as(wanted("column2"), "key")
        .take();
    for row in conn.query_all(&query).await? {
        ids.extend(row.try_get::<Option<Id<kind::Entry>>>("", "id")?);
        if row.try_get::<Option<Uuid>>("", "thing_id")?.is_some() {
            unposted.push((row.try_get("", "book_id")?, row.try_get("", "key")?));
        }
    }
    Ok((ids, unposted))
}

/// The ids of the entries that succeeded and have these references.
async fn with_references(conn: &impl ConnectionTrait, references: Vec<Mark>) -> Result<BTreeSet<Id<kind::Entry>>> {
    let mut ids = BTreeSet::new();
    if references.is_empty() {
        return Ok(ids);
    }
    let mut entry = entry_with(journal_entry::Column::Reference);
    // Word for word as the index says: SQLite is built not to look at bound values when it plans.
    entry.and_where(Expr::cust("status = 'SUCCEEDED' AND reference <> ''"));
    for row in conn.query_all(&look_up(entry, references)).await? {
        ids.extend(row.try_get::<Option<Id<kind::Entry>>>("", "id")?);
    }
    Ok(ids)
}

/// The entry of a wanted book whose key or reference, by the column, is the wanted one.
fn entry_with(column: journal_entry::Column) -> SelectStatement {
    Query::select()
        .column(journal_entry::Column::Id)
        .from(journal_entry::Entity)
        .and_where(Expr::col((journal_entry::Entity, journal_entry::Column::BookId)).eq(wanted("column1")))
        .and_where(Expr::col((journal_entry::Entity, column)).eq(wanted("column2")))
        .take()
}

/// Looks an entry up for each mark.
///
/// Each in a subquery of its own, so that the unique index is used. With all texts in one `IN` condition PostgreSQL scans all
/// entries of the book while it has no statistics about them, which is so in a transaction that writes many.
fn look_up(entry: SelectStatement, mut marks: Vec<Mark>) -> SelectStatement {
    // So that the database prepares few statements.
    if let Some(last) = marks.last().cloned() {
        marks.resize(marks.len().next_power_of_two(), last);
    }
    Query::select().expr_as(Expr::SubQuery(None, Box::new(entry.into())), "id").from_values(marks, "wanted").take()
}

fn wanted(column: &'static str) -> Expr {
    Expr::col(("wanted", column))
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
