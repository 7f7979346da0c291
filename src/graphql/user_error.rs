//! User errors: what a user can mend, in the payload of a mutation.

use async_graphql::SimpleObject;

use super::ApiError;
use crate::error::{Code, Error, Refusal};

/// One thing that is wrong with the input of a mutation.
#[derive(Debug, SimpleObject)]
pub(super) struct UserError {
    /// What kind of thing. Programs decide by it.
    code: Code,
    /// A sentence for people. It may change.
    message: String,
    /// Where in the input: the names of the fields on the way to it. Empty when it is about the whole input.
    path: Vec<String>,
    /// For how many seconds to wait before the next attempt, when there were too many.
    retry_after: Option<i32>,
}

impl From<Refusal> for UserError {
    fn from(refusal: Refusal) -> Self {
        let path = refusal.path.split('.').filter(|name| !name.is_empty()).map(str::to_owned).collect();
        Self { code: refusal.code, message: refusal.message, path, retry_after: refusal.retry_after }
    }
}

/// What an operation gave, or the user errors that it was refused with. A fault goes on.
pub(super) fn settle<T>(result: Result<T, Error>) -> Result<(Option<T>, Vec<UserError>), ApiError> {
    match result {
        Ok(value) => Ok((Some(value), Vec::new())),
        Err(Error::Refused(refusals)) => Ok((None, refusals.into_iter().map(UserError::from).collect())),
        Err(fault) => Err(fault.into()),
    }
}
