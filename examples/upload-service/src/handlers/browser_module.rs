//! `GET /bombproof/{file}`: the module with which the page checks and shrinks pictures before the
//! upload, where the service has it.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::state::{AppState, SharedState};

pub(crate) async fn get(State(state): State<SharedState>, Path(file): Path<String>) -> Response {
    // No other file of the folder.
    let content_type = match &file[..] {
        "bombproof.js" | "client.js" | "worker.js" => "text/javascript; charset=utf-8",
        MODULE => "application/wasm",
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    match tokio::fs::read(state.settings.browser_module.join(file)).await {
        Ok(bytes) => ([(header::CONTENT_TYPE, content_type)], bytes).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Whether the module was built.
pub(crate) async fn exists(state: &AppState) -> bool {
    tokio::fs::try_exists(state.settings.browser_module.join(MODULE)).await.unwrap_or(false)
}

const MODULE: &str = "bombproof.wasm";
