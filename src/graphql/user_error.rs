//! User errors: converting refusals for the payload of a mutation, and recording them in the audit log.

use async_graphql::{Context, SimpleObject, Value};
use sea_orm::DbErr;

use super::{ApiError, error::ContextExt};
use crate::{
    activity::{self, ActivityEvent},
    bookkeeping::document::Replayable,
    entity::activity::Action,
    error::{Code, Error, Refusal},
};

/// A problem with the input of a mutation.
#[derive(Debug, SimpleObject)]
#[graphql(directive = crate::price::Cost::apply(0))]
pub(super) struct UserError {
    /// The kind of problem. It is stable, so programs can depend on it.
    code: Code,
    /// A sentence for people that says what is wrong. Its wording may change.
    message: String,
    /// The path to the input field concerned, such as `["lines", "0", "amount"]`. Empty when the problem concerns the
    /// whole input.
    path: Vec<String>,
    /// The number of seconds to wait before the next attempt. Null unless `code` is `TOO_MANY_ATTEMPTS`.
    retry_after: Option<i32>,
}

impl From<Refusal> for UserError {
    fn from(refusal: Refusal) -> Self {
        let path = refusal.path.split('.').filter(|name| !name.is_empty()).map(str::to_owned).collect();
        Self { code: refusal.code, message: refusal.message, path, retry_after: refusal.retry_after }
    }
}

/// Converts the result of an operation into its value or its user errors. User errors are recorded in the audit log. A fault is
/// returned as an error.
pub(super) async fn into_payload<T>(
    ctx: &Context<'_>,
    action: Action,
    result: Result<T, Error>,
) -> Result<(Option<T>, Vec<UserError>), ApiError> {
    if let Err(Error::Refused(refusals)) = &result {
        let viewer = ctx.viewer()?;
        let act = ActivityEvent::by(viewer, action).on_named(&named(ctx)?);
        let act = match action {
            Action::UpdateBook => act.on(viewer.book),
            Action::UpdateProfile => act.on(viewer.user),
            _ => act,
        };
        activity::refuse(ctx.app()?, act, refusals).await?;
    }
    into_recorded_payload(result)
}

/// Like [`into_payload`], for operations that can be repeated with an idempotency key. Also returns whether this is the result of
/// an earlier request.
pub(super) async fn into_replayable_payload<T>(
    ctx: &Context<'_>,
    action: Action,
    result: Result<Replayable<T>, Error>,
) -> Result<(Option<T>, bool, Vec<UserError>), ApiError> {
    let (done, user_errors) = into_payload(ctx, action, result).await?;
    let replayed = done.as_ref().is_some_and(|done| done.replayed);
    Ok((done.map(|done| done.document), replayed, user_errors))
}

/// Like [`into_payload`], for operations that record their refusals themselves.
pub(super) fn into_recorded_payload<T>(result: Result<T, Error>) -> Result<(Option<T>, Vec<UserError>), ApiError> {
    match result {
        Ok(value) => Ok((Some(value), Vec::new())),
        Err(Error::Refused(refusals)) => Ok((None, refusals.into_iter().map(UserError::from).collect())),
        Err(fault) => Err(fault.into()),
    }
}

/// The value of the field `id` in the mutation's input. Empty when there is none.
fn named(ctx: &Context<'_>) -> Result<String, ApiError> {
    let arguments = ctx.field().arguments().map_err(|error| Error::Fault(DbErr::Custom(error.message)))?;
    let input = arguments.into_iter().find(|(name, _)| name == "input");
    Ok(match input {
        Some((_, Value::Object(input))) => match input.get("id") {
            Some(Value::String(id)) => id.clone(),
            _ => String::new(),
        },
        _ => String::new(),
    })
}
