//! The stages of a running job, one by one.

use crate::budget::{Budget, quote};
use crate::charges::StageBytes;
use crate::decode::png;
use crate::encode::Order;
use crate::error::Error;
use crate::finish::{PlanePart, Resizer};
use crate::interrupt::Interrupt;
use crate::job::Job;
use crate::picture::Picture;
use crate::plan::Plan;
use crate::probe::color_source;
use crate::request::{JpegEffort, OutputFormat};
use crate::shrink::{PlaneRows, RowSink, Shrink};
use crate::size::{Size, SourceRect};

/// A stage of a running job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "semantic versioning does not cover this module")]
pub enum Stage {
    /// Decodes rows and shrinks them.
    DecodeAndShrink,
    /// Resizes, converts colours, applies the orientation.
    Finish,
    /// Writes the new file.
    Encode,
}

/// What the plan quotes for each stage.
#[must_use]
pub fn quoted_stages(plan: &Plan) -> StageBytes {
    plan.stage_bytes()
}

/// Runs a plan up to its first output, and calls `end_of` at the end of each stage, so that each
/// can be timed.
///
/// # Errors
/// Those of [`Plan::run`].
pub fn run_by_stage(
    plan: &Plan,
    bytes: &[u8],
    mut end_of: impl FnMut(Stage),
) -> Result<Vec<u8>, Error> {
    let plan = &plan.in_stages()?;
    let budget = &Budget::new(plan.memory_bytes());
    let job = Job { budget, interrupt: &Interrupt::never() };
    let order = plan.decode_order();
    let mut shrink = Shrink::new(order.planes, budget);
    let outcome = order.decode(bytes, job, &mut shrink);
    let (mut small, _) = order.small_planes(outcome, shrink)?;
    end_of(Stage::DecodeAndShrink);
    let orders = plan.output_orders().next().ok_or(Error::Bug("a request without sizes"))?;
    let source = color_source(bytes, plan.header());
    let mut pixels = orders.finish.pixels(&mut small, source.as_ref(), job)?;
    if let Some(order) = orders.attention {
        pixels.samples = order.cut(&pixels.samples, &mut None, job)?;
    }
    if let Some(order) = orders.canvas {
        pixels.samples = order.canvas(pixels.samples, job)?;
    }
    end_of(Stage::Finish);
    let file = orders.encode.encode(pixels.samples, job)?;
    end_of(Stage::Encode);
    Ok(file.to_vec())
}

/// Inflates the image data of a PNG, and no more. `to` is as long as they are: the rows of all
/// passes, each with its filter byte.
///
/// # Errors
/// Those of [`probe`](crate::probe), and of data that are damaged or of another length.
pub fn inflate_image_data(bytes: &[u8], to: &mut [u8]) -> Result<(), Error> {
    png::inflate_image_data(bytes, to)
}

/// Resizes a grey plane as the finish stage does. `samples` are `size` without padding.
///
/// # Errors
/// [`Error::OutOfMemory`]; [`Error::Bug`] for a plane without samples.
pub fn resize_grey(samples: &[u8], size: Size, target: Size) -> Result<Vec<u8>, Error> {
    let rect = SourceRect::covering(size);
    let part = PlanePart { plane_size: size, rect, averaged: (1, 1) };
    let budget = Budget::new(u64::MAX);
    let mut resizer = Resizer::new(part, target, &budget)?;
    let mut resized = budget.buffer(target.pixels(), 0u8)?;
    for (y, row) in (0..).zip(resized.chunks_exact_mut(target.width.max(1) as usize)) {
        resizer.go_to_row(y);
        resizer.row(PlaneRows::all(samples), row)?;
    }
    Ok(resized.to_vec())
}

/// Encodes a JPEG as that of an output is encoded, on white.
///
/// # Errors
/// [`Error::OutOfMemory`].
pub fn encode_jpeg(picture: &Picture, quality: u8) -> Result<Vec<u8>, Error> {
    let order = Order {
        format: OutputFormat::Jpeg { quality },
        size: picture.size(),
        layout: picture.layout(),
        gamut: picture.gamut(),
        background: [255; 3],
        max_bytes: None,
        jpeg_full_chroma: false,
        jpeg_progressive: false,
        jpeg_effort: JpegEffort::Balanced,
    };
    let budget = Budget::new(quote(|budget| order.count(0, budget))?);
    let job = Job { budget: &budget, interrupt: &Interrupt::never() };
    Ok(order.encode(picture.pixels(), job)?.to_vec())
}

/// Shrinks grey rows as `plan` shrinks the rows of its picture: the shrink stage alone, without a
/// decoder. Returns the number of samples in the first small plane.
///
/// # Errors
/// Those of [`Plan::run`]; [`Error::Bug`] for an interlaced picture, which is not decoded in rows.
pub fn shrink_grey_rows(plan: &Plan) -> Result<usize, Error> {
    let plan = &plan.in_stages()?;
    let budget = Budget::new(plan.memory_bytes().saturating_mul(2));
    let planes = plan.decode_order().planes;
    let mut shrink = Shrink::new(planes, &budget);
    for (index, plane) in planes.iter().flatten().enumerate() {
        let window = plane.window;
        let row = budget.buffer(window.width.into(), 0x80u8)?;
        for y in window.y..window.y.saturating_add(window.height) {
            shrink.window_row(index, y, &row)?;
        }
    }
    let [first, ..] = shrink.finish()?;
    Ok(first.map_or(0, |plane| plane.len()))
}
