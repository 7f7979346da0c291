//! How operations that create an object begin: they look for an earlier request with the same id or idempotency key.

use async_graphql::ID;
use type_safe_id::StaticType;

use super::{
    document, idempotency,
    journal::Idempotency,
    new_id::{Claim, ClientId, FreeId, claim},
};
use crate::{
    activity::ActivityEvent,
    app::App,
    db::Transaction,
    error::{Code, Refusal, Result},
    id::Id,
    viewer::Viewer,
};

/// How a request that creates an object begins.
#[derive(Clone, Debug)]
pub(super) enum Begun<K: StaticType> {
    /// The object is to be created with this id.
    New(FreeId<K>),
    /// The result of an earlier request: the object that it created, or the refusal of a wallet that was recorded for it.
    Earlier(Result<Id<K>, Refusal>),
}

/// Runs an operation that creates an object in a write transaction. `work` must call [`begin`] before anything else, and
/// may run twice.
///
/// # Errors
/// The refusals and faults of `work`, and those of [`crate::db::Db::write`].
pub(super) async fn write<T, F>(
    app: &App,
    viewer: &Viewer,
    id: Option<&ID>,
    key: &Result<Option<Idempotency>, Refusal>,
    work: impl Fn(Transaction) -> F,
) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    match (id, key) {
        (Some(_), Ok(None)) => app.db.write_repeatable(work).await,
        _ => idempotency::write(app, viewer, key, work).await,
    }
}

/// Looks for an earlier request with the same id or the same idempotency key, and takes the id if there is none. Records
/// the repetition in the activity log.
///
/// # Errors
/// `INVALID` at `id`; `IDEMPOTENCY_CONFLICT` at `id` or `idempotencyKey` when either was used with another input, or the key
/// for another id.
pub(super) async fn begin<K: StaticType + Copy>(
    tx: &Transaction,
    app: &App,
    viewer: &Viewer,
    act: ActivityEvent,
    wanted: Option<&ClientId>,
    key: Option<&Idempotency>,
) -> Result<Begun<K>> {
    let claim: Claim<K> = claim(tx, viewer, wanted).await?;
    let by_key = document::repeated_attempt(tx, app, viewer, act.clone(), key).await?;
    match (claim, by_key) {
        (Claim::New(free), None) => Ok(Begun::New(free)),
        (Claim::Used(id), None) => {
            act.on(id).replayed().record(tx, &app.clock).await?;
            Ok(Begun::Earlier(Ok(id)))
        }
        (Claim::Used(used), Some(Ok(id))) if used.uuid() == id.uuid() => Ok(Begun::Earlier(Ok(id))),
        (Claim::New(_), Some(Ok(id))) if wanted.is_none() => Ok(Begun::Earlier(Ok(id))),
        // The refusal is committed with the record of the repetition, and leaves the id free.
        (Claim::New(free), Some(Err(refusal))) => {
            free.release(tx).await?;
            Ok(Begun::Earlier(Err(refusal)))
        }
        (_, Some(_)) => {
            let message = "This idempotency key was already used with another id.";
            Err(Refusal::new(Code::IdempotencyConflict, "idempotencyKey", message).into())
        }
    }
}
