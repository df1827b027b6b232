//! What clients, load balancers and Prometheus ask.

use axum::Json;
use axum::extract::State;
use bombproof::Limits;
use serde::Serialize;

use crate::service::Shared;

#[derive(Serialize)]
pub(crate) struct Taken {
    #[serde(flatten)]
    limits: Limits,
    sizes: Vec<u32>,
}

/// What is taken, so that clients can refuse before they send.
pub(crate) async fn limits(State(service): State<Shared>) -> Json<Taken> {
    Json(Taken { limits: service.limits, sizes: service.settings.sizes.clone() })
}

#[derive(Serialize)]
pub(crate) struct Health {
    status: &'static str,
    database: bool,
    store: bool,
    pool_bytes_in_use: u64,
    pool_bytes_capacity: u64,
}

/// 200 as long as the process answers: a replica whose backends are down still serves placeholders,
/// and taking all of them out of the balancer would help nobody.
pub(crate) async fn healthz(State(service): State<Shared>) -> Json<Health> {
    let (database, store) = (service.database.is_up().await, service.store.answers());
    Json(Health {
        status: if database && store { "ok" } else { "degraded" },
        database,
        store,
        pool_bytes_in_use: service.pool.in_use(),
        pool_bytes_capacity: service.pool.capacity(),
    })
}

pub(crate) async fn metrics(State(service): State<Shared>) -> String {
    let decoding = service.settings.jobs - service.cores.available_permits();
    service.metrics.render(&service.pool, decoding)
}
