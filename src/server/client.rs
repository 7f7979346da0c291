//! Finds out where a request comes from, and puts that into the request's extensions.

use std::net::SocketAddr;

use axum::{
    extract::{ConnectInfo, Request},
    http::header::USER_AGENT,
    middleware::Next,
    response::Response,
};

use crate::identity::Client;

pub(super) async fn identify(mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get().map(|ConnectInfo(peer): &ConnectInfo<SocketAddr>| peer.ip());
    let user_agent = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok());
    let client = Client::new(peer, user_agent);
    request.extensions_mut().insert(client);
    next.run(request).await
}
