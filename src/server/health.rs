//! Health checks: `live` answers as long as the process runs; `ready` answers whether the server can use its database.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use serde_json::json;

use crate::db::Db;

pub(super) async fn live() -> impl IntoResponse {
    Json(json!({ "status": "live" }))
}

pub(super) async fn ready(State(db): State<Db>) -> impl IntoResponse {
    match db.ready().await {
        Ok(()) => (StatusCode::OK, Json(json!({ "status": "ready" }))),
        Err(reason) => (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "unavailable", "reason": reason }))),
    }
}
