//! ALPH → rows of plane 3 (RFC 9649, 2.7.1.2): coded samples, then the prediction is undone.

use super::super::RowSink;
use super::{BAND, lossless};
use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::probe::webp::Filter;
use crate::probe::webp::vp8l::Stream;
use crate::size::Size;

/// This row and the one above it.
pub(super) fn memory_bytes(size: Size) -> u64 {
    2 * u64::from(size.width)
}

/// One byte a pixel. With `keep` the whole plane is returned as well.
pub(super) fn raw<'b, S: RowSink>(
    data: &[u8],
    size: Size,
    filter: Filter,
    keep: bool,
    budget: &'b Budget,
    interrupt: &Interrupt,
    sink: &mut S,
) -> Result<Option<Buffer<'b, u8>>, Error> {
    let (_, width) = lossless::row_lengths(size)?;
    let rows = data.chunks_exact(width).map(|row| row.iter().copied());
    emit(rows, size, filter, keep, budget, interrupt, sink)
}

/// The green of a VP8L stream. With `keep` the whole plane is returned as well.
pub(super) fn lossless<'b, S: RowSink>(
    (data, stream): (&[u8], &Stream),
    size: Size,
    filter: Filter,
    keep: bool,
    budget: &'b Budget,
    interrupt: &Interrupt,
    sink: &mut S,
) -> Result<Option<Buffer<'b, u8>>, Error> {
    let pixels = lossless::pixels(data, size, stream, budget, interrupt)?;
    let (row_bytes, _) = lossless::row_lengths(size)?;
    let rows = pixels.chunks_exact(row_bytes).map(|row| row.iter().copied().skip(1).step_by(4));
    emit(rows, size, filter, keep, budget, interrupt, sink)
}

/// Alpha of a frame that is opaque on a canvas that is not.
pub(super) fn full<S: RowSink>(
    size: Size,
    budget: &Budget,
    interrupt: &Interrupt,
    sink: &mut S,
) -> Result<(), Error> {
    let (_, width) = lossless::row_lengths(size)?;
    let opaque = budget.buffer(width, u8::MAX)?;
    for y in 0..size.height {
        if (y as usize).is_multiple_of(BAND) {
            interrupt.check()?;
        }
        sink.row(ALPHA_PLANE, y, &opaque)?;
    }
    Ok(())
}

fn emit<'b, S: RowSink>(
    rows: impl Iterator<Item = impl Iterator<Item = u8>>,
    size: Size,
    filter: Filter,
    keep: bool,
    budget: &'b Budget,
    interrupt: &Interrupt,
    sink: &mut S,
) -> Result<Option<Buffer<'b, u8>>, Error> {
    let (_, width) = lossless::row_lengths(size)?;
    let kept_bytes =
        usize::try_from(size.pixels()).map_err(|_| Error::OutOfMemory { bytes: size.pixels() })?;
    let mut kept = keep.then(|| budget.empty_buffer(kept_bytes)).transpose()?;
    let mut above = budget.buffer(width, 0u8)?;
    let mut samples = budget.buffer(width, 0u8)?;
    for (y, row) in (0..size.height).zip(rows) {
        if (y as usize).is_multiple_of(BAND) {
            interrupt.check()?;
        }
        for (sample, coded) in samples.iter_mut().zip(row) {
            *sample = coded;
        }
        undo(filter, (y > 0).then_some(&*above), &mut samples);
        sink.row(ALPHA_PLANE, y, &samples)?;
        if let Some(kept) = &mut kept {
            kept.extend_from_slice(&samples)?;
        }
        core::mem::swap(&mut above, &mut samples);
    }
    Ok(kept)
}

/// Adds the prediction to each sample. The first column is predicted from above, the first row from
/// the left, and the first sample is 0.
fn undo(filter: Filter, above: Option<&[u8]>, samples: &mut [u8]) {
    match (filter, above) {
        (Filter::None, _) => {}
        (_, None) => from_the_left(0, samples),
        (Filter::Horizontal, Some(above)) => {
            from_the_left(above.first().copied().unwrap_or(0), samples);
        }
        (Filter::Vertical, Some(above)) => {
            for (sample, &above) in samples.iter_mut().zip(above) {
                *sample = sample.wrapping_add(above);
            }
        }
        (Filter::Gradient, Some(above)) => {
            let mut corner = above.first().copied().unwrap_or(0);
            let mut left = corner;
            for (sample, &above) in samples.iter_mut().zip(above) {
                *sample = sample.wrapping_add(gradient(left, above, corner));
                (left, corner) = (*sample, above);
            }
        }
    }
}

fn from_the_left(mut left: u8, samples: &mut [u8]) {
    for sample in samples {
        *sample = sample.wrapping_add(left);
        left = *sample;
    }
}

/// `left + above - corner`, kept in 0 to 255.
fn gradient(left: u8, above: u8, corner: u8) -> u8 {
    let sum = i16::from(left) + i16::from(above) - i16::from(corner);
    u8::try_from(sum.clamp(0, 255)).unwrap_or_default()
}

const ALPHA_PLANE: usize = 3;
