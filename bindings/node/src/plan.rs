//! What a job would do and cost.

use bombproof::{Limits, Plan, Size, probe};
use napi::bindgen_prelude::{Either, Object};
use napi_derive::napi;

use crate::failure::{Failure, Refusal, number, reply};
use crate::header::HeaderObject;
use crate::input::{check_length, input};
use crate::limits::limits;
use crate::output::RectObject;
use crate::request::request;

/// A size in pixels.
#[derive(Debug)]
#[napi(object, object_from_js = false)]
pub struct SizeObject {
    /// The width in pixels.
    pub width: u32,
    /// The height in pixels.
    pub height: u32,
}

impl From<Size> for SizeObject {
    fn from(Size { width, height }: Size) -> Self {
        Self { width, height }
    }
}

/// [`Plan`] as an object.
#[derive(Debug)]
#[napi(object, object_from_js = false)]
pub struct PlanObject {
    /// [`Plan::memory_bytes`].
    pub memory_bytes: f64,
    /// [`Plan::work`].
    pub work: f64,
    /// [`Plan::output_sizes`].
    pub sizes: Vec<SizeObject>,
    /// [`Plan::crop`].
    pub crop: RectObject,
    /// [`Plan::scale_divisor`].
    pub scale_divisor: u32,
    /// [`Plan::box_size`].
    pub box_size: SizeObject,
    /// [`Plan::header`].
    pub header: HeaderObject,
    /// The plan in one line.
    pub description: String,
}

impl From<&Plan> for PlanObject {
    fn from(plan: &Plan) -> Self {
        Self {
            memory_bytes: number(plan.memory_bytes()),
            work: number(plan.work()),
            sizes: plan.output_sizes().map(SizeObject::from).collect(),
            crop: plan.crop().into(),
            scale_divisor: plan.scale_divisor(),
            box_size: plan.box_size().into(),
            header: plan.header().into(),
            description: plan.to_string(),
        }
    }
}

/// A plan and the bytes that it is for.
pub(crate) struct Planned<'a> {
    pub(crate) plan: Plan,
    pub(crate) input: napi::bindgen_prelude::Uint8ArraySlice<'a>,
}

/// Reads the options of a call, then its input, and plans the job.
pub(crate) fn planned<'a>(call: &Object<'a>) -> Result<Planned<'a>, Refusal> {
    let request = request(call)?;
    let limits: Limits = limits(call)?;
    let input = input(call)?;
    check_length(&input, &limits)?;
    let plan = Plan::new(&probe(&input)?, &request, &limits)?;
    Ok(Planned { plan, input })
}

/// Plans a job.
///
/// # Errors
/// Only what a script threw.
#[napi]
pub fn plan(call: Object<'_>) -> napi::Result<Either<PlanObject, Failure>> {
    reply(|| Ok(PlanObject::from(&planned(&call)?.plan)))
}
