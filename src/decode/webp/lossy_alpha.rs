//! Adds alpha to a lossy frame: decodes each row of alpha when its row of luma arrives, and
//! multiplies the colours by it on their way to the sink.

use core::ops::Range;

use super::alpha::{ALPHA_PLANE, AlphaRows};
use super::lossy::CHROMA_LAG_ROWS;
use crate::budget::{Budget, Buffer};
use crate::decode::premultiply::{is_opaque_row, premultiply_row};
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::job::Job;
use crate::price::sum_ps;
use crate::probe::webp::Alpha;
use crate::probe::webp::vp8::{BLACK, NO_CHROMA};
use crate::shrink::RowSink;
use crate::size::Size;

/// The most work of [`LossyAlphaSink`] in picoseconds, without the decoder of alpha.
pub(super) fn work_ps(alpha: &Alpha, size: Size, premultiply: bool) -> u64 {
    match alpha {
        Alpha::Raw(_) | Alpha::Lossless(..) if premultiply => {
            sum_ps([(size.pixels(), PREMULTIPLIED_PIXEL_PS)])
        }
        _ => 0,
    }
}

const PREMULTIPLIED_PIXEL_PS: u64 = 2_000;

/// Accepts rows of Y, U and V, and passes them on to `sink` together with the rows of alpha.
pub(super) struct LossyAlphaSink<'a, 'b, 's, S> {
    alpha: Option<AlphaRows<'a, 'b>>,
    premultiplier: Option<Premultiplier<'b>>,
    interrupt: &'b Interrupt,
    sink: &'s mut S,
}

impl<'a, 'b, 's, S: RowSink> LossyAlphaSink<'a, 'b, 's, S> {
    /// Without `alpha`, rows are passed on unchanged.
    pub(super) fn new(
        alpha: Option<AlphaRows<'a, 'b>>,
        size: Size,
        premultiply: bool,
        job: Job<'b>,
        sink: &'s mut S,
    ) -> Result<Self, Error> {
        let premultiplier = Premultiplier::new(size, premultiply && alpha.is_some(), job.budget)?;
        Ok(Self { alpha, premultiplier, interrupt: job.interrupt, sink })
    }
}

impl<S: RowSink> RowSink for LossyAlphaSink<'_, '_, '_, S> {
    fn row(&mut self, plane: usize, y: u32, samples: &[u8]) -> Result<(), Error> {
        let premultiplier = self.premultiplier.as_mut();
        let samples = match (&mut self.alpha, plane) {
            (Some(alpha), 0) => {
                self.interrupt.check()?;
                let [above, alpha] = alpha.next()?;
                self.sink.row(ALPHA_PLANE, y, alpha)?;
                match premultiplier {
                    Some(premultiplier) => premultiplier.luma(y, samples, above, alpha),
                    None => samples,
                }
            }
            _ => match premultiplier {
                Some(premultiplier) => premultiplier.chroma(y, samples),
                None => samples,
            },
        };
        self.sink.row(plane, y, samples)
    }
}

/// Multiplies colours by alpha: luma by the alpha of its pixel, chroma by
/// the mean alpha of its pixels.
pub(super) struct Premultiplier<'b> {
    height: u32,
    /// A ring of rows: the mean alpha for each row of chroma that has not arrived yet.
    means: Buffer<'b, u8>,
    line: Buffer<'b, u8>,
}

/// The rows of the ring: chroma lags that far behind luma.
const MEAN_ROWS: usize = CHROMA_LAG_ROWS;

impl<'b> Premultiplier<'b> {
    /// `None` where nothing is multiplied.
    pub(super) fn new(
        size: Size,
        multiplies: bool,
        budget: &'b Budget,
    ) -> Result<Option<Self>, Error> {
        if !multiplies {
            return Ok(None);
        }
        let means = budget.buffer(MEAN_ROWS as u64 * u64::from(size.width.div_ceil(2)), 0u8)?;
        let line = budget.buffer(size.width.into(), 0u8)?;
        Ok(Some(Self { height: size.height, means, line }))
    }

    /// Multiplies a row of luma, and stores the mean alpha for the chroma of the same pixels.
    fn luma<'s>(&'s mut self, y: u32, samples: &'s [u8], above: &[u8], alpha: &[u8]) -> &'s [u8] {
        let range = self.mean_row(y / 2);
        let means = self.means.get_mut(range).unwrap_or_default();
        if !y.is_multiple_of(2) {
            average_2x2(above, alpha, means);
        } else if y + 1 == self.height {
            average_2x2(alpha, alpha, means);
        }
        multiplied(samples, BLACK, alpha, &mut self.line)
    }

    fn chroma<'s>(&'s mut self, y: u32, samples: &'s [u8]) -> &'s [u8] {
        let means = self.means.get(self.mean_row(y)).unwrap_or_default();
        multiplied(samples, NO_CHROMA, means, &mut self.line)
    }

    /// The part of the ring with the means for row `y` of chroma.
    fn mean_row(&self, y: u32) -> Range<usize> {
        let width = self.line.len().div_ceil(2);
        let start = y as usize % MEAN_ROWS * width;
        start..start + width
    }
}

/// Returns `samples` if they are opaque, and otherwise their product with `alpha`, in `line`.
fn multiplied<'s>(samples: &'s [u8], zero: u8, alpha: &[u8], line: &'s mut [u8]) -> &'s [u8] {
    if is_opaque_row(alpha) {
        return samples;
    }
    let line = line.get_mut(..samples.len()).unwrap_or_default();
    line.copy_from_slice(samples);
    premultiply_row(line, zero, alpha);
    line
}

/// The mean alpha of the 2 × 2 pixels of each chroma sample, or 1 × 2 at an odd right edge.
#[allow(clippy::cast_possible_truncation, reason = "a mean of bytes is a byte")]
fn average_2x2(above: &[u8], below: &[u8], means: &mut [u8]) {
    let ((above, above_edge), (below, below_edge)) = (above.as_chunks(), below.as_chunks());
    let (pairs, edge) = means.split_at_mut(above.len().min(means.len()));
    for ((mean, &[a, b]), &[c, d]) in pairs.iter_mut().zip(above).zip(below) {
        *mean = ((u16::from(a) + u16::from(b) + u16::from(c) + u16::from(d) + 2) / 4) as u8;
    }
    for ((mean, &a), &b) in edge.iter_mut().zip(above_edge).zip(below_edge) {
        *mean = (u16::from(a) + u16::from(b)).div_ceil(2) as u8;
    }
}
