//! Resizing of one small plane: which filter, and what it costs.

use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::size::{Size, SourceRect};

use super::kernel::{self, Axis};
use super::upsample;

impl SourceRect {
    fn horizontal(self, source_size: Size, target: Size) -> Axis {
        Axis { source: source_size.width, start: self.x, length: self.width, target: target.width }
    }

    fn vertical(self, source_size: Size, target: Size) -> Axis {
        Axis {
            source: source_size.height,
            start: self.y,
            length: self.height,
            target: target.height,
        }
    }
}

/// Resizes `rect` of an 8-bit plane to `target`.
///
/// - The same size, with edges on samples: a copy.
/// - Each resized axis exactly doubled: the triangle filter that JPEG and WebP decoders upsample
///   chroma with, see [`upsample`].
/// - Everything else: Lanczos3, by fast_image_resize or by [`kernel`], with the same bytes.
///
/// Samples outside `rect` count where the filter reaches them; the plane's edge is replicated.
pub(crate) fn plane<'b>(
    source: &[u8],
    source_size: Size,
    rect: SourceRect,
    target: Size,
    budget: &'b Budget,
) -> Result<Buffer<'b, u8>, Error> {
    let x = rect.horizontal(source_size, target);
    let y = rect.vertical(source_size, target);
    if source.len() as u64 != source_size.pixels() {
        return Err(Error::Bug("a plane whose length is not its size"));
    }
    if !x.is_inside() || !y.is_inside() {
        return Err(Error::Bug("a source rectangle outside of its plane"));
    }
    let target_len = usize::try_from(target.pixels())
        .map_err(|_| Error::Bug("a plane larger than the address space"))?;
    let mut resized = budget.buffer(target_len, 0u8)?;
    match Filter::of(x, y) {
        Filter::Triangle(x, y) => upsample::plane(source, source_size, x, y, target, &mut resized)?,
        Filter::Lanczos3 => lanczos3(source, x, y, &mut resized, budget)?,
    }
    Ok(resized)
}

/// What [`plane`] takes from the budget at its peak, in bytes: the target and every temporary
/// buffer, whichever implementation runs. The source is not counted.
pub(crate) fn memory_bytes(source_size: Size, rect: SourceRect, target: Size) -> u64 {
    let x = rect.horizontal(source_size, target);
    let y = rect.vertical(source_size, target);
    let temporary_bytes = match Filter::of(x, y) {
        Filter::Triangle(..) => 0,
        Filter::Lanczos3 => temporary_bytes(x, y),
    };
    target.pixels().saturating_add(temporary_bytes)
}

/// True when the plane is copied or doubled, so that Lanczos3 is not used.
#[cfg(test)]
pub(crate) fn is_triangle(source_size: Size, rect: SourceRect, target: Size) -> bool {
    let x = rect.horizontal(source_size, target);
    let y = rect.vertical(source_size, target);
    matches!(Filter::of(x, y), Filter::Triangle(..))
}

/// Which filter a plane gets.
enum Filter {
    Triangle(upsample::Steps, upsample::Steps),
    Lanczos3,
}

impl Filter {
    fn of(x: Axis, y: Axis) -> Self {
        match (upsample::Steps::of(x), upsample::Steps::of(y)) {
            (Some(x), Some(y)) => Self::Triangle(x, y),
            _ => Self::Lanczos3,
        }
    }
}

#[cfg(feature = "simd")]
fn lanczos3(
    source: &[u8],
    x: Axis,
    y: Axis,
    resized: &mut [u8],
    budget: &Budget,
) -> Result<(), Error> {
    // Past this ratio the integer taps of fast_image_resize no longer add up to 1.
    if x.needs_exact_sum() || y.needs_exact_sum() {
        return kernel::plane(source, x, y, resized, budget);
    }
    let _below = budget.take(temporary_bytes(x, y))?;
    super::fir::plane(source, x, y, resized)
}

#[cfg(not(feature = "simd"))]
fn lanczos3(
    source: &[u8],
    x: Axis,
    y: Axis,
    resized: &mut [u8],
    budget: &Budget,
) -> Result<(), Error> {
    kernel::plane(source, x, y, resized, budget)
}

/// The temporary buffers of fast_image_resize 6.1, which are never smaller than those of
/// [`kernel`]: the weights of both axes, the integer taps of one while its weights are alive, and
/// the plane between the passes.
fn temporary_bytes(x: Axis, y: Axis) -> u64 {
    let between = match (x.is_copy(), y.is_copy()) {
        (false, false) => {
            let samples = x.reach().saturating_mul(u64::from(y.target));
            samples.saturating_add(BYTES_OF_ALIGNMENT).max(LEAST_VECTOR_BYTES)
        }
        _ => 0,
    };
    let (x_weights, x_taps) = axis_bytes(x);
    let (y_weights, y_taps) = axis_bytes(y);
    between.saturating_add(x_weights).saturating_add(x_taps.max(y_weights.saturating_add(y_taps)))
}

/// Bytes of the weights (f64, and the bounds of each window) and of the taps (i16, and a vector for
/// each window) of one axis.
fn axis_bytes(axis: Axis) -> (u64, u64) {
    if axis.is_copy() {
        return (0, 0);
    }
    let windows = u64::from(axis.target);
    let weights = windows.saturating_mul(axis.window());
    (
        weights.saturating_mul(8).saturating_add(windows.saturating_mul(8)),
        weights.saturating_mul(2).saturating_add(windows.saturating_mul(32)),
    )
}

/// fast_image_resize makes its buffer one sample longer, to align it.
const BYTES_OF_ALIGNMENT: u64 = 1;
/// A vector of bytes that grows has room for 8 at least.
const LEAST_VECTOR_BYTES: u64 = 8;
