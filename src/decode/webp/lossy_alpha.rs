//! The alpha of a lossy frame: each row is decoded when its row of luma arrives, and the colours are
//! multiplied by it as they pass.

use core::ops::Range;

use super::alpha::{ALPHA_PLANE, AlphaRows};
use super::lossy::CHROMA_LINES_BEHIND;
use crate::budget::{Budget, Buffer};
use crate::decode::premultiply::{is_opaque_row, premultiply_row};
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::job::Job;
use crate::probe::webp::Alpha;
use crate::probe::webp::vp8::{BLACK, NO_CHROMA};
use crate::shrink::RowSink;
use crate::size::Size;

/// What is held beside the rows of alpha and of the colours.
pub(super) fn memory_bytes(alpha: &Alpha, size: Size, premultiply: bool) -> u64 {
    match alpha {
        Alpha::Raw(_) | Alpha::Lossless(..) if premultiply => {
            u64::from(size.width) + MEANS as u64 * u64::from(size.width.div_ceil(2))
        }
        _ => 0,
    }
}

/// Takes rows of Y, U and V, and hands them on with those of alpha.
pub(super) struct WithAlpha<'a, 'b, 's, S> {
    alpha: Option<AlphaRows<'a, 'b>>,
    multiply: Option<Multiply<'b>>,
    interrupt: &'b Interrupt,
    sink: &'s mut S,
}

impl<'a, 'b, 's, S: RowSink> WithAlpha<'a, 'b, 's, S> {
    /// Without `alpha`, rows pass as they are.
    pub(super) fn new(
        alpha: Option<AlphaRows<'a, 'b>>,
        size: Size,
        premultiply: bool,
        job: Job<'b>,
        sink: &'s mut S,
    ) -> Result<Self, Error> {
        let multiplies = premultiply && alpha.is_some();
        let multiply = multiplies.then(|| Multiply::new(size, job.budget)).transpose()?;
        Ok(Self { alpha, multiply, interrupt: job.interrupt, sink })
    }
}

impl<S: RowSink> RowSink for WithAlpha<'_, '_, '_, S> {
    fn row(&mut self, plane: usize, y: u32, samples: &[u8]) -> Result<(), Error> {
        let multiply = self.multiply.as_mut();
        let samples = match (&mut self.alpha, plane) {
            (Some(alpha), 0) => {
                self.interrupt.check()?;
                let [above, alpha] = alpha.next()?;
                self.sink.row(ALPHA_PLANE, y, alpha)?;
                multiply.map_or(samples, |multiply| multiply.luma(y, samples, above, alpha))
            }
            _ => multiply.map_or(samples, |multiply| multiply.chroma(y, samples)),
        };
        self.sink.row(plane, y, samples)
    }
}

/// Multiplies colours by alpha: luma by that of its pixel, chroma by the mean of its pixels.
struct Multiply<'b> {
    height: u32,
    /// The means for the rows of chroma that are to come, as a ring.
    means: Buffer<'b, u8>,
    line: Buffer<'b, u8>,
}

/// Chroma comes behind luma: so many rows of means wait for it.
const MEANS: usize = CHROMA_LINES_BEHIND;

impl<'b> Multiply<'b> {
    fn new(size: Size, budget: &'b Budget) -> Result<Self, Error> {
        let means = budget.buffer(MEANS * size.width.div_ceil(2) as usize, 0u8)?;
        let line = budget.buffer(size.width as usize, 0u8)?;
        Ok(Self { height: size.height, means, line })
    }

    /// Multiplies a row of luma, and keeps what the chroma of the same pixels will be multiplied by.
    fn luma<'s>(&'s mut self, y: u32, samples: &'s [u8], above: &[u8], alpha: &[u8]) -> &'s [u8] {
        let kept = self.place(y / 2);
        let means = self.means.get_mut(kept).unwrap_or_default();
        if !y.is_multiple_of(2) {
            average_pairs(above, alpha, means);
        } else if y + 1 == self.height {
            average_pairs(alpha, alpha, means);
        }
        multiplied(samples, BLACK, alpha, &mut self.line)
    }

    fn chroma<'s>(&'s mut self, y: u32, samples: &'s [u8]) -> &'s [u8] {
        let means = self.means.get(self.place(y)).unwrap_or_default();
        multiplied(samples, NO_CHROMA, means, &mut self.line)
    }

    /// Where in the ring the means for row `y` of chroma are.
    fn place(&self, y: u32) -> Range<usize> {
        let width = self.line.len().div_ceil(2);
        let start = y as usize % MEANS * width;
        start..start + width
    }
}

/// The samples themselves when all are opaque, else what they are multiplied, in `line`.
fn multiplied<'s>(samples: &'s [u8], zero: u8, alpha: &[u8], line: &'s mut [u8]) -> &'s [u8] {
    if is_opaque_row(alpha) {
        return samples;
    }
    let line = line.get_mut(..samples.len()).unwrap_or_default();
    line.copy_from_slice(samples);
    premultiply_row(line, zero, alpha);
    line
}

/// The mean alpha of the 2 × 2 pixels of each chroma sample; at the right edge of 1 × 2.
#[allow(clippy::cast_possible_truncation, reason = "a mean of bytes is a byte")]
fn average_pairs(above: &[u8], below: &[u8], means: &mut [u8]) {
    let ((above, above_edge), (below, below_edge)) = (above.as_chunks(), below.as_chunks());
    let (pairs, edge) = means.split_at_mut(above.len().min(means.len()));
    for ((mean, &[a, b]), &[c, d]) in pairs.iter_mut().zip(above).zip(below) {
        *mean = ((u16::from(a) + u16::from(b) + u16::from(c) + u16::from(d) + 2) / 4) as u8;
    }
    for ((mean, &a), &b) in edge.iter_mut().zip(above_edge).zip(below_edge) {
        *mean = (u16::from(a) + u16::from(b)).div_ceil(2) as u8;
    }
}
