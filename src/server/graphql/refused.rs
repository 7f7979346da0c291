//! A request that is not executed. Its response has errors and no `data`.

use async_graphql::{Error, ErrorExtensionValues, Pos, ServerError};
use axum::{
    Json,
    http::{
        HeaderValue, StatusCode,
        header::{ALLOW, RETRY_AFTER},
    },
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::media_type::MediaType;
use crate::{error, graphql::ApiError};

/// The maximum number of errors in a response.
pub(in crate::server) const MOST_ERRORS: usize = 50;

/// A number that every client can read. Sums that are larger are only known to be too large.
pub(in crate::server) fn countable(number: usize) -> usize {
    const LARGEST: usize = 2_147_483_647;
    number.min(LARGEST)
}

/// Why a request is not executed, and with which HTTP status.
#[derive(Debug)]
pub(in crate::server) struct Refused {
    /// The status of an `application/json` response. Its clients expect 200 for most errors and read the body.
    json_status: StatusCode,
    /// The status of an `application/graphql-response+json` response.
    graphql_status: StatusCode,
    /// The methods that are allowed, when another one was used.
    allow: Option<&'static str>,
    /// The errors of the response.
    pub(in crate::server) errors: Vec<ServerError>,
}

impl From<Vec<ServerError>> for Refused {
    fn from(mut errors: Vec<ServerError>) -> Self {
        errors.truncate(MOST_ERRORS);
        Self { json_status: StatusCode::OK, graphql_status: StatusCode::BAD_REQUEST, allow: None, errors }
    }
}

impl From<ApiError> for Refused {
    fn from(error: ApiError) -> Self {
        // 503 tells a load balancer or client that another server may be able to answer.
        let (json_status, graphql_status) = match &error {
            ApiError::Failed(error) if error.is_busy() => {
                (StatusCode::SERVICE_UNAVAILABLE, StatusCode::SERVICE_UNAVAILABLE)
            }
            ApiError::Failed(error) if matches!(**error, error::Error::Refused(_)) => {
                (StatusCode::OK, StatusCode::BAD_REQUEST)
            }
            ApiError::Unauthenticated => (StatusCode::OK, StatusCode::UNAUTHORIZED),
            ApiError::Failed(error) if matches!(**error, error::Error::TimedOut) => {
                (StatusCode::OK, StatusCode::GATEWAY_TIMEOUT)
            }
            ApiError::Failed(_) => (StatusCode::INTERNAL_SERVER_ERROR, StatusCode::INTERNAL_SERVER_ERROR),
        };
        let mut error = Error::from(error).into_server_error(Pos::default());
        error.locations.clear();
        Self { json_status, graphql_status, allow: None, errors: vec![error] }
    }
}

/// The extensions of an error with this code.
pub(in crate::server) fn code(code: &str) -> ErrorExtensionValues {
    let mut extensions = ErrorExtensionValues::default();
    extensions.set("code", code);
    extensions
}

impl Refused {
    /// A GraphQL request that cannot be executed.
    pub(in crate::server) fn new(code: &str, message: impl Into<String>) -> Self {
        Self::from(vec![ServerError::new(message, None)]).coded(code)
    }

    /// A document that is not valid. Errors that have a code already keep it.
    pub(in crate::server) fn invalid(errors: Vec<ServerError>) -> Self {
        let mut refused = Self::from(errors);
        for error in &mut refused.errors {
            error.extensions.get_or_insert_with(|| code("GRAPHQL_VALIDATION_FAILED"));
        }
        refused
    }

    /// A request that exceeds a limit. `limit` is its name.
    pub(in crate::server) fn too_complex(limit: &str, most: usize, actual: usize, message: impl Into<String>) -> Self {
        let mut refused = Self::new("QUERY_TOO_COMPLEX", message);
        for error in &mut refused.errors {
            let extensions = error.extensions.get_or_insert_default();
            extensions.set("limit", limit);
            extensions.set("max", most);
            extensions.set("actual", countable(actual));
        }
        refused
    }

    /// An HTTP request that is not a GraphQL request.
    pub(in crate::server) fn with_status(status: StatusCode, code: &str, message: &str) -> Self {
        Self::with_statuses(status, status, code, message)
    }

    /// A request that is malformed.
    pub(in crate::server) fn bad_request(message: &str) -> Self {
        Self::with_status(StatusCode::BAD_REQUEST, "BAD_REQUEST", message)
    }

    /// A request by another method than those allowed.
    pub(in crate::server) fn method_not_allowed(allow: &'static str, message: &str) -> Self {
        let refused = Self::with_status(StatusCode::METHOD_NOT_ALLOWED, "BAD_REQUEST", message);
        Self { allow: Some(allow), ..refused }
    }

    /// A request that is answered with different statuses under the two media types.
    pub(in crate::server) fn with_statuses(json: StatusCode, graphql: StatusCode, code: &str, message: &str) -> Self {
        Self { json_status: json, graphql_status: graphql, ..Self::new(code, message) }
    }

    /// A request with an invalid access token.
    pub(in crate::server) fn unauthenticated() -> Self {
        let message = "The access token is not valid: it is malformed or expired, or its session has ended.";
        Self::with_statuses(StatusCode::OK, StatusCode::UNAUTHORIZED, crate::graphql::UNAUTHENTICATED, message)
    }

    /// Whether who asks is not known, or not any more.
    pub(in crate::server) fn is_unauthenticated(&self) -> bool {
        self.graphql_status == StatusCode::UNAUTHORIZED
    }

    /// Whether nothing was done because the server was too busy.
    pub(in crate::server) fn is_busy(&self) -> bool {
        self.graphql_status == StatusCode::SERVICE_UNAVAILABLE
    }

    /// Whether the server failed.
    pub(in crate::server) fn is_fault(&self) -> bool {
        self.graphql_status == StatusCode::INTERNAL_SERVER_ERROR
    }

    /// Whether it is a GraphQL request that is refused, which is told in its body, and not as a request of HTTP.
    pub(in crate::server) fn is_of_graphql(&self) -> bool {
        self.json_status == StatusCode::OK
    }

    /// Sets the code of all errors.
    pub(in crate::server) fn coded(mut self, code: &str) -> Self {
        for error in &mut self.errors {
            error.extensions.get_or_insert_with(ErrorExtensionValues::default).set("code", code);
        }
        self
    }

    pub(in crate::server) fn into_response(self, media_type: MediaType) -> Response {
        let status = match media_type {
            MediaType::Json => self.json_status,
            MediaType::GraphqlResponse => self.graphql_status,
        };
        let mut response = (status, Json(json!({ "errors": self.errors }))).into_response();
        response.headers_mut().extend(self.allow.map(|allow| (ALLOW, HeaderValue::from_static(allow))));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}
