//! Runs each request in a task of its own. A client that disconnects then cannot interrupt database work that has begun, and a
//! panic gives an error response instead of a broken connection.

use axum::{
    Extension,
    extract::Request,
    http::{HeaderValue, header::CONTENT_TYPE},
    middleware::Next,
    response::Response,
};
use sea_orm::DbErr;
use tracing::Instrument;

use super::{
    graphql::{MediaType, Refused, complete},
    request_log::RequestId,
};
use crate::{
    cancel::{self, Panicked},
    error::Error,
    graphql::ApiError,
};

pub(super) async fn finish(Extension(RequestId(id)): Extension<RequestId>, request: Request, next: Next) -> Response {
    let media_type = MediaType::accepted(request.headers()).unwrap_or_default();
    let Panicked(message) = match cancel::run(next.run(request).in_current_span()).await {
        Ok(response) => return response,
        Err(panicked) => panicked,
    };
    let fault = Error::Fault(DbErr::Custom(format!("a handler panicked: {message}")));
    let mut refused = Refused::from(ApiError::from(fault));
    complete(&mut refused.errors, id);
    let mut response = refused.into_response(media_type);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type.content_type()));
    response
}
