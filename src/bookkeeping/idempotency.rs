//! Idempotency keys: a client may send a request again with the same key, and it is done only once.
//!
//! An operation that takes a key first looks for the entry of an earlier request with that key. This alone is not
//! enough. Of two requests at the same time, the second may look before the first commits, and then be refused because
//! of what the first did (its invoice number is taken, the invoice is paid). So [`write`] accepts a refusal only if
//! there is still no entry with the key afterwards, and otherwise runs the operation again.
//!
//! Most operations post to the journal, whose entries keep their keys. The few that post nothing keep theirs in `used_key`
//! (`mark_used`). The look-up of the journal sees both in one statement, so that a key belongs to one request, whichever it was.
//! Only on PostgreSQL, and only when a request that posts and one that does not come with one key at the same moment for different
//! customers, may both be done; each is still done once.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter,
    sea_query::{Expr, OnConflict},
};
use serde::Serialize;
use sha2::{Digest, Sha256};
use type_safe_id::StaticType;
use uuid::Uuid;

use super::journal::{self, Idempotency, NO_HASH};
use crate::{
    app::App,
    db::Transaction,
    entity::used_key,
    error::{Code, Error, Refusal, Result},
    id::Id,
    text,
    viewer::Viewer,
};

/// The key of a request with the hash of its input. Requests are compared by the JSON of the input, and stored hashes
/// never expire: so the JSON must name the operation, and a field that is added later must be left out of the JSON when
/// it is absent.
///
/// # Errors
/// When the input cannot be written as JSON. The inner result is the refusal of a malformed key.
pub fn of(key: Option<&str>, input: &impl Serialize) -> Result<Result<Option<Idempotency>, Refusal>> {
    let Some(key) = key else { return Ok(Ok(None)) };
    let key = match text::token(key, 255, "idempotencyKey") {
        Ok(key) => key,
        Err(refusal) => return Ok(Err(refusal)),
    };
    Ok(Ok(Some(Idempotency { key, request_hash: hash(input)? })))
}

/// The hash by which inputs are compared: SHA-256 of their JSON.
///
/// # Errors
/// When the input cannot be written as JSON.
pub(super) fn hash(input: &impl Serialize) -> Result<Vec<u8>> {
    let input = serde_json::to_vec(input).map_err(|error| DbErr::Custom(error.to_string()))?;
    Ok(Sha256::digest(input).to_vec())
}

/// Runs an operation that takes a key in a write transaction. `work` must look for the key before anything else, and
/// may run twice.
///
/// # Errors
/// The refusals and faults of `work`, and those of [`crate::db::Db::write`].
pub(super) async fn write<T, F>(
    app: &App,
    viewer: &Viewer,
    key: &Result<Option<Idempotency>, Refusal>,
    work: impl Fn(Transaction) -> F,
) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    let Ok(Some(key)) = key else { return app.db.write(work).await };
    let done = app.db.write_repeatable(&work).await;
    let Err(Error::Refused(refusals)) = &done else { return done };
    let is_final =
        |refusal: &Refusal| matches!(refusal.code, Code::IdempotencyConflict | Code::TryAgain | Code::OutcomeUnknown);
    if refusals.iter().any(is_final) || journal::find_repeat(app.db.read(), viewer.book, key).await?.is_none() {
        return done;
    }
    app.db.write_repeatable(work).await
}

/// Looks for an earlier request with this key whose operation posted nothing to the journal. Returns what it was about.
///
/// # Errors
/// `IDEMPOTENCY_CONFLICT` when the key was used with another input, or by an operation that posted.
pub(super) async fn find_used<K: StaticType>(
    tx: &Transaction,
    viewer: &Viewer,
    key: &Idempotency,
) -> Result<Option<Id<K>>> {
    let used = used_key::Entity::find_by_id((viewer.book, key.key.clone())).one(tx).await?;
    match used {
        Some(used) if used.request_hash == key.request_hash => Ok(Some(Id::from_uuid(used.thing_id))),
        Some(_) => Err(conflict().into()),
        None => match journal::find_repeat(tx, viewer.book, key).await? {
            None => Ok(None),
            Some(Err(refused)) => Err(Refusal::from(refused).into()),
            Some(Ok(_)) => Err(conflict().into()),
        },
    }
}

/// Keeps the key of a request whose operation posted nothing to the journal, with what it was about.
///
/// # Errors
/// `IDEMPOTENCY_CONFLICT` when another request used it meanwhile.
pub(super) async fn mark_used<K: StaticType>(
    tx: &Transaction,
    viewer: &Viewer,
    key: Idempotency,
    thing: Id<K>,
) -> Result<()> {
    let used = used_key::Model {
        book_id: viewer.book,
        idempotency_key: key.key,
        request_hash: key.request_hash,
        thing_id: thing.uuid(),
    };
    let insert = used_key::Entity::insert(used.into_active_model());
    let inserted = insert.on_conflict(OnConflict::new().do_nothing().to_owned()).exec_without_returning(tx).await?;
    if inserted == 0 { Err(conflict().into()) } else { Ok(()) }
}

/// Those of these keys that operations used which posted nothing to the journal.
///
/// # Errors
/// When the database fails.
pub(super) async fn find_all_used(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    keys: impl IntoIterator<Item = String>,
) -> Result<Vec<used_key::Model>> {
    let used = used_key::Entity::find().filter(used_key::Column::BookId.eq(viewer.book));
    Ok(used.filter(used_key::Column::IdempotencyKey.is_in(keys)).all(conn).await?)
}

/// Keeps new keys of an operation that posts nothing to the journal, each with what it is about. Nobody else may use such keys.
///
/// # Errors
/// When the database fails.
pub(super) async fn mark_all_used(
    tx: &Transaction,
    viewer: &Viewer,
    keys: impl IntoIterator<Item = (Idempotency, Uuid)>,
) -> Result<()> {
    let used = |(key, thing_id): (Idempotency, Uuid)| used_key::Model {
        book_id: viewer.book,
        idempotency_key: key.key,
        request_hash: key.request_hash,
        thing_id,
    };
    let rows: Vec<_> = keys.into_iter().map(|key| used(key).into_active_model()).collect();
    if !rows.is_empty() {
        used_key::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Forgets the inputs that keys were used with, because they told of customers who were erased. The keys stay used.
///
/// # Errors
/// When the database fails.
pub(super) async fn forget_inputs(
    tx: &Transaction,
    viewer: &Viewer,
    things: impl IntoIterator<Item = Uuid>,
) -> Result<()> {
    let forgotten = used_key::Entity::update_many();
    let forgotten = forgotten.col_expr(used_key::Column::RequestHash, Expr::value(NO_HASH.to_vec()));
    let forgotten = forgotten.filter(used_key::Column::BookId.eq(viewer.book));
    forgotten.filter(used_key::Column::ThingId.is_in(things)).exec(tx).await?;
    Ok(())
}

fn conflict() -> Refusal {
    let message = "This idempotency key was already used with another input.";
    Refusal::new(Code::IdempotencyConflict, "idempotencyKey", message)
}
