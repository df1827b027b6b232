//! ALPH → rows of plane 3 (RFC 9649, 2.7.1.2): coded samples, then the prediction is undone.

use super::super::RowSink;
use super::BAND;
use super::lossless::{self, Rows};
use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::probe::webp::Filter;
use crate::probe::webp::vp8l::Stream;
use crate::size::Size;

/// This row and the one above it, and what their samples are read with.
pub(super) fn memory_bytes(size: Size, stream: Option<&Stream>) -> u64 {
    let coded = stream.map_or(0, |stream| lossless::memory_bytes(size, stream));
    coded.saturating_add(2 * u64::from(size.width))
}

/// The rows of alpha, from the top.
pub(super) struct AlphaRows<'a, 'b> {
    coded: Coded<'a, 'b>,
    filter: Filter,
    above: Buffer<'b, u8>,
    samples: Buffer<'b, u8>,
    started: bool,
}

#[allow(clippy::large_enum_variant, reason = "made once")]
enum Coded<'a, 'b> {
    /// One byte a pixel.
    Raw(&'a [u8]),
    /// The green of a VP8L stream.
    Lossless(Rows<'a, 'b>),
}

impl<'a, 'b> AlphaRows<'a, 'b> {
    /// Alpha of a frame of this size, coded as `stream` or, without one, as it is.
    pub(super) fn new(
        data: &'a [u8],
        stream: Option<&Stream>,
        size: Size,
        filter: Filter,
        budget: &'b Budget,
        interrupt: &Interrupt,
    ) -> Result<Self, Error> {
        let width = size.width as usize;
        let coded = match stream {
            None => Coded::Raw(data),
            Some(stream) => Coded::Lossless(Rows::new(data, size, stream, budget, interrupt)?),
        };
        let above = budget.buffer(width, 0u8)?;
        let samples = budget.buffer(width, 0u8)?;
        Ok(Self { coded, filter, above, samples, started: false })
    }

    /// The next row.
    pub(super) fn next(&mut self) -> Result<&[u8], Error> {
        core::mem::swap(&mut self.above, &mut self.samples);
        let samples = &mut *self.samples;
        match &mut self.coded {
            Coded::Raw(data) => {
                if let Some((row, rest)) = data.split_at_checked(samples.len()) {
                    samples.copy_from_slice(row);
                    *data = rest;
                }
            }
            Coded::Lossless(rows) => rows.next_green(samples)?,
        }
        undo(self.filter, self.started.then_some(&*self.above), samples);
        self.started = true;
        Ok(samples)
    }
}

/// Emits all rows. With `keep` the whole plane is returned as well.
pub(super) fn emit<'b, S: RowSink>(
    mut rows: AlphaRows<'_, 'b>,
    size: Size,
    keep: bool,
    budget: &'b Budget,
    interrupt: &Interrupt,
    sink: &mut S,
) -> Result<Option<Buffer<'b, u8>>, Error> {
    let kept_bytes =
        usize::try_from(size.pixels()).map_err(|_| Error::OutOfMemory { bytes: size.pixels() })?;
    let mut kept = keep.then(|| budget.empty_buffer(kept_bytes)).transpose()?;
    for y in 0..size.height {
        interrupt.check()?;
        let samples = rows.next()?;
        sink.row(ALPHA_PLANE, y, samples)?;
        if let Some(kept) = &mut kept {
            kept.extend_from_slice(samples)?;
        }
    }
    Ok(kept)
}

/// Alpha of a frame that is opaque on a canvas that is not.
pub(super) fn full<S: RowSink>(
    size: Size,
    budget: &Budget,
    interrupt: &Interrupt,
    sink: &mut S,
) -> Result<(), Error> {
    let opaque = budget.buffer(size.width as usize, u8::MAX)?;
    for y in 0..size.height {
        if (y as usize).is_multiple_of(BAND) {
            interrupt.check()?;
        }
        sink.row(ALPHA_PLANE, y, &opaque)?;
    }
    Ok(())
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
