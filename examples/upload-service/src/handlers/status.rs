//! Limits for clients, health for load balancers, metrics for Prometheus.

use axum::Json;
use axum::extract::State;
use bombproof::Limits;
use serde::Serialize;

use super::browser_module;
use crate::state::SharedState;

#[derive(Serialize)]
pub(crate) struct LimitsAndSizes {
    #[serde(flatten)]
    limits: Limits,
    sizes: Vec<u32>,
    /// Whether the page has the module of bindings/wasm.
    browser_module: bool,
}

/// Lets clients check a file before they send it.
pub(crate) async fn limits(State(state): State<SharedState>) -> Json<LimitsAndSizes> {
    Json(LimitsAndSizes {
        limits: state.limits,
        sizes: state.settings.sizes.clone(),
        browser_module: browser_module::exists(&state).await,
    })
}

#[derive(Serialize)]
pub(crate) struct Health {
    status: &'static str,
    database: bool,
    store: bool,
    pool_bytes_in_use: u64,
    pool_bytes_capacity: u64,
}

/// Answers 200 as long as the process runs. A replica without store or database still serves
/// placeholders, and if the load balancer removed every replica at once, nobody would be served.
pub(crate) async fn healthz(State(state): State<SharedState>) -> Json<Health> {
    let (database, store) = (state.database.is_up().await, state.store.is_up());
    Json(Health {
        status: if database && store { "ok" } else { "degraded" },
        database,
        store,
        pool_bytes_in_use: state.pool.in_use(),
        pool_bytes_capacity: state.pool.capacity(),
    })
}

pub(crate) async fn metrics(State(state): State<SharedState>) -> String {
    let decodes_running = state.settings.jobs - state.decode_slots.available_permits();
    state.metrics.render(&state.pool, decodes_running)
}
