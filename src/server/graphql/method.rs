//! Which methods the endpoint takes, and where the parameters of a request are.
//!
//! GET is for queries only, and another web site must not be able to send one in a user's name. The server takes no notice of
//! cookies: a user is known by the `Authorization` header alone, which a browser never sends by itself, and which a script of
//! another site can only send after a preflight that the server agrees to. So a GET that another site causes does what anybody
//! can do. A request with a cookie and none of the headers that need a preflight is refused all the same: a proxy in front of the
//! server may turn the cookie into a login.

use axum::http::{
    HeaderMap, Method, StatusCode,
    header::{AUTHORIZATION, COOKIE},
    request::Parts,
};

use super::{parameters::is_json, refused::Refused};
use crate::app::Profile;

/// The headers whose only purpose is that a browser sends a preflight, as clients of Apollo and others send them.
const PREFLIGHT: [&str; 4] =
    ["graphql-require-preflight", "apollo-require-preflight", "x-apollo-operation-name", "x-requested-with"];

/// Where the parameters of a request are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In the query string, for queries by GET.
    Url,
    Body,
}

impl Place {
    /// Refuses requests by other methods, and those that another web site could send.
    pub(super) fn of(request: &Parts, profile: Profile) -> Result<Self, Refused> {
        let takes_get = !profile.is_locked();
        match request.method {
            Method::POST if is_json(&request.headers) => Ok(Self::Body),
            Method::POST => {
                let message = "Send `Content-Type: application/json`.";
                Err(Refused::with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE, "BAD_REQUEST", message))
            }
            // Without GET there is no HEAD, which is the same without the body of the answer.
            Method::GET | Method::HEAD if takes_get && is_safe(&request.headers) => Ok(Self::Url),
            Method::GET | Method::HEAD if takes_get => Err(Refused::bad_request(
                "A query by GET with a cookie needs a header that other web sites cannot send, such as `Authorization` or \
                 `GraphQL-Require-Preflight`.",
            )),
            _ if takes_get => {
                Err(Refused::method_not_allowed("GET, POST", "Send requests by POST, or queries by GET."))
            }
            _ => Err(Refused::method_not_allowed("POST", "Send requests by POST.")),
        }
    }

    /// Refuses anything but a query by GET.
    pub(super) fn check(self, is_query: bool) -> Result<(), Refused> {
        if !is_query && self == Self::Url {
            return Err(Refused::method_not_allowed("POST", "Send mutations and subscriptions by POST."));
        }
        Ok(())
    }
}

fn is_safe(headers: &HeaderMap) -> bool {
    let needs_preflight = headers.contains_key(AUTHORIZATION)
        || is_json(headers)
        || PREFLIGHT.into_iter().any(|name| headers.contains_key(name));
    needs_preflight || !headers.contains_key(COOKIE)
}
