//! The stages behind the plan, one by one.

use crate::budget::Budget;
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::job::Job;
use crate::plan::Plan;
use crate::probe::icc_source;
use crate::shrink::{RowSink, Shrink};

/// A stage of the pipeline behind the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_enums,
    reason = "the pipeline is fixed, and this module promises nothing"
)]
pub enum Stage {
    /// Rows are shrunk while they are decoded.
    DecodeAndShrink,
    /// Resize, colour, orientation.
    Finish,
    /// The new file.
    Encode,
}

/// Runs a plan to its first output, and calls `left` at the end of each stage, so that each can be
/// timed.
///
/// # Errors
/// Those of [`Plan::run`].
pub fn run_by_stage(
    plan: &Plan,
    bytes: &[u8],
    mut left: impl FnMut(Stage),
) -> Result<Vec<u8>, Error> {
    let budget = &Budget::new(plan.memory_bytes());
    let job = Job { budget, interrupt: &Interrupt::never() };
    let mut small = plan.decode_order().decode(bytes, job)?.planes;
    left(Stage::DecodeAndShrink);
    let (finish, encode) =
        plan.output_orders().next().ok_or(Error::Bug("a request without a size"))?;
    let profile = icc_source(bytes, plan.header());
    let pixels = finish.pixels(&mut small, profile.as_ref(), budget)?;
    left(Stage::Finish);
    let file = encode.encode(&pixels.samples, budget)?;
    left(Stage::Encode);
    Ok(file.to_vec())
}

/// Shrinks rows of one grey as `plan` would shrink the rows of its picture: the stage alone, without a
/// decoder. Returns the samples that are left of the first plane.
///
/// # Errors
/// Those of [`Plan::run`]; an interlaced picture has no rows.
pub fn shrink_grey_rows(plan: &Plan) -> Result<usize, Error> {
    let budget = Budget::new(plan.memory_bytes().saturating_mul(2));
    let planes = plan.decode_order().planes;
    let mut shrink = Shrink::new(planes, &budget);
    for (index, plane) in planes.iter().flatten().enumerate() {
        let window = plane.window;
        let row = budget.buffer(usize::try_from(window.width).unwrap_or(0), 0x80u8)?;
        for y in window.y..window.y.saturating_add(window.height) {
            shrink.window_row(index, y, &row)?;
        }
    }
    let [first, ..] = shrink.finish()?;
    Ok(first.map_or(0, |plane| plane.len()))
}
