//! The access token in the `Authorization` header, and the challenge when it is missing or not valid (RFC 6750 section 3).

use axum::{
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{AUTHORIZATION, WWW_AUTHENTICATE},
    },
    response::Response,
};

use crate::identity::Unauthenticated;

/// The access token of a request, if it has one.
pub(super) fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Unauthenticated> {
    let mut authorizations = headers.get_all(AUTHORIZATION).iter();
    let Some(authorization) = authorizations.next() else { return Ok(None) };
    let token = authorization
        .to_str()
        .ok()
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("Bearer") && authorizations.next().is_none())
        .map(|(_, token)| token.trim());
    token.map(Some).ok_or(Unauthenticated)
}

/// Adds the challenge to a response of status 401. `request` has the headers of the request.
pub(super) fn challenge(request: &HeaderMap, response: &mut Response) {
    if response.status() != StatusCode::UNAUTHORIZED {
        return;
    }
    let challenge = match bearer(request) {
        Ok(Some(_)) => "Bearer error=\"invalid_token\"",
        _ => "Bearer",
    };
    response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
}
