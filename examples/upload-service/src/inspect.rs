//! `POST /inspect`: what a file says it is and what an avatar of it would take. Nothing is decoded.

use axum::Json;
use axum::extract::{Query, Request, State};
use bombproof::{Header, Rect, Size};
use serde::Serialize;

use crate::body;
use crate::failure::Failure;
use crate::render::{off_the_async_threads, plan};
use crate::service::Shared;
use crate::upload::Wish;

#[derive(Serialize)]
pub(crate) struct Inspected {
    header: Header,
    upright: Size,
    plan: String,
    memory_bytes: u64,
    /// In pixels as stored.
    used: Rect,
    scale_divisor: u32,
    sizes: Vec<Size>,
}

pub(crate) async fn post(
    State(service): State<Shared>,
    Query(wish): Query<Wish>,
    request: Request,
) -> Result<Json<Inspected>, Failure> {
    let wanted = service.request(wish.crop()?);
    let upload = body::read(&service, request).await?;
    let limits = service.limits;
    let plan = off_the_async_threads(move || plan(upload.as_ref(), &wanted, &limits)).await?;
    Ok(Json(Inspected {
        header: plan.header().clone(),
        upright: plan.header().upright_size(),
        plan: plan.to_string(),
        memory_bytes: plan.memory_bytes(),
        used: plan.crop(),
        scale_divisor: plan.scale_divisor(),
        sizes: plan.output_sizes().collect(),
    }))
}
