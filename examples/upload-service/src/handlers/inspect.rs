//! `POST /inspect`: the header of a picture, and the plan and the memory of its avatar. Decodes
//! nothing.

use axum::Json;
use axum::extract::{Query, Request, State};
use bombproof::{Header, Rect, Size};
use serde::Serialize;

use super::params::CropQuery;
use crate::error::ServiceError;
use crate::render::{plan, run_blocking};
use crate::request_body;
use crate::state::SharedState;

#[derive(Serialize)]
pub(crate) struct Inspection {
    header: Header,
    /// The size after the orientation is applied.
    upright: Size,
    /// That of the JPEGs. The WebPs have one of their own.
    plan: String,
    /// Of the plan that needs more.
    memory_bytes: u64,
    /// The part that is used, in pixels as stored.
    used: Rect,
    scale_divisor: u32,
    sizes: Vec<Size>,
}

pub(crate) async fn post(
    State(state): State<SharedState>,
    Query(query): Query<CropQuery>,
    request: Request,
) -> Result<Json<Inspection>, ServiceError> {
    let requests = state.avatar_requests(query.crop()?);
    let upload = request_body::read(&state, request).await?;
    let limits = state.limits;
    let [webp, plan] = run_blocking(move || {
        let [webp, jpeg] = requests.map(|(_, request)| plan(upload.as_ref(), &request, &limits));
        Ok([webp?, jpeg?])
    })
    .await?;
    Ok(Json(Inspection {
        header: plan.header().clone(),
        upright: plan.header().upright_size(),
        plan: plan.to_string(),
        memory_bytes: plan.memory_bytes().max(webp.memory_bytes()),
        used: plan.crop(),
        scale_divisor: plan.scale_divisor(),
        sizes: plan.output_sizes().collect(),
    }))
}
