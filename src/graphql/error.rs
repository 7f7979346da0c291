//! Errors that leave a resolver, and [`ContextExt`], through which resolvers get the app, the viewer and the loader.
//!
//! `ApiError` does not implement `Display`. Otherwise the library could convert it with `?` and publish the text of a fault by
//! accident.

use std::sync::Arc;

use async_graphql::{Context, ErrorExtensionValues, dataloader::DataLoader};
use sea_orm::DbErr;

use super::RequestLoader;
use crate::{
    app::App,
    bookkeeping::wallets::operation::Writer,
    client::Client,
    credentials::Cursors,
    db::Read,
    error::{Error, Refusal},
    viewer::Viewer,
};

/// The error code of a field that needs an authenticated user.
pub const UNAUTHENTICATED: &str = "UNAUTHENTICATED";
/// The error code of a field that took too long.
pub const TIMEOUT: &str = "TIMEOUT";
/// The error code of a fault.
pub const INTERNAL_SERVER_ERROR: &str = "INTERNAL_SERVER_ERROR";

/// Why a field has no value.
#[derive(Clone, Debug)]
pub enum ApiError {
    /// The request is not authenticated.
    Unauthenticated,
    /// The operation was refused, or failed with a fault.
    Failed(Arc<Error>),
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        Self::Failed(Arc::new(error))
    }
}

impl From<Arc<Error>> for ApiError {
    fn from(error: Arc<Error>) -> Self {
        Self::Failed(error)
    }
}

impl From<ApiError> for async_graphql::Error {
    fn from(error: ApiError) -> Self {
        let coded = |message: &str, code: async_graphql::Value| {
            let mut extensions = ErrorExtensionValues::default();
            extensions.set("code", code);
            Self { message: message.to_owned(), source: None, extensions: Some(extensions) }
        };
        let unauthenticated = || coded("You are not logged in.", UNAUTHENTICATED.into());
        match error {
            ApiError::Unauthenticated => unauthenticated(),
            ApiError::Failed(error) => match error.as_ref() {
                Error::Refused(refusals) => {
                    let message = refusals.iter().map(|refusal| refusal.message.as_str()).collect::<Vec<_>>().join(" ");
                    let code = refusals.first().map(|refusal| async_graphql::resolver_utils::enum_value(refusal.code));
                    let mut error = coded(&message, code.unwrap_or_else(|| INTERNAL_SERVER_ERROR.into()));
                    if let Some(seconds) = refusals.iter().filter_map(Refusal::retry_after).max()
                        && let Some(extensions) = &mut error.extensions
                    {
                        extensions.set("retryAfter", seconds);
                    }
                    error
                }
                Error::Gone => unauthenticated(),
                Error::TimedOut => coded("This took too long, so it was stopped.", TIMEOUT.into()),
                // The source is not part of the response. The endpoint writes it to the log.
                Error::Fault(_) => {
                    Self { source: Some(error), ..coded("internal error", INTERNAL_SERVER_ERROR.into()) }
                }
            },
        }
    }
}

/// What resolvers get from the context of a request.
pub(super) trait ContextExt {
    /// The app.
    fn app(&self) -> Result<&App, ApiError>;
    /// The address and the user agent of the client.
    fn client(&self) -> Result<&Client, ApiError>;
    /// The authenticated user. Fails for an unauthenticated request.
    fn viewer(&self) -> Result<&Viewer, ApiError>;
    /// The loader of the request. Fails for an unauthenticated request.
    fn loader(&self) -> Result<&DataLoader<RequestLoader>, ApiError>;
    /// The connection for reading. Fails for an unauthenticated request.
    fn read(&self) -> Result<&Read, ApiError>;
    /// What does wallet operations.
    fn writer(&self) -> Result<&Writer, ApiError>;
    /// The cursors of a list of the viewer's book.
    fn cursors(&self, list: &str) -> Result<Cursors<'_>, ApiError>;
}

impl ContextExt for Context<'_> {
    fn app(&self) -> Result<&App, ApiError> {
        self.data_opt().ok_or_else(|| Error::Fault(DbErr::Custom("the schema has no app".to_owned())).into())
    }

    fn client(&self) -> Result<&Client, ApiError> {
        self.data_opt().ok_or_else(|| Error::Fault(DbErr::Custom("the request has no client".to_owned())).into())
    }

    fn viewer(&self) -> Result<&Viewer, ApiError> {
        self.data_opt().ok_or(ApiError::Unauthenticated)
    }

    fn loader(&self) -> Result<&DataLoader<RequestLoader>, ApiError> {
        self.data_opt().ok_or(ApiError::Unauthenticated)
    }

    fn read(&self) -> Result<&Read, ApiError> {
        Ok(self.loader()?.loader().reader.conn())
    }

    fn writer(&self) -> Result<&Writer, ApiError> {
        self.data_opt().ok_or_else(|| Error::Fault(DbErr::Custom("the schema has no writer".to_owned())).into())
    }

    fn cursors(&self, list: &str) -> Result<Cursors<'_>, ApiError> {
        Ok(self.app()?.token_keys.cursors(format!("{} {list}", self.viewer()?.book)))
    }
}
