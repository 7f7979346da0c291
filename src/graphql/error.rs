//! Errors that leave a resolver, and what resolvers take from their context.
//!
//! `ApiError` has no `Display`, so that `?` cannot publish the text of a fault by accident.

use std::sync::Arc;

use async_graphql::{Context, ErrorExtensionValues, dataloader::DataLoader};
use sea_orm::DbErr;

use super::RequestLoader;
use crate::{app::App, client::Client, db::Read, error::Error, viewer::Viewer};

/// The code of the error that says: log in.
pub const UNAUTHENTICATED: &str = "UNAUTHENTICATED";
/// The code of a fault.
pub const INTERNAL_SERVER_ERROR: &str = "INTERNAL_SERVER_ERROR";

/// Why a field has no value.
#[derive(Clone, Debug)]
pub enum ApiError {
    /// Nobody is logged in.
    Unauthenticated,
    /// The operation was refused, or failed.
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
                    coded(&message, code.unwrap_or_else(|| INTERNAL_SERVER_ERROR.into()))
                }
                Error::Gone => unauthenticated(),
                // The source is for the log, which the endpoint writes; it is not part of the response.
                Error::Fault(_) => {
                    Self { source: Some(error), ..coded("internal error", INTERNAL_SERVER_ERROR.into()) }
                }
            },
        }
    }
}

/// What resolvers take from their context.
pub(super) trait ContextExt {
    /// The app.
    fn app(&self) -> Result<&App, ApiError>;
    /// Where the request comes from.
    fn client(&self) -> Result<&Client, ApiError>;
    /// Who asks.
    fn viewer(&self) -> Result<&Viewer, ApiError>;
    /// The loader of the request. There is none when nobody is logged in.
    fn loader(&self) -> Result<&DataLoader<RequestLoader>, ApiError>;
    /// The connection for reading. There is none when nobody is logged in.
    fn read(&self) -> Result<&Read, ApiError>;
}

impl ContextExt for Context<'_> {
    fn app(&self) -> Result<&App, ApiError> {
        self.data_opt().ok_or_else(|| Error::Fault(DbErr::Custom("the schema has no app".to_owned())).into())
    }

    fn client(&self) -> Result<&Client, ApiError> {
        self.data_opt().ok_or_else(|| Error::Fault(DbErr::Custom("the request is from nowhere".to_owned())).into())
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
}
