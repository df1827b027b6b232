//! ALPH → rows of plane 3 (RFC 9649, 2.7.1.2): coded samples, then the prediction is undone.

use super::lossless::{self, Rows};
use crate::budget::Buffer;
use crate::error::Error;
use crate::job::Job;
use crate::probe::webp::{Alpha, Filter};
use crate::shrink::RowSink;
use crate::size::Size;

/// This row and the one above it, and what their samples are read with; nothing where no alpha is
/// coded apart.
pub(super) fn memory_bytes(alpha: &Alpha, size: Size) -> u64 {
    let coded = match alpha {
        Alpha::None | Alpha::Inside => return 0,
        Alpha::Raw(_) => 0,
        Alpha::Lossless(_, stream) => lossless::memory_bytes(size, stream),
    };
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
    /// Alpha of a frame of this size; nothing where none is coded apart.
    pub(super) fn new(
        alpha: &Alpha,
        data: &'a [u8],
        size: Size,
        job: Job<'b>,
    ) -> Result<Option<Self>, Error> {
        let (coded, filter) = match *alpha {
            Alpha::None | Alpha::Inside => return Ok(None),
            Alpha::Raw(filter) => (Coded::Raw(data), filter),
            Alpha::Lossless(filter, ref stream) => {
                (Coded::Lossless(Rows::new(data, (size, stream), job)?), filter)
            }
        };
        let width = size.width as usize;
        let above = job.budget.buffer(width, 0u8)?;
        let samples = job.budget.buffer(width, 0u8)?;
        Ok(Some(Self { coded, filter, above, samples, started: false }))
    }

    /// The next row, behind the one above it, which is zeros for the first.
    pub(super) fn next(&mut self) -> Result<[&[u8]; 2], Error> {
        core::mem::swap(&mut self.above, &mut self.samples);
        let samples = &mut *self.samples;
        match &mut self.coded {
            Coded::Raw(data) => {
                let parts = data.split_at_checked(samples.len());
                let (row, rest) = parts.ok_or(Error::Bug("fewer bytes of alpha than pixels"))?;
                samples.copy_from_slice(row);
                *data = rest;
            }
            Coded::Lossless(rows) => rows.next_green(samples)?,
        }
        undo(self.filter, self.started.then_some(&*self.above), samples);
        self.started = true;
        Ok([&self.above, samples])
    }
}

/// Alpha of a frame that is opaque on a canvas that is not.
pub(super) fn opaque<S: RowSink>(size: Size, job: Job<'_>, sink: &mut S) -> Result<(), Error> {
    let opaque = job.budget.buffer(size.width as usize, u8::MAX)?;
    for y in 0..size.height {
        if (y as usize).is_multiple_of(ROWS_PER_POLL) {
            job.interrupt.check()?;
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
        (Filter::Gradient, Some(above)) => from_the_gradient(above, samples),
    }
}

fn from_the_left(mut left: u8, samples: &mut [u8]) {
    for sample in samples {
        *sample = sample.wrapping_add(left);
        left = *sample;
    }
}

/// Each from `left + above - corner`, kept in 0 to 255. A sample waits for the one before, and so for
/// nothing else.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "samples are modulo 256"
)]
fn from_the_gradient(above: &[u8], samples: &mut [u8]) {
    let mut corner = above.first().copied().map(i32::from).unwrap_or_default();
    let mut left = corner;
    for (sample, &above) in samples.iter_mut().zip(above) {
        let above = i32::from(above);
        let gradient = (left + (above - corner)).clamp(0, 255);
        left = (gradient + i32::from(*sample)) & 0xFF;
        corner = above;
        *sample = left as u8;
    }
}

pub(super) const ALPHA_PLANE: usize = 3;

const ROWS_PER_POLL: usize = 16;
