//! `GET /schema.graphql`: the schema as text, for tools that generate code from it. Needs no login, and costs as much as any
//! request.

use std::sync::LazyLock;

use axum::{
    Extension,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};

use super::download::NotBegun;
use crate::{
    client::Client,
    graphql::sdl,
    server::{
        rate_limit::{self, Rates},
        text::Text,
    },
};

static SCHEMA: LazyLock<Text> = LazyLock::new(|| Text::new("application/graphql; charset=utf-8", sdl()));

pub(super) async fn send(
    State(rates): State<Rates>,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
) -> Response {
    let mut meter = rates.meter(&client);
    let mut response = match meter.charge(None, rate_limit::REQUEST).await {
        Ok(Ok(())) => SCHEMA.answer(&headers).await,
        Ok(Err(_)) => NotBegun::RateLimited.into_response(),
        Err(error) => NotBegun::from(error).into_response(),
    };
    meter.tell(&mut response);
    response
}
