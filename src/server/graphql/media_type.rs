//! The media type of a response.

use axum::http::{HeaderMap, header::ACCEPT};

/// The media type of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::server) enum MediaType {
    /// `application/json`, for clients that do not accept the other type.
    Json,
    /// `application/graphql-response+json`, see
    /// <https://graphql.github.io/graphql-over-http/draft/#sec-application-graphql-response-json>.
    GraphqlResponse,
}

impl MediaType {
    /// The media type to answer with, according to the `Accept` header.
    pub(in crate::server) fn accepted(headers: &HeaderMap) -> Self {
        let mut accepted = headers.get_all(ACCEPT).iter().filter_map(|accept| accept.to_str().ok());
        if accepted.any(|accept| accept.contains("application/graphql-response+json")) {
            Self::GraphqlResponse
        } else {
            Self::Json
        }
    }

    pub(in crate::server) fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
        }
    }
}
