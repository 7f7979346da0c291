//! Keys under which a request may be sent again without being done again.

use sea_orm::DbErr;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::journal::Idempotency;
use crate::{
    error::{Refusal, Result},
    text,
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
