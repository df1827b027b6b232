//! WebP decoder: delivers rows of planes. VP8 is decoded one row of macroblocks at a time, VP8L
//! and alpha one row of pixels at a time.

use crate::budget::Budget;
use crate::error::Error;
use crate::job::Job;
use crate::probe::webp::{self as container, Alpha, Approved, Coding};
use crate::shrink::{RowSink, Shrink};

mod alpha;
mod lossless;
mod lossy;
mod lossy_alpha;
mod order;
#[cfg(test)]
mod tests;

#[cfg(test)]
pub(crate) use lossy::tests::planes as lossy_planes;
pub(crate) use order::{LoopFilter, Order};

use alpha::AlphaRows;
use lossy_alpha::{LossyAlphaSink, Premultiplier};

impl Order<'_> {
    /// Charges what is live in [`decode`](Self::decode), with the planes, to a budget that counts. An
    /// ALPH chunk is decoded alongside the colours.
    pub(crate) fn count(&self, budget: &Budget, planes: &mut Shrink<'_>) -> Result<(), Error> {
        let still = self.still;
        let size = still.frame;
        match &still.coding {
            Coding::Lossy(frame) => {
                let alpha = alpha::count(&still.alpha, size, budget)?;
                let multiplies = self.premultiply && alpha.is_some();
                let _premultiplier = Premultiplier::new(size, multiplies, budget)?;
                let _buffers = lossy::Buffers::new(frame, budget)?;
                planes.allocate_all()
            }
            Coding::Lossless(stream) => {
                let _rows = lossless::Rows::count(size, stream, budget)?;
                let _samples = lossless::SampleRows::new(size, self.alpha_use(), budget)?;
                planes.allocate_all()
            }
        }
    }

    /// What a lossless frame does with its alpha.
    fn alpha_use(&self) -> lossless::AlphaUse {
        match (self.still.alpha, self.premultiply) {
            (Alpha::Inside, true) => lossless::AlphaUse::Premultiplied,
            (Alpha::Inside, false) => lossless::AlphaUse::Straight,
            _ => lossless::AlphaUse::None,
        }
    }

    /// The most work of [`decode`](Self::decode) in picoseconds, without the sink.
    pub(crate) fn work_ps(&self) -> u64 {
        let still = self.still;
        let size = still.frame;
        match &still.coding {
            Coding::Lossy(frame) => lossy::work_ps(frame, self.loop_filter)
                .saturating_add(alpha::work_ps(&still.alpha, size))
                .saturating_add(lossy_alpha::work_ps(&still.alpha, size, self.premultiply)),
            Coding::Lossless(stream) => lossless::work_ps(stream)
                .saturating_add(lossless::extract_ps(size, self.premultiply)),
        }
    }

    /// Decodes the picture, in the coordinates of its frame.
    ///
    /// A lossy frame has the planes 0 = Y (width × height), 1 = U and 2 = V (half of each, rounded
    /// up), and 3 = alpha if there is an ALPH chunk. Several rows of Y come first, then several of
    /// U and V. Each row of alpha comes before the row of Y.
    ///
    /// A lossless frame has the planes 0 to 2 = red, green and blue and, unless it is opaque, 3 =
    /// alpha. Alpha comes first in each row.
    ///
    /// An opaque frame that leaves a part of its canvas uncovered has a plane 3 of full alpha,
    /// which comes before everything else.
    ///
    /// Truncated or corrupt data is an error, returned before the row that it belongs to.
    pub(crate) fn decode<S: RowSink>(
        &self,
        bytes: &[u8],
        job: Job<'_>,
        sink: &mut S,
    ) -> Result<(), Error> {
        let Self { still, premultiply, loop_filter } = *self;
        job.interrupt.check()?;
        let approved = container::read_again(bytes, still)?;
        if approved.still != *still {
            return Err(Error::OTHER_BYTES);
        }
        let Approved { color, alpha, .. } = approved;
        let size = still.frame;
        if still.alpha == Alpha::None && still.leaves_canvas_uncovered() {
            alpha::deliver_opaque_plane(size, job, sink)?;
        }
        match &still.coding {
            Coding::Lossy(frame) => {
                let rows = AlphaRows::new(&still.alpha, alpha, size, job)?;
                let mut sink = LossyAlphaSink::new(rows, size, premultiply, job, sink)?;
                lossy::decode(color, frame, loop_filter, job, &mut sink)
            }
            Coding::Lossless(stream) => {
                let data = color.get(container::vp8l::HEADER_BYTES..).unwrap_or_default();
                lossless::decode(data, (size, stream), self.alpha_use(), job, sink)
            }
        }
    }
}
