//! ALPH chunk → rows of plane 3 (RFC 9649, 2.7.1.2): reads raw or lossless samples and undoes their
//! filter.

use super::lossless::{self, Rows};
use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::job::Job;
use crate::price::sum_ps;
use crate::probe::webp::{Alpha, Filter};
use crate::shrink::RowSink;
use crate::size::Size;
use crate::work;

/// Charges what is live in [`AlphaRows`] to a budget that counts, until the result is dropped. `None`
/// without an ALPH chunk.
pub(super) fn count<'b>(
    alpha: &Alpha,
    size: Size,
    budget: &'b Budget,
) -> Result<Option<impl Sized + use<'b>>, Error> {
    let decoder = match alpha {
        Alpha::None | Alpha::Inside => return Ok(None),
        Alpha::Raw(_) => None,
        Alpha::Lossless(_, stream) => Some(Rows::count(size, stream, budget)?),
    };
    Ok(Some((decoder, rows(size, budget)?)))
}

/// Two rows of samples.
fn rows(size: Size, budget: &Budget) -> Result<[Buffer<'_, u8>; 2], Error> {
    Ok([budget.buffer(size.width.into(), 0)?, budget.buffer(size.width.into(), 0)?])
}

/// The most work of [`AlphaRows`] in picoseconds.
pub(super) fn work_ps(alpha: &Alpha, size: Size) -> u64 {
    let samples_ps = match alpha {
        Alpha::None | Alpha::Inside => return 0,
        Alpha::Raw(_) => 0,
        Alpha::Lossless(_, stream) => lossless::work_ps(stream),
    };
    samples_ps.saturating_add(sum_ps([(size.pixels(), SAMPLE_PS)]))
}

/// A sample whose filter is undone.
const SAMPLE_PS: u64 = 2_500;

/// Decodes rows of alpha, from the top.
pub(super) struct AlphaRows<'a, 'b> {
    source: SampleSource<'a, 'b>,
    filter: Filter,
    above: Buffer<'b, u8>,
    samples: Buffer<'b, u8>,
    has_above: bool,
}

#[allow(clippy::large_enum_variant, reason = "only one value exists")]
enum SampleSource<'a, 'b> {
    /// One byte for each pixel.
    Raw(&'a [u8]),
    /// The green channel of a VP8L stream.
    Lossless(Rows<'a, 'b>),
}

impl<'a, 'b> AlphaRows<'a, 'b> {
    /// The rows of the ALPH chunk `data` for a frame of this size. None if
    /// the frame has no such chunk.
    pub(super) fn new(
        alpha: &Alpha,
        data: &'a [u8],
        size: Size,
        job: Job<'b>,
    ) -> Result<Option<Self>, Error> {
        let (source, filter) = match *alpha {
            Alpha::None | Alpha::Inside => return Ok(None),
            Alpha::Raw(filter) => (SampleSource::Raw(data), filter),
            Alpha::Lossless(filter, ref stream) => {
                (SampleSource::Lossless(Rows::new(data, (size, stream), job)?), filter)
            }
        };
        let [above, samples] = rows(size, job.budget)?;
        Ok(Some(Self { source, filter, above, samples, has_above: false }))
    }

    /// Decodes the next row. Returns the row above it (zeros for the first) and the row.
    pub(super) fn next(&mut self) -> Result<[&[u8]; 2], Error> {
        core::mem::swap(&mut self.above, &mut self.samples);
        let samples = &mut *self.samples;
        match &mut self.source {
            SampleSource::Raw(data) => {
                let parts = data.split_at_checked(samples.len());
                let (row, rest) = parts.ok_or(Error::Bug("fewer bytes of alpha than pixels"))?;
                samples.copy_from_slice(row);
                work::decoded(row.len() as u64);
                *data = rest;
            }
            SampleSource::Lossless(rows) => rows.next_green(samples)?,
        }
        unfilter(self.filter, self.has_above.then_some(&*self.above), samples);
        self.has_above = true;
        Ok([&self.above, samples])
    }
}

/// Delivers the alpha of an opaque frame that leaves a part of its canvas uncovered.
pub(super) fn deliver_opaque_plane<S: RowSink>(
    size: Size,
    job: Job<'_>,
    sink: &mut S,
) -> Result<(), Error> {
    let opaque = job.budget.buffer(size.width.into(), u8::MAX)?;
    for y in 0..size.height {
        if (y as usize).is_multiple_of(ROWS_PER_POLL) {
            job.interrupt.check()?;
        }
        work::decoded(u64::from(size.width));
        sink.row(ALPHA_PLANE, y, &opaque)?;
    }
    Ok(())
}

/// Adds the prediction to each sample. With every filter, the first row is predicted from the
/// left, the first column from above, and the very first sample as 0.
fn unfilter(filter: Filter, above: Option<&[u8]>, samples: &mut [u8]) {
    match (filter, above) {
        (Filter::None, _) => {}
        (_, None) => add_left(0, samples),
        (Filter::Horizontal, Some(above)) => {
            add_left(above.first().copied().unwrap_or(0), samples);
        }
        (Filter::Vertical, Some(above)) => {
            for (sample, &above) in samples.iter_mut().zip(above) {
                *sample = sample.wrapping_add(above);
            }
        }
        (Filter::Gradient, Some(above)) => add_gradient(above, samples),
    }
}

fn add_left(mut left: u8, samples: &mut [u8]) {
    for sample in samples {
        *sample = sample.wrapping_add(left);
        left = *sample;
    }
}

/// Predicts each sample as `left + above - above_left`, clamped to 0..=255. The samples of a row
/// depend on each other, so the chain from `left` to the next `left` is kept short.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "samples are modulo 256"
)]
fn add_gradient(above: &[u8], samples: &mut [u8]) {
    let mut above_left = above.first().copied().map(i32::from).unwrap_or_default();
    let mut left = above_left;
    for (sample, &above) in samples.iter_mut().zip(above) {
        let above = i32::from(above);
        let gradient = (left + (above - above_left)).clamp(0, 255);
        left = (gradient + i32::from(*sample)) & 0xFF;
        above_left = above;
        *sample = left as u8;
    }
}

pub(super) const ALPHA_PLANE: usize = 3;

const ROWS_PER_POLL: usize = 16;
