//! Approved bytes → rows of planes.

use crate::budget::{Budget, Buffer};
use crate::error::{Error, Truncated};
use crate::interrupt::Interrupt;
use crate::plan::Plan;
use crate::probe::Detail;
use crate::shrink::Shrink;

pub(crate) mod jpeg;
pub(crate) mod png;
pub(crate) mod webp;

/// The planes of a picture, and where its data end when that is early and the request takes it so.
pub(crate) type SmallPlanes<'b> = ([Option<Buffer<'b, u8>>; 4], Option<Truncated>);

/// Decodes `bytes` straight into the small planes that the plan asks for.
pub(crate) fn small_planes<'b>(
    bytes: &[u8],
    plan: &Plan,
    budget: &'b Budget,
    interrupt: &Interrupt,
) -> Result<SmallPlanes<'b>, Error> {
    let mut shrink = Shrink::new(plan.planes().iter().map(|plane| plane.shrink), budget);
    let sink = &mut shrink;
    let premultiply = plan.premultiplies();
    let min_percent = plan.request().min_percent_of_rows();
    match &plan.header().detail {
        Detail::Jpeg(frame) => {
            let keep_cut = min_percent.is_some();
            let selection = jpeg::Selection::of(plan);
            match jpeg::decode(bytes, frame, &selection, keep_cut, budget, interrupt, sink) {
                Ok(()) => {}
                Err(Error::Truncated(truncated))
                    if min_percent.is_some_and(|percent| sink.percent_of_rows_in() >= percent) =>
                {
                    return Ok((shrink.finish_cut()?, Some(truncated)));
                }
                Err(error) => return Err(error),
            }
        }
        Detail::Png(image) => {
            let window = plan.crop();
            png::decode(bytes, image, window, premultiply, budget, interrupt, sink)?;
        }
        Detail::WebP(still) => {
            webp::decode(bytes, still, premultiply, plan.loop_filter(), budget, interrupt, sink)?;
        }
    }
    Ok((shrink.finish()?, None))
}

/// The most that is live on the heap in [`small_planes`], the small planes included.
pub(crate) fn memory_bytes(plan: &Plan) -> u64 {
    let mut plane_bytes = [0; 4];
    for (bytes, plane) in plane_bytes.iter_mut().zip(plan.planes()) {
        *bytes = plane.shrink.small_bytes().saturating_add(plane.shrink.sums_bytes());
    }
    let codec_bytes = match &plan.header().detail {
        Detail::Jpeg(frame) => {
            return jpeg::memory_bytes(frame, &jpeg::Selection::of(plan), plane_bytes);
        }
        Detail::Png(image) => png::memory_bytes(image),
        Detail::WebP(still) => webp::memory_bytes(still, plan.premultiplies()),
    };
    plane_bytes.into_iter().fold(codec_bytes, u64::saturating_add)
}

/// Where the rows of decoded planes go.
///
/// A plane holds one component (Y, Cb, red, alpha …) of 8-bit samples. Rows of one plane come in
/// order from the top; planes may take turns in any way.
pub(crate) trait RowSink {
    /// Takes row `y` of plane `plane`, from its first column to its last.
    fn row(&mut self, plane: usize, y: u32, samples: &[u8]) -> Result<(), Error>;

    /// Takes the part of row `y` that lies in the window of the plane, for a decoder that knows it.
    fn window_row(&mut self, plane: usize, y: u32, samples: &[u8]) -> Result<(), Error> {
        let _ = (plane, y, samples);
        Err(Error::Bug("a part of a row where whole rows were agreed on"))
    }

    /// Takes a part of row `y`: samples at the columns `x`, `x + x_step` … Parts come in any order;
    /// only interlaced pictures are delivered so.
    fn scattered(
        &mut self,
        plane: usize,
        y: u32,
        x: u32,
        x_step: u32,
        samples: &[u8],
    ) -> Result<(), Error> {
        let _ = (plane, y, x, x_step, samples);
        Err(Error::Bug("a scattered row where rows were agreed on"))
    }
}

/// Multiplies a row of samples by their alpha, rounded. `zero` is the sample of no light: 0, or what
/// a luma or chroma plane has for black.
pub(crate) fn premultiply_row(samples: &mut [u8], zero: u8, alpha: &[u8]) {
    for (sample, &alpha) in samples.iter_mut().zip(alpha) {
        *sample = premultiplied(*sample, zero, alpha);
    }
}

/// True when multiplying by this row of alpha changes nothing. Looks at all of it, in steps as wide
/// as the machine has them.
pub(crate) fn is_opaque_row(alpha: &[u8]) -> bool {
    alpha.iter().fold(u8::MAX, |all, &alpha| all & alpha) == u8::MAX
}

/// `zero` + (`sample` - `zero`) × `alpha` / 255, rounded to the nearest level.
#[allow(clippy::cast_possible_truncation, reason = "a mean of two bytes is a byte")]
const fn premultiplied(sample: u8, zero: u8, alpha: u8) -> u8 {
    let sum = sample as u32 * alpha as u32 + zero as u32 * (255 - alpha as u32);
    ((sum * 257 + 32_896) >> 16) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn premultiplying_rounds_to_the_nearest_level() {
        for sample in 0..=255u8 {
            for alpha in 0..=255u8 {
                for zero in [0, 16, 128] {
                    let [s, z, a] = [sample, zero, alpha].map(f64::from);
                    let exact = z + (s - z) * a / 255.0;
                    let rounded = f64::from(premultiplied(sample, zero, alpha));
                    assert!((rounded - exact).abs() <= 0.5001, "{sample} {zero} {alpha}");
                }
            }
        }
    }
}
