//! Health: `live` says that the process answers, `ready` that it can do its work.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use serde_json::json;

use crate::app::App;

pub(super) async fn live() -> impl IntoResponse {
    Json(json!({ "status": "live" }))
}

pub(super) async fn ready(State(app): State<App>) -> impl IntoResponse {
    let reason = match app.db.pending_migrations().await {
        Ok(0) => return (StatusCode::OK, Json(json!({ "status": "ready" }))),
        Ok(pending) => format!("{pending} migrations are not applied; run `daybook migrate`"),
        Err(fault) => {
            tracing::error!(%fault, "not ready");
            "the database does not answer".to_owned()
        }
    };
    (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "unavailable", "reason": reason })))
}
