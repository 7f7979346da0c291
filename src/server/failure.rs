//! Errors of requests that are not GraphQL requests, in the form of GraphQL's.

use axum::{
    Json,
    http::{Method, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use serde_json::json;

/// The response to a request that failed.
pub(super) fn failure(status: StatusCode, code: &str, message: &str) -> Response {
    (status, Json(json!({ "errors": [{ "message": message, "extensions": { "code": code } }] }))).into_response()
}

/// The response to a path that does not exist.
pub(super) async fn not_found() -> Response {
    failure(
        StatusCode::NOT_FOUND,
        "BAD_REQUEST",
        "There is nothing at this path. GraphQL requests are sent to `/graphql`.",
    )
}

/// The response to a method that the path does not have. The router adds `Allow`.
pub(super) async fn method_not_allowed(method: Method, uri: Uri) -> Response {
    let message = format!("`{}` does not take {method} requests. `Allow` names the methods that it takes.", uri.path());
    failure(StatusCode::METHOD_NOT_ALLOWED, "BAD_REQUEST", &message)
}
