//! Keys under which a request may be sent again without being done again.
//!
//! An operation that takes a key looks first for the entry that an earlier request made under it. That look alone is not enough:
//! of two requests that come at once, the second may look before the first commits, and then be refused because of what the
//! first did (its number is taken, the invoice is paid). So a refusal counts only when there is still no entry with the key
//! afterwards ([`write`]).

use sea_orm::DbErr;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::journal::{self, Idempotency};
use crate::{
    app::App,
    db::Transaction,
    error::{Code, Error, Refusal, Result},
    text,
    viewer::Viewer,
};

/// The key of a request, with the hash of its input. The JSON of the input is what keys are compared by, for ever: it must
/// name the operation, and a new field must be left out of it when it is absent.
///
/// # Errors
/// When the input has no JSON; what is wrong with the key is in the inner result.
pub fn of(key: Option<&str>, input: &impl Serialize) -> Result<Result<Option<Idempotency>, Refusal>> {
    let Some(key) = key else { return Ok(Ok(None)) };
    let key = match text::token(key, 255, "idempotencyKey") {
        Ok(key) => key,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let input = serde_json::to_vec(input).map_err(|error| DbErr::Custom(error.to_string()))?;
    Ok(Ok(Some(Idempotency { key, request_hash: Sha256::digest(input).to_vec() })))
}

/// Runs the work of an operation that takes a key in a write transaction. The work must look for the key before anything else.
///
/// # Errors
/// What `work` refuses or suffers, as for [`crate::db::Db::write`].
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
